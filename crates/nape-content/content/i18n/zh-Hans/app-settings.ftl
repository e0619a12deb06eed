### 设置、关于和资料来源

said-copied = 备份已做好。
said-forgotten = 其他浏览器都已移除。

settings-language = 语言
settings-region = 国家或地区
settings-region_why = 它决定每页底部显示的急救电话。
settings-region_browser = 跟随浏览器
settings-region_other = 不在列表里
settings-theme = 外观
settings-theme_system = 跟随系统
settings-theme_light = 浅色
settings-theme_dark = 深色
settings-voice = 练习中的语音提示
settings-voice_on = 开
settings-voice_off = 关
settings-save = 保存
settings-wrong = 没有保存。请看有提示的地方。
settings-wrong_choice = 请从列表里选一项。

settings-age = 年龄段
settings-age_text = 有些问题和年龄有关。新的年龄段要等您重新自查后才生效。
settings-age_changed = 上次自查用的是另一个年龄段。请重新回答一遍问题。
settings-age_change = 更改年龄段

settings-browsers = 浏览器
settings-browsers_count = { $n ->
    [1] 只有这一个浏览器可以打开您的页面。
   *[other] 有 { $n } 个浏览器可以打开您的页面，这是其中一个。
 }
settings-invite = 在另一个浏览器中打开
settings-invite_how = 复制这个网址，在这台电脑的另一个浏览器里打开。
settings-invite_once = 它只能用一次。请不要给别人，用它能看到您记下的一切。
settings-invite_back = 回到设置
settings-invite_failed = 暂时没能生成新网址。请再试一次。
settings-forget = 移除其他所有浏览器

settings-storage = 保存的内容
settings-folder = 文件夹
settings-used = 占用空间
settings-events = 记录条数
settings-size = { $mb } MB（兆字节）
settings-unreadable = { $n ->
    [1] 有一条记录这个版本读不了。它仍在原处，没有丢失。
   *[other] 有 { $n } 条记录这个版本读不了。它们仍在原处，没有丢失。
 }
settings-copy_text = 备份是一个文件，里面有全部内容，放在同一个文件夹里。想分开保存，请把它拷到别的磁盘。
settings-copy = 做一个备份
settings-copies = 文件夹里的备份
settings-too_many_copies = 今天的备份已经很多了。请把一些移到别处，再试一次。

about-is = nape 做什么
about-is_not = nape 不是什么
about-list = 自查最多只能说：您的回答都不在我们的警示清单上。这份清单不能排除疾病。
about-private = 隐私
about-private_text = nape 不往外发送任何内容，没有账号，也不统计访问。能用您这台电脑账户的人，都能看到您记下的内容。
about-folder = 您记下的一切都在这个文件夹里：
about-verify = 怎样自己核实
about-verify_offline = 断开网络，每个页面照样能用。
about-verify_network = 打开浏览器的网络面板，里面只有 { $address }，也就是这台电脑。
about-verify_source = 源代码是公开的，任何人都可以查看程序做了什么。
about-version = 版本
about-program = 程序
about-content = 护理规则
about-reviewed = 这些临床医生审核了护理规则：{ $who }。
about-licences = 许可
about-licences_text = nape 可以自由使用、分享和修改，采用 MIT 或 Apache 2.0 许可。不提供任何担保。

sources-lead = nape 所说和所问的一切，都以这份清单为依据。这里也写明每份资料读了多少。
sources-marks = 资料前面的字母表示它有多可靠：
mark-V = 为 nape 读过，多数只读了摘要
mark-M = 凭记忆列出，还没有重新查读
mark-D = 我们自己定的谨慎规则，不是研究结果
sources-weak = 网页质量存疑
sources-weak_text = 表示我们读到它的网页质量不确定。这样的资料有 { $n } 份。
sources-cited = 用在 { $n } 处
sources-question = 自查中的问题：{ $title }
sources-pattern = 回答可能像什么：{ $name }
sources-statement = 目前已知的证据：{ $about }
sources-kind-guideline = 指南
sources-kind-review = 研究综述
sources-kind-trial = 试验
sources-kind-cohort = 跟踪或比较人群的研究
sources-kind-case = 个案报告
sources-kind-standard = 技术标准
sources-kind-criteria = 诊断标准
sources-kind-reference = 参考书
sources-kind-page = 网页
sources-kind-memory = 凭记忆
sources-kind-design = 我们自己的规则
sources-read-full = 读了全文
sources-read-abstract = 读了摘要
sources-read-page = 读了介绍它的网页
sources-read-none = 没有读

dose-line-press_s = 一次定点按压的时间
dose-line-presses = 同一点按压的次数
dose-line-points = 一次按摩中按压的点数
dose-line-place_s = 一个部位的按摩时间
dose-line-upper_trapezius_s = 肩膀上方的按摩时间
dose-line-first_week_session_s = 第一周一次按摩的时间
dose-line-session_s = 一次按摩的时间
dose-line-half_session_s = 减半时一次按摩的时间
dose-line-half_place_s = 减半时一个部位的按摩时间
dose-line-sessions_a_day = 每天按摩的次数
dose-line-gap_h = 两次按摩之间的小时数
dose-line-day_s = 每天按摩的总时间
dose-line-days_a_week = 每周按摩的天数
dose-line-course_days = 一个按摩疗程的长度
dose-line-maintenance_a_week = 疗程之后每周按摩的次数
dose-line-pressure_stop = 让按摩停下的力度
dose-line-pain_stop_above = 让练习停下的疼痛
dose-line-pain_rise_stop = 让练习停下的疼痛加重
dose-line-sore_h = 酸痛可以持续多久
dose-line-heat_min = 热敷的时间
dose-line-surface_c = 热敷垫的温度
dose-line-skin_check_s = 什么时候查看皮肤
dose-line-heats_a_day = 每天热敷的次数
dose-line-break_every_min = 两次休息活动之间的时间
