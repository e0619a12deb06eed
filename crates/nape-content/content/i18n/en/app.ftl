### Words of every page, and of Today

skip = Skip to the page
nav-label = Pages
nav-today = Today
nav-check = Check
nav-care = Care
nav-log = Log
nav-progress = Progress
nav-trial = Trial
nav-settings = Settings
nav-about = About nape
nav-sources = Sources

rate-question = How tight does it feel now?
rate-n = { $n } of 10
rate-none = 0 not at all
rate-most = 10 as tight as can be

said-logged = Noted.
said-taken_back = Taken back.
said-again = This was already noted. Nothing was counted twice.
said-set = Saved.
said-ended = The session is over.
read_only = nape cannot write to its folder now. You can look at everything, but nothing new is kept.
message-to_today = To Today
missing-title = There is no such page
missing-text = The address may be old or mistyped.
not_written-title = This could not be kept
not_written-urgent = This could not be kept, but it still counts.
not_written-full = The disk is full. Make some room and try again. What was there before is still there.
not_written-read_only = nape may only read its folder now. Close other programs that use it, check who may write there, and start nape again.
not_written-other = The disk did not take it. Try again. What was there before is still there.

weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
    .short = Jan
month-2 = February
    .short = Feb
month-3 = March
    .short = Mar
month-4 = April
    .short = Apr
month-5 = May
    .short = May
month-6 = June
    .short = Jun
month-7 = July
    .short = Jul
month-8 = August
    .short = Aug
month-9 = September
    .short = Sep
month-10 = October
    .short = Oct
month-11 = November
    .short = Nov
month-12 = December
    .short = Dec
date-long = { $weekday }, { $day } { $month }
date-short = { $day } { $month }
length-s = { $s } s
length-min = { $min } min
length-h = { $h } h
length-h_min = { $h } h { $min } min
length-min_s = { $min } min { $s } s

item-massage = Gentle self-massage
dose-massage = { $length }, at most level { $level } of 3
dose-heat = { $length } of warmth on your { $area }
dose-break = About every { $min } minutes at the screen
dose-repeats = { $n ->
    [one] once
   *[other] { $n } times
 }
dose-repeats_side = { $n ->
    [one] once on each side
   *[other] { $n } times on each side
 }
dose-hold = hold { $length }
dose-sets = { $n } rounds
dose-middle = small, not to the end
side-left = left
side-right = right

today-title = Your neck today
today-check = First, a few questions
today-check_button = Start the check
today-refer = Someone should look at you first. Until then there are no sessions here.
today-refer_button = What to do
today-plan = Today's small plan
today-done = { $done } of { $of } done
today-massage_rests = Massage rests today. It comes again on { $day }.
today-item_done = done
today-start = Start
today-again = Again
today-how = How
today-rated = At { $time } you said { $n }.
today-last_movement = Last session or break: { $time }.
today-no_movement = No session or break yet today.
today-bent = Bent 25 degrees or more: { $bent } of { $watched } watched (between { $low } and { $high }).
watch-unreadable = What was watched cannot be read right now. Close the app, then start it with --recover.
today-review = On { $day } we look back together at how it went.
today-to_log = Note something else
today-changed = Something changed, or I feel something new

check-needed-never = They help you decide whether to ask a professional first. Then your plan is made.
check-needed-old = Your last check is 28 days old or more, so it is time to go through the questions again.
check-needed-since = Something changed since your last check. Please go through the questions again before the next session.
check-needed-after_professional = You were seen by a professional. Please go through the questions once more, then you can go on.
check-needed-new_questions = There are new questions since your last check. Please go through them once.

alarm-symptom = You told us about something new. Please see a doctor or physiotherapist within the next few days.
alarm-tightness_rose = Your tightness has been higher for two weeks, by 2 points or more. Please make an appointment with a doctor or physiotherapist.
alarm-no_change = Six weeks have passed with no clear change. It makes sense to ask a professional, and your plan leaves out massage for now.
alarm-more_headache_days = You had more headache days in the last four weeks than in the four before, by 4 or more. Please ask a doctor about it.
alarm-many_medicine_days = You took headache medicine on 10 days or more in four weeks. That much can itself lead to headache. Please ask a doctor.
alarm-massage_disagrees = Massage did not do you good a few times. It is gentler now, or left out. A professional can help you find out why.

open-title = How did your last session end? ({ $care })
open-text = It began, but nape never heard how it ended.
open-button = Tell how it ended
reaction-title = How were you after the last massage?
reaction-text = Two short questions. They set how gentle the next one is.
reaction-button = Answer
