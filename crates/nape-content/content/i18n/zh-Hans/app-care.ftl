### 护理库：身体图、按摩、锻炼、热敷、休息活动，以及目前已知的证据

library-title = 照顾您的脖子
library-check = 这里的内容现在都可以看。完成自查后才能开始练习。
library-plan = 您的计划
library-every_day = 每天
library-not_today = 今天不做
library-limits = 根据您的自查，有些内容可能不做，或者做得少一些。
library-limits_link = 看看是哪些，为什么
library-where = 可以按摩的地方
library-where_how = 一共有七个部位。选一个，看看怎么找到它，在那里怎么做。
library-left = 左侧
library-right = 右侧
library-place_side = { $side }的{ $place }
library-left_out = 您先不做
library-in_plan = 在您的计划里
library-all = 护理库
library-massage_short = 五种手法、规则，以及谁都不该做的事
library-heat_short = 怎么做，多热，什么时候不做
library-strength = 力量锻炼
library-stretch = 拉伸
library-movement = 轻松活动
library-evidence = 目前已知的证据
library-evidence_short = 研究发现了什么，也包括令人失望的结果
library-evidence_lead = 这里是研究发现的结果，有支持的，也有不支持的。其中很多证据不强，有些令人失望。
library-all_sources = 全部资料来源
library-known = 关于它，目前已知的
library-sources = 资料来源
library-back = 回到护理
library-from_log = 来自您的记录
library-from_check = 来自您的自查
    .why = 根据您的回答，这一项暂时不做。
library-after_professional = 这一项要等专业人员看过您以后再做。

library-find = 怎么找到它
library-pressure = 用多大力
library-soreness = 按摩后的酸痛
library-how_long = 多长时间
library-place_dose = 一次练习中每侧通常 { $usual }，绝不超过 { $most }。
library-session_dose = 一次通常 { $usual }，第一周更短。绝不超过 { $most }。
library-half_place = 您每侧最多 { $most }。
library-place_left_out = 您先不在这里按摩，因为：
library-place_not_planned = 今天的计划没有用到这个部位。
library-strokes_here = 这个部位用的手法
library-strokes = 各种手法
library-level = 力度 { $level } 级（共 3 级）
library-level-1 = 像抚摸小猫一样轻
library-level-2 = 像揉温热的软面团一样柔
library-level-3 = 稳稳地按住，像按熟桃子，但不按出印子
library-planned_length = 您的计划里：一共 { $length }
library-used_at = 用在：
library-start_massage = 开始按摩
library-your_plan = 您的计划里
library-not_in_plan = 现在不在您的计划里
library-massage_none_left = 按您目前的自查结果，没有适合的按摩。
library-left_out_because = 您先不做，因为：
library-places_left_out = 有些部位您先不按摩
library-smaller = 您的按摩更短或更轻，因为：
library-rules = 规则
library-never_places = 谁都不按摩的部位
library-never_acts = 绝不做的事
library-never = 绝不要

library-how = 怎么做
library-feel = 什么感觉
library-stop = 什么时候停
library-how_much = 做多少
library-at_first = 开始时：{ $dose }。
library-later = 以后最多：{ $dose }。
library-how_often = { $days ->
    [7] 可以每天做，
   *[other] 每周最多 { $days } 天，
 }{ $times ->
    [1] 每天一次。
   *[other] 每天最多 { $times } 次。
 }
library-middle = 您不要做到动作的尽头，因为：
library-seated = 坐着做。
library-standing = 站着做。
library-on_back = 仰卧着做。
library-exercise_sources = 这个动作的依据

library-heat_skin = 看看皮肤
library-heat_warm = 多热
library-heat_where = 热敷部位
library-heat_sources = 时间长短的依据

library-about-massage = 按摩
library-about-strength = 力量锻炼
library-about-stretch = 拉伸
library-about-heat = 热敷
library-about-breaks = 休息活动
library-about-posture = 姿势与久坐不动
library-about-harm = 伤害
library-about-course = 颈痛的走向
library-about-screening = 提问与影像检查

map-left = 左
map-right = 右
map-from_behind = 从背后看脖子和上背部。您的左侧在左边。
map-from_left = 从您的左侧看
map-from_right = 从您的右侧看
