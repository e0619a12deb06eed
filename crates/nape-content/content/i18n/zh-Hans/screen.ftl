### 检查：问题前后的文字

## 结果。第一句话说明该做什么。
class-emergency = 紧急情况
    .first = 请立即拨打 { $number }。
class-same_day = 今天就去看医生
    .first = 请今天就去看医生或去急诊。
class-professional_soon = 几天内请专业人员看一看
    .first = 请在这几天内去看医生或物理治疗师，在那之前先不要做下面列出的项目。
    .alone = 请在这几天内去看医生或物理治疗师。
class-professional_routine = 找个方便的时间请专业人员看一看
    .first = 请预约医生或物理治疗师，在那之前先不要做下面列出的项目。
    .alone = 请预约医生或物理治疗师。
class-caution = 减量的方案
    .first = 您可以从减量的方案开始。
class-self_care = 没有出现警示情况
    .first = 您的回答都不在我们的警示清单上。
    .note = 这份清单不能排除疾病。如果觉得哪里不对劲，请咨询医生。
number-default = 我们不知道您所在地区的急救电话。{ $number } 在大多数国家可用。如果您知道当地的号码，请拨打当地号码。

care-massage = 自我按摩
care-stretch = 拉伸到动作的尽头
care-strength = 力量练习
care-heat = 热敷

## 提问
screen-title = 先回答几个问题
screen-intro = 您的回答只留在这台电脑上。它们帮助您决定是否要先请教专业人员。
screen-how = 输入 y 表示是，n 表示否，u 表示不确定。输入 b 返回上一题，q 退出。然后按回车键。
screen-age = 您今年多少周岁？
screen-age-wrong = 请输入 0 到 120 之间的整数年龄。
screen-yes = 是
screen-no = 否
screen-unsure = 不确定
screen-none = 都没有
screen-lines = 输入符合您情况的编号，例如 1 3。都没有请输入 n，不确定请输入 u。
screen-does_not_apply = 不适用
screen-again = 没有看懂您的输入。可以输入：{ $keys }
screen-progress = 第 { $number } 题，共 { $of } 题
screen-stop = 已停止，没有保存任何内容。
screen-number = 请使用 1 到 { $of } 的编号。
screen-back = 返回
screen-nothing_before = 这已经是第一题。

## 结果页
result-why = 原因
result-blocked = 目前先不要做：{ $cares }。
result-reduced = 减少或部分不做的内容
result-pattern = 与什么相似
result-sources = 依据来源
result-after = 看过医生并且医生说可以继续之后，请重新回答这些问题。
result-check_again = 请在 { $days } 天后重新回答这些问题；如果出现新情况（受伤、手术、新的诊断、怀孕、换药），请马上重新回答。
result-unsure = 您选择了不确定，我们会认真对待。
result-age = 因为您的年龄。
result-not_asked = 这一项没有问到，我们按不确定处理。
result-none = 没有触发任何规则。
result-content = 规则版本 { $version }。尚未经临床医生审核。

limits-half_dose = 每次按摩时间减半
limits-no_static_hold = 不做定点按压
limits-no_tools = 不用球或其他工具
limits-seated = 坐着做
limits-not_on_back = 不要仰卧
limits-pad_only = 只用温热的敷垫，不泡热水澡，不蒸桑拿
limits-rest = 今天休息
limits-max_level_1 = 只做轻抚
limits-max_level_2 = 只做轻柔的抚摩、揉捏和画圈
limits-end_range = 动作不要做到尽头：{ $directions }
limits-massage_places = 这些地方不按摩：{ $places }
limits-heat_areas = 这些地方不热敷：{ $places }
limits-no_heavy = 不做弹力带等较重的力量练习

area-neck = 颈部
area-shoulders = 肩部
area-upper_back = 上背部

movement-flexion = 低头
movement-extension = 仰头
movement-lateral_flexion = 侧屈
movement-rotation = 转头

pattern-more = 其他名称：{ $type }
