### The library: the body map, massage, exercises, heat, breaks, and what is known

library-title = Care for your neck
library-check = You can read everything here now. Sessions open after the check.
library-plan = Your plan
library-every_day = Every day
library-not_today = not today
library-limits = Your check may leave things out or make them smaller.
library-limits_link = See what and why
library-where = Where you may massage
library-where_how = There are seven places. Choose one to see how to find it and what to do there.
library-left = Left
library-right = Right
library-place_side = { $place }, { $side }
library-left_out = Left out for you
library-in_plan = In your plan
library-all = The library
library-massage_short = Five strokes, the rules, and what nobody should do
library-heat_short = How, how warm, and when not
library-strength = Strengthening
library-stretch = Stretches
library-movement = Easy movement
library-evidence = What is known
library-evidence_short = What studies found, also where it disappoints
library-evidence_lead = Here is what studies found, for and against. Much of it is weak, and some of it disappoints.
library-all_sources = All sources
library-known = What is known about it
library-sources = Sources
library-back = Back to care
library-from_log = From your log
library-from_check = From your check
    .why = Your answers to the questions leave this out for now.
library-after_professional = This one waits until a professional has seen you.

library-find = How to find it
library-pressure = How firm
library-soreness = Sore afterward
library-how_long = How long
library-place_dose = Usually { $usual } on each side in one session, and never more than { $most }.
library-session_dose = Usually { $usual } in one session, and less in the first week. Never more than { $most }.
library-half_place = For you at most { $most } on each side.
library-place_left_out = No massage here for you, because:
library-place_not_planned = Today's plan does not use this place.
library-strokes_here = Strokes for this place
library-strokes = The strokes
library-level = Level { $level } of 3
library-level-1 = as light as stroking a cat
library-level-2 = as soft as kneading warm dough
library-level-3 = a steady press, as firm as pressing a ripe peach without leaving a dent
library-planned_length = In your plan: { $length } in all
library-used_at = Used at:
library-start_massage = Start the massage
library-your_plan = In your plan
library-not_in_plan = Not in your plan now
library-massage_none_left = Nothing of the massage fits what your check allows now.
library-left_out_because = Left out for you, because:
library-places_left_out = Some places are left out for you
library-smaller = Shorter or gentler for you, because:
library-rules = The rules
library-never_places = Places that nobody massages
library-never_acts = Things that are never done
library-never = Never

library-how = How to do it
library-feel = What you feel
library-stop = When to stop
library-how_much = How much
library-at_first = At first: { $dose }.
library-later = Later at most: { $dose }.
library-how_often = { $days ->
    [7] Every day if you like,
    [one] On one day a week,
   *[other] On up to { $days } days a week,
 } { $times ->
    [one] once a day.
    [2] at most twice a day.
   *[other] at most { $times } times a day.
 }
library-middle = Not to the end of the movement for you, because:
library-seated = You sit for it.
library-standing = You stand for it.
library-on_back = You lie on your back for it.
library-exercise_sources = What this exercise rests on

library-heat_skin = Look at the skin
library-heat_warm = How warm
library-heat_where = Where
library-heat_sources = What the time rests on

library-about-massage = Massage
library-about-strength = Strengthening
library-about-stretch = Stretching
library-about-heat = Heat
library-about-breaks = Breaks
library-about-posture = Posture and holding still
library-about-harm = Harm
library-about-course = How neck pain goes on
library-about-screening = Questions and scans

map-left = L
map-right = R
map-from_behind = Neck and upper back from behind. Your left is on the left.
map-from_left = The same from your left side
map-from_right = The same from your right side
