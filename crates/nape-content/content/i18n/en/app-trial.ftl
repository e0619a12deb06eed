### The trial with oneself

trial-title = Find out what helps you
trial-what = Does massage help your neck, or does it only feel like it should? A trial with yourself can tell.
trial-how_title = How it goes
trial-how_1 = You choose what to try, and nape asks four questions.
trial-how_2 = For a week you note each evening how tight it is. Nothing else changes.
trial-how_3 = Then chance decides for each day: what you try, or ten quiet minutes instead. You learn it on the day itself.
trial-how_4 = At the end nape compares the two kinds of days and tells you what it found, and how sure it is.
trial-takes = It takes ten minutes a day and one tap in the evening, for four weeks or longer.
trial-no_peeking = Nothing is compared before the last day. Whoever looks early is easily fooled.
trial-set_up = Set up a trial
trial-another = Set up another trial
trial-earlier = Your trials so far
trial-line = { $care }, { $from } to { $to }
trial-back = Back

trial-tried_massage = massage
trial-tried_heat = heat
trial-tried_stretching = stretching
trial-tried_strengthening = strengthening
trial-tried_breaks = breaks to move

trial-new_title = Set up a trial
trial-new_text = Four questions. You can stop a trial at any time.
trial-new_wrong = Something is missing or does not fit. Look at the lines marked below.
trial-choose_one = Choose one of these.
trial-q_tried = What do you want to try?
trial-offer_massage = Massage of neck and upper back, by yourself
trial-offer_heat = A warm pad
trial-offer_stretching = Stretching
trial-offer_strengthening = Strengthening
trial-offer_breaks = Breaks to move, every half hour
trial-q_kind = What do you want to know?
trial-kind_same_day = Does it help on the same evening? Chance decides day by day.
trial-kind_build_up = Does it build up? Chance decides week by week, for six weeks or more.
trial-wrong_kind = Strengthening works over weeks, so it can only be asked week by week.
trial-q_worth = How much less tightness would be worth it to you?
trial-q_worth_why = On the scale from 0 to 10. Most people notice a change of one and a half.
trial-worth = { $points ->
    [one] { $points } point
   *[other] { $points } points
}
trial-q_times = When on the day?
trial-q_times_why = The same time every day. The evening question comes at least an hour later, shortly before you go to sleep.
trial-care_at = What you try, or the quiet minutes
trial-evening_at = The evening question, from
trial-type_times = Type both times, such as 20:00 and 22:00.
trial-wrong_times = The evening question has to come at least an hour after the care, on the same day.
trial-begin = Begin with the week of ratings
trial-one_at_a_time = You have a trial already. One at a time, or nobody can tell which of them did what.
trial-to_trial = To your trial
trial-check_first = First go through the check. A trial only holds what your answers leave open.
trial-refer_first = Somebody should see you first. A trial can wait.
trial-course_over = Twelve weeks of massage are over before such a trial ends. After them it is three times a week, and a trial needs more. Try something else, or ask again later.
trial-harm_first = Your log shows something that should be seen to first. Look at Today, and set up the trial when it is settled.

trial-asks_same_day = Does { $care } help on the same evening?
trial-asks_build_up = Does { $care } help over weeks?
trial-run_in_title = Before the trial: day { $day } of { $of }
trial-run_in_text = Go on as you do now, and note each evening how tight it is. This shows how much it goes up and down by itself.
trial-rated_days = { $n ->
    [0] No evening is noted yet.
    [one] One evening is noted.
   *[other] { $n } evenings are noted.
}
trial-ready_title = The week of ratings is over
trial-ready_text = Now it is clear how much your evenings differ by themselves. Choose how long the trial is to be.
trial-to_length = Choose the length
trial-length_title = How long?
trial-length_noise = Your evenings differ by about { $sd } points by themselves.
trial-q_length = Choose a length
trial-length_row = { $days } days find a difference of about { $finds } points
trial-length_advised = (long enough for what you want to know)
trial-length_not_enough = Your evenings differ so much that even the longest trial may miss a change of { $wanted } points.
trial-length_little = Your ratings are low already. There is little left to get better, so a trial may find nothing.
trial-length_how = "Find" means: in 8 of 10 trials of that length, if the difference is real.
trial-length_then = Then the order of days is drawn by chance and kept. Tomorrow is the first day: { $care }, or ten quiet minutes.
trial-draw = Draw the order
trial-no_chance = This computer gave no random number, so no order was drawn. Try again later.
trial-waiting_title = The order is drawn
trial-waiting_text = Your trial begins on { $day }. What that day holds is shown on the day itself.
trial-hash_title = How you can check the order later
trial-hash_text = This is a fingerprint of the order. Write it down if you like. At the end the order is shown, and anybody can see that nothing was changed.

