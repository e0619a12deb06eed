### The check: what it says around the questions

## Results. The first sentence says what to do.
class-emergency = Emergency
    .first = Call { $number } now.
class-same_day = See a doctor today
    .first = See a doctor or go to urgent care today.
class-professional_soon = See a professional within days
    .first = See a doctor or physiotherapist within the next few days, and leave out what is listed below until then.
    .alone = See a doctor or physiotherapist within the next few days.
class-professional_routine = See a professional at a convenient time
    .first = Make an appointment with a doctor or physiotherapist, and leave out what is listed below until then.
    .alone = Make an appointment with a doctor or physiotherapist.
class-caution = A smaller program
    .first = You can start with a smaller program.
class-self_care = Nothing on the warning list
    .first = None of your answers is on our warning list.
    .note = The list cannot rule out illness. If something feels wrong, ask a doctor.
number-default = We do not know the number for your region. { $number } works in most countries. If you know your local number, call that.

care-massage = self-massage
care-stretch = stretching to the end of a movement
care-strength = strengthening
care-heat = heat

## Asking
screen-title = A few questions first
screen-intro = Your answers stay on this computer. They help you decide whether to ask a professional first.
screen-how = Answer with y for yes, n for no, u for not sure. Press b to go back one question, q to stop. Then press Enter.
screen-age = How old are you, in years?
screen-age-wrong = Please give your age in whole years, 0 to 120.
screen-yes = yes
screen-no = no
screen-unsure = not sure
screen-none = none of these
screen-lines = Type the numbers that are true for you, such as 1 3. Type n for none of these, u for not sure.
screen-does_not_apply = does not apply
screen-again = I did not understand that. You can type: { $keys }
screen-progress = Question { $number } of { $of }
screen-stop = Stopped. Nothing was saved.
screen-number = Please use numbers from 1 to { $of }.
screen-back = back
screen-nothing_before = This is the first question.

## The result
result-why = Why
result-blocked = Leave out for now: { $cares }.
result-reduced = Smaller, or left out in part
result-pattern = What it resembles
result-sources = Sources
result-after = After you were seen and told that you may go on, answer these questions again.
result-check_again = Answer these questions again in { $days } days. Do it at once when something changes: an injury, surgery, a new diagnosis, a pregnancy or a new medicine.
result-unsure = You were not sure. We take that seriously.
result-age = Because of your age.
result-not_asked = This was not asked. We count that as not sure.
result-none = No rule applied.
result-content = Rules, version { $version }. No clinician has reviewed them yet.

limits-half_dose = Half of every massage time
limits-no_static_hold = No steady pressing
limits-no_tools = No ball or other tool
limits-seated = Sit down for it
limits-not_on_back = Not lying on your back
limits-pad_only = Only a warm pad, no hot bath or sauna
limits-rest = Rest today
limits-max_level_1 = Only stroking
limits-max_level_2 = Only light stroking, kneading and circles
limits-end_range = Not to the end of the movement: { $directions }
limits-massage_places = No massage here: { $places }
limits-heat_areas = No heat here: { $places }
limits-no_heavy = No band or other heavy strengthening

area-neck = neck
area-shoulders = shoulders
area-upper_back = upper back

movement-flexion = bending forward
movement-extension = bending back
movement-lateral_flexion = bending sideways
movement-rotation = turning

pattern-more = Other names for it: { $type }
