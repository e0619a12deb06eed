### 试验：命令行里的话

trial-word-worthwhile_help = 对您大概有值得的帮助。
trial-word-no_worthwhile_difference = 对您大概没有值得的差别。
trial-word-may_worsen = 它可能让您更不舒服：请停下。
trial-word-not_enough_data = 数据还不够：大约还要 { $days } 天。
trial-word-not_enough_data_or_more = 数据还不够：还要 { $days } 天或更久。
trial-why-end = 试验还没有到计划的最后一天。在那之前不应下结论。
trial-why-missing = 没有评分的日子太多。10 天里至少要有 7 天。
trial-why-pairs = 两边都有评分的配对太少。
trial-why-unsure = 评分上下变化太大，还看不出来。
trial-effect = 做这项护理时的差别：{ $effect } 分。小于 0 表示发紧减轻。
trial-interval = 有 95 % 的可能在 { $low } 和 { $high } 之间。
trial-chances = 帮助超过 { $delta } 分的可能：{ $help } %。变差的可能：{ $worse } %。
trial-carry = 留到第二天的：{ $mean } 分，在 { $low } 和 { $high } 之间。
trial-days = { $days } 天，{ $missing } 天没有评分（{ $share } %）。
trial-redraw = 只凭抽签，所有顺序里有 { $share } % 会出现这么大的差别。
trial-done = 按实际做的算：{ $effect } 分，在 { $low } 和 { $high } 之间。
trial-robust = 少看个别反常的日子：{ $effect } 分，在 { $low } 和 { $high } 之间。
trial-open = 您知道哪天做了什么，所以期待也是其中一部分。
trial-plan = 大约 { $days } 天能发现 { $finds } 分的差别。
trial-plan-how = 10 次试验里有 8 次能发现，如果评分的波动是 { $sd } 分，相关是 { $rho }。
trial-plan-short = 这没有您想要的 { $wanted } 分那么小。
trial-plan-hash = 顺序已经抽好。请留下这个校验值：{ $hash }
trial-plan-hidden = 每天做什么，到那天才会显示。
trial-status_none = 还没有试验。请在应用的“试验”页面设立一次。
