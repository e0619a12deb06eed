### The trial, as the command line says it

trial-word-worthwhile_help = Probably a worthwhile help for you.
trial-word-no_worthwhile_difference = Probably no worthwhile difference for you.
trial-word-may_worsen = It may be making things worse for you: stop.
trial-word-not_enough_data = Not enough data yet: about { $days } more days.
trial-word-not_enough_data_or_more = Not enough data yet: { $days } more days or more.
trial-why-end = The trial has not reached its planned end. Nobody should decide before it.
trial-why-missing = Too many days have no rating. At least 7 of 10 are needed.
trial-why-pairs = Too few pairs have a rating on both sides.
trial-why-unsure = The ratings go up and down too much to tell.
trial-effect = Difference with the care: { $effect } points. Below 0 means less tightness.
trial-interval = With 95 % probability it is between { $low } and { $high }.
trial-chances = Chance of a help of more than { $delta } points: { $help } %. Chance that it is worse: { $worse } %.
trial-carry = Left on the day after: { $mean } points, between { $low } and { $high }.
trial-days = { $days } days, { $missing } without a rating ({ $share } %).
trial-redraw = Chance alone gives a difference this large in { $share } % of all orders.
trial-done = By what was really done: { $effect } points, between { $low } and { $high }.
trial-robust = Less weight on odd days: { $effect } points, between { $low } and { $high }.
trial-open = You knew which day was which, so expectation is part of this.
trial-plan = About { $days } days find a difference of { $finds } points.
trial-plan-how = That is found in 8 of 10 trials, if ratings vary by { $sd } points with a correlation of { $rho }.
trial-plan-short = This is not as small as { $wanted } points, which you asked for.
trial-plan-hash = The order is drawn. Keep this hash: { $hash }
trial-plan-hidden = What a day holds is shown on that day and not before.
trial-status_none = There is no trial. Set one up in the app, on the page "Trial".