trial-day_of = Day { $day } of { $of }
trial-holds_care = Today: { $care }
trial-holds_rest = Today: quiet minutes
trial-how_massage = At { $time }, the massage of your plan. Everything else goes on as always.
trial-how_heat = At { $time }, warmth on your neck. Everything else goes on as always.
trial-how_stretching = At { $time }, the stretch of your plan. Everything else goes on as always.
trial-how_strengthening = At { $time }, the strengthening of your plan, on the days it allows. Everything else goes on as always.
trial-how_breaks = All day: get up and move every half hour. Everything else goes on as always.
trial-how_rest = At { $time }, ten quiet minutes and no { $care } today. Everything else goes on as always.
trial-begin_care = Begin
trial-begin_rest = Begin the quiet minutes
trial-quiet_length = It lasts { $min } minutes.
trial-six_days = One day of each week stays free: massage is for at most six days a week.
trial-done_today = Done for today
trial-evening_today = How tight is it this evening?
trial-evening_yesterday = How tight was it yesterday evening?
trial-evening_noted = This evening you noted { $n }.
trial-evening_again = Change it
trial-did_today = What did you do today?
trial-did_yesterday = What did you do yesterday?
trial-did_care = Only { $care }
trial-did_rest = Only the quiet minutes
trial-did_both = Both
trial-did_neither = None of the two
trial-points = Two more ratings, if you like
trial-points_text = They do not count for the result. They show what happens right around it.
trial-point_before = How tight is it just before?
trial-point_after = How tight is it half an hour after?
trial-calendar = Your days
trial-calendar_key = A full frame: the evening is noted. A number crossed out: it is missing. Days to come hold a surprise.
trial-square_yes = evening noted
trial-square_no = evening missing
trial-square_open = evening not noted yet
trial-not_noted = This was not noted
trial-not_asked = No trial asks for it now.
trial-too_late = An evening can be noted from its hour until noon of the next day. After that it stays missing, and that is fine: a guess would be worse.
trial-unknown = That is none of the answers. Go back and choose one.

trial-over_title = Your trial is over
trial-over_text = All days are done. Thank you for your patience.
trial-to_result = See what it found
trial-stop_link = Stop this trial
trial-stop_title = Stop this trial?
trial-stop_text = You need no reason. What you noted stays in your log.
trial-stop_drawn = A trial that ends early has no result, because who stops when it looks good or bad is easily fooled.
trial-stop_yes = Stop it
trial-stop_no = Go on with it
trial-stopped_title = The trial was ended
trial-stopped_by_person = You stopped it.
trial-stopped_referral = Somebody should see you first, so the trial was ended.
trial-stopped_taken_away = What you tried is not open to you any more, so the trial was ended.
trial-stopped_symptom = You felt something that should be looked at first, so the trial was ended.
trial-stopped_hurt = It hurt more than once, so the trial was ended.
trial-stopped_alarm = Your log asks for a professional, so the trial was ended.
trial-stopped_text = It has no result. What you noted stays in your log.
trial-broken_title = This trial cannot be trusted
trial-broken_text = The order that is kept is not the one that was drawn before the first day. Nothing can be said from it. Set up a new one.

today-trial = Your trial: day { $day } of { $of }
today-trial_not_today = Not today: your trial has quiet minutes.
today-trial_care = For your trial
