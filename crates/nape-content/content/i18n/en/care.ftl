### Care: massage, exercises, heat, breaks, and what is known about them

## Massage strokes

stroke-effleurage = Stroking
    .how = Lay your flat hand on the skin and glide slowly along the muscle. Every massage starts and ends with this.
    .feel = It feels light, slow and pleasant.
stroke-petrissage = Kneading
    .how = Lift the muscle gently between your palm and fingers, squeeze it softly and let go. Move on a little and do it again.
    .feel = It feels like working soft dough. It may be a little tender, but never sharp.
stroke-circles = Small circles
    .how = Put the pads of your fingers on one spot. Make small, slow circles, so that the skin moves along with your fingers.
    .feel = You feel the muscle move a little under the skin. It may be a little tender, but never sharp.
stroke-static_hold = Steady press
    .how = Press one spot slowly and evenly, and stay until it eases. Never press one spot for longer than a minute.
    .feel = You feel a dull pressure that slowly gets less. It never turns into pain.
stroke-suboccipital_rest = Resting the skull base
    .how = Lie down and rest your head on your fingertips or on a rolled towel, just under the skull. Do not push. The weight of your head is enough.
    .feel = You feel a soft, even pressure. Nothing pulls, and the neck can let go.

## Places for massage

place-beside_spine = Back of the neck, beside the spine
    .find = Feel the bones in the middle of the back of your neck. Slide sideways until you are on soft muscle. Stay at the back, off the bones.
place-suboccipital = Just under the skull
    .find = Feel the hard edge at the back of your head. The soft muscle just under that edge is the place. Stay behind your ears.
place-splenius = Upper neck, beside the spine
    .find = Start in the middle of the back of your neck. Slide up and a little outward, until you feel a flat band of muscle. Stay well behind your ears.
place-base_of_neck = Base of the neck
    .find = This is the thick muscle at the back, where your neck meets your shoulder. Stay behind its front edge and away from the collarbone.
place-upper_trapezius = Top of the shoulder
    .find = Reach across to your other shoulder. The muscle that you can grip on top is the place. Stay out of the hollow above the collarbone.
place-levator_insertion = Inner top corner of the shoulder blade
    .find = Reach over your shoulder to the back. Find the top corner of the shoulder blade that is nearest to the spine. The muscle there is the place.
place-upper_back = Upper back
    .find = This is the muscle between your spine and your shoulder blades. Reach only as far as is easy. Stay off the bones of the spine.

## Places that are never massaged

forbidden_place-front_and_side = The front and the sides of the neck
    .why = Think of a line straight down from your ear lobe. Leave out all that lies in front of it, and the area above the collarbone. The throat, large arteries and nerves lie there. Pressing can slow the heart, make you faint, or loosen deposits in an artery.
forbidden_place-spine_bones = The bones of the spine
    .why = Massage is for soft muscle only. Slide sideways until you are off the bone.
forbidden_place-temple = The temples
    .why = You can feel the pulse of an artery there. We leave it alone.
forbidden_place-lumps = Lumps, wounds and ports
    .why = Pressing can harm what lies there. A port is a small device under the skin. A doctor should look at a lump in the neck before anyone massages near it.

## Things that are never done

forbidden_act-crack = Cracking or twisting the neck
    .why = Serious harm from work on the neck is rare. Most reports of it involve forceful moves of this kind.
forbidden_act-pull = Pulling the head with your hands
    .why = Your neck goes only as far as its own muscles take it. A hand may rest on the head, but it never pulls.
forbidden_act-stand = Having someone stand on you or press with an elbow
    .why = So much weight is hard to control. It can soon be more than the pressure rule allows.
forbidden_act-gun = Massage guns and other devices on the neck
    .why = Neck arteries have torn after the use of a massage gun and of a home massage device. We use hands on the neck, and no devices.
forbidden_act-hook = Hooks, canes or hard balls on the neck
    .why = They press hard and deep on a small spot. A soft ball against a wall may be used. It is only for the top of the shoulder and the shoulder blade.
forbidden_act-bath = Massage alone in the bath, if you faint easily
    .why = If you faint in the water, nobody is there to help you.
forbidden_act-alcohol = Massage right after alcohol or calming medicine
    .why = You might not notice when the pressure is too much.

## Rules for all sessions

pressure-rule = The pressure may hurt at most 3 out of 10. If it reaches 4, stop. Never press harder as the session goes on. Stop as well if your neck hurts more than 4, or 2 points more than at the start.
pain-rule = An exercise may hurt at most 3 out of 10. Make the movement smaller if it hurts more. Stop above 4, or if pain rises by 2 points. Stop at once if an arm hurts, tingles or goes numb, or if you feel dizzy or faint. Never push or pull your head, and keep breathing.
soreness-rule = Feeling sore after a massage is common. It should be gone within 48 hours. The massage gets gentler if it lasts longer. It also gets gentler if you are 2 points worse the next day, twice in a row. If that happens a third time, stop massage and ask a professional.

## Exercises

exercise-x01 = Chin tuck
    .how = Sit tall and look straight ahead. Slide your chin straight back, as if to make a double chin. Hold it and breathe. Then let go.
    .feel = You feel a light stretch just under the back of your skull.
    .stop = Do not force the end, and do not tip your head back. Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.
exercise-x02 = Small nod, lying down
    .how = Lie on your back with your head resting. Nod a tiny bit, as if you say yes without a sound. Your head stays on the floor. Hold it and breathe.
    .feel = You feel light work deep inside the neck. The front of your neck stays soft.
    .stop = Leave it out if you should not lie on your back. Stop if the front of your neck strains. Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.
exercise-x03 = Stretch for the top of the shoulder
    .how = Sit tall. To stretch the right side, let your left ear sink toward your left shoulder. Turn your face a little to the right. Hold, then change sides.
    .feel = You feel a gentle pull from the side of the neck to the top of the shoulder.
    .stop = Never pull with your hand. Leave it out with arm pain or tingling, thin bones, or steroid medicine taken for a long time. Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.
exercise-x04 = Nose to armpit stretch
    .how = Sit tall. Turn your face partway to the left. Then lower your nose toward your left armpit. Hold, then change sides.
    .feel = You feel a gentle pull at the back of the neck. It is on the other side and goes down to the shoulder blade.
    .stop = Never pull with your hand. Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if you feel dizzy, or if an arm hurts, tingles or goes numb.
exercise-x05 = Slow turn of the head
    .how = Sit tall. Turn your head slowly to one side, only as far as it goes with ease. Hold for a moment. Come back and turn to the other side.
    .feel = You feel an easy movement with a light pull at the end.
    .stop = If turning to the end is left out for you, stop well before it. Stop at once if you feel dizzy or faint or your sight blurs, and do the check again. Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.
exercise-x06 = Slow bend to the side
    .how = Sit tall. Let one ear sink toward the shoulder on that side. Keep both shoulders level and low. Hold for a moment, then change sides.
    .feel = You feel a light pull on the long side of the neck.
    .stop = If bending to the end is left out for you, stop well before it. Do not lift a shoulder. Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.
exercise-x07 = Slow bend forward
    .how = Sit tall. Let your chin sink slowly toward your chest. Hold for a moment and breathe. Come up again.
    .feel = You feel a light pull along the back of the neck.
    .stop = If bending to the end is left out for you, stop well before it. If an electric-shock feeling runs down your back, arms or legs, stop for good. Then see a professional within days. Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.
exercise-x08 = Small look up
    .how = Sit tall. Look up with your eyes first, and let your head follow a little. Do not go near the end. Come back soon.
    .feel = You feel an easy movement, with no pinch in the neck.
    .stop = Leave it out from age 65, or if moving your head makes you dizzy. Leave it out with trouble in the neck arteries, or after a stroke. Stop at once if you feel dizzy or faint or your sight blurs, and do the check again. Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.
exercise-x09 = Shoulder blade squeeze
    .how = Sit tall and let your arms hang. Draw your shoulder blades together and a little down. Hold and breathe. Then let go.
    .feel = You feel the muscles between your shoulder blades work.
    .stop = Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.
exercise-x10 = Chest stretch in a doorway
    .how = Stand in a doorway and lay your forearms on the frame. Lean forward slowly, until your chest feels a stretch. Hold and breathe.
    .feel = You feel a gentle pull across your chest and the front of your shoulders.
    .stop = If a shoulder hurts, keep your arms no higher than your shoulders. Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.
exercise-x11 = Upper back over the chair
    .how = Sit on a firm chair and cross your arms over your chest. Lean your upper back slowly over the top of the backrest. Let your head go along without tipping it back. Come up again.
    .feel = You feel your upper back open. Your neck stays quiet.
    .stop = Leave it out with thin bones or steroid medicine taken for a long time. Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.
exercise-x12 = Shoulder rolls
    .how = Roll both shoulders slowly up, back and down. Then lift them toward your ears and let them drop. Keep your neck loose.
    .feel = You feel your shoulders get looser.
    .stop = Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.
exercise-x13 = Gentle press against your hand
    .how = Put your hand on your forehead and press your head gently against it. Nothing moves. Use less than a third of your strength. Do the same at the back of the head and on each side.
    .feel = You feel even work around your neck, without a push or a jerk.
    .stop = Leave it out until a professional has seen you, if you were told to see one. Do not hold your breath, above all with high blood pressure. Press less if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.
exercise-x14 = Arms to the side with a band
    .how = Sit tall, put your feet on the middle of a band and hold its ends. Lift both arms slowly to the sides, and lower them slowly. Go on until your shoulders are nearly tired, for 2 minutes at most.
    .feel = You feel your shoulders work and get warm. Your neck stays long and loose.
    .stop = Take a stronger band only step by step. Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.
exercise-x15 = Rowing with a band
    .how = Fix a band in front of you so that it cannot slip. Hold both ends and pull your elbows slowly back. Bring your shoulder blades together, then let the arms go forward slowly.
    .feel = You feel the muscles between and behind your shoulders work.
    .stop = Do not pull your shoulders up to your ears. Make it smaller if it hurts more than 3 out of 10, and stop above 4. Stop at once if an arm hurts, tingles or goes numb.

## Heat

heat = Heat
    .how = Lay a warm pad on your neck, shoulders or upper back, with a layer of cloth between. Start with 15 minutes, at most 20, once or twice a day. It should feel pleasantly warm, at most 3 on a scale to 10. Move gently afterward.
    .skin = After 5 minutes, take the pad off and look at your skin, with a mirror or with help. Pleasant and a little pink is fine. Stop if you see or feel anything else, such as strong redness, blisters, burning or numb skin. If a net-like pattern shows, stop using heat.
    .never = Never sleep with heat, lie on it or press it down. Never use boiling water or an old bottle. Never put a damp cloth on an electric pad, or a warming cream under any pad. Never put heat on skin that is numb, open, inflamed or bleeding. Never put it on a place with cancer or on a medicine patch. Use no heat with poor blood flow, a fever or an infection. Use none in the first 72 hours after an injury. Nobody under 18 and nobody who is confused uses heat alone. In pregnancy, use only a warm pad on one place. If heat makes your multiple sclerosis worse, keep it shorter.
    .cap = Aim for 38 to 40 degrees Celsius at the skin, and never go above 42. If you cannot measure it, keep it warm and never hot.

## Breaks

break = Movement break
    .how = About every 30 minutes, move for 30 to 60 seconds. Turn your head slowly, bend it to each side and roll your shoulders. Then sit or stand in another way.
    .why = Staying in one position for long can get uncomfortable. One trial studied office workers at high risk. Breaks or shifts of position more than halved their new neck pain. No single position is the right one. The 30 minutes are our own choice.

## What is known

evidence-massage-sham = A review brought together 33 trials of massage for neck pain, with 1,994 people. At about 12 weeks, massage probably did little or no more than a pretend massage. No trial looked at neck pain that had just begun.
evidence-massage-quality = In 64 people, 39 percent got better with massage and 14 percent with a book, perhaps by chance. A review of 15 trials and one of 42 found most of the proof weak. As we recall it, a guideline of 2017 does not put massage first.
evidence-massage-dose = For 228 people, half an hour of massage, two or three times weekly, was no better than waiting. Hour-long sessions with a therapist more than doubled the chance of at least 30 percent less pain.
evidence-massage-partner = Massage by a partner, half an hour three times a week, eased pain more than waiting did. The difference was 1.3 points at 3 months. But 45 percent never started.
evidence-massage-self-dose = No good trial tells how much self-massage is right. There are only small studies of one week, such as one with 45 young women. So the minutes here are our own limits, chosen for caution.
evidence-massage-fades = Six extra weekly massages of an hour made better daily function 1.6 times as likely at 12 weeks. By 26 weeks, that gain could no longer be shown.
evidence-massage-soreness = About 1 in 10 people had minor discomfort after a massage. Most of it began within 12 hours and was over within 36 hours. Other treatments caused minor trouble more often than massage did.
evidence-massage-how = A tight head often goes with tense, tender neck muscles, and experts still discuss the link. In 17 people, a massage of 20 minutes kept the skin warmer for over an hour. That does not show that poor blood flow makes a head feel tight.
evidence-head-tightness-massage = In 56 people with tension headaches, 12 massages over 6 weeks and a pretend treatment did equally well. Both groups got better. A small earlier study saw fewer headaches, 3.7 a week and not 4.7, but had no comparison.
evidence-head-tightness-strength = In 180 women in offices with neck pain, a year of strength training cut headache by 69 percent. Endurance training cut it by 58 percent, and stretching only by 37 percent. This was one trial, in women only.
evidence-strength-two-minutes = In 198 people, 2 minutes of band training a day eased pain by 1.4 points of 10. That was after 10 weeks of five days a week, next to people without it. With 12 minutes a day it was 1.9, so the first 2 minutes count most.
evidence-strength-chronic = A review of 27 trials found medium gains in lasting neck pain from strengthening neck, shoulders and arms. Gains were smaller in the long run with stretching added, and for headache from the neck. For neck pain that has just begun, nothing was shown.
evidence-strength-which = Eight trials in office workers speak for strengthening and leave stretching and endurance work open. In 26 trials, combined programs did best. Nobody knows the best amount, so experts fit it to the person.
evidence-stretch-alone = A large review could not show that stretching alone helps. In 96 office workers, four weeks of it eased pain by 1.4 points more than a leaflet. In 125 people, stretching eased pain by 19 points of 100, much like hands-on treatment with 26.
evidence-stretch-dose = Usual advice is to hold a stretch for 10 to 30 seconds, or 30 to 60 when older. Repeat it two to four times, on two or three days a week at least. Every day works best.
evidence-heat-small = In 50 people, warm mud pads for 14 days beat no treatment by 16 of 100 pain points. In a fresh strain, heat or cold with a pain tablet eased pain by only 8 or 9. Heat along with exercise looks better, for the neck and for the low back.
evidence-heat-limit = Heat on the skin reaches only 1 to 2 centimeters deep. The hotter it is, the sooner it burns. A seller's page names up to 45 degrees Celsius, but our own cautious limit is 42.
evidence-heat-burns = A review counted 1,343 people with burns from heat treatment, such as bottles, wheat bags and pads. In the United Kingdom, hot-water bottles hurt 5,944 people from 2014 to 2023. A medical handbook leaves heat out for 72 hours after an injury.
evidence-breaks-change = In 193 office workers at high risk, 44 percent got new neck pain within 6 months. With active breaks or shifts of position it was 17 percent. The true effect may be a lot smaller or larger.
evidence-breaks-how-often = As we recall it, a review of work breaks found few small trials and no clear best rhythm. Most daily tasks need only a small part of how far a neck can move. Nobody has shown how many neck movements an hour are right.
evidence-posture-contested = Studies disagree on whether posture makes a neck hurt. In 15 snapshot studies, adults with neck pain held the head about 5 degrees further forward. In others, one with 1,108 teenagers, there was no link, or young women who slumped hurt less.
evidence-posture-what-matters = Two studies, with 150 and 582 people, found no link between neck pain and phone posture. In 396 people over a year, poor sleep and little activity mattered, and phone posture did not. In 1,334 workers, sitting nearly all of the working time went with about twice the risk.
evidence-hold-limits = A work standard allows 8 minutes with the head bent by 25 degrees, and 1 minute at 85. It is meant for adults at work, not for patients. Reaching a limit means that it is time to move, and no more.
evidence-harm-tools = Two people, aged 27 and 43, had a torn neck artery after a massage gun or home device. From 2003 to 2013, 40 reports described 138 cases of harm around massage for pain. Serious harm was rare and came mostly with forceful moves by hand.
evidence-neck-pain-returns = Of 100 people with neck pain, 50 to 75 have it again 1 to 5 years later. So a fair goal is to have fewer and shorter episodes.
evidence-prevention-exercise = In a review, exercise cut the odds of new neck pain to about a third, with medium certainty. Changes at the workplace made no difference, with low certainty. In 567 people, daily stretching and endurance work twice weekly more than halved neck pain in a year.
evidence-chinese-types = Chinese pages sort neck trouble into six types, and many name only four. They look at symptoms and scans together, never at scans alone. By tradition, massage is not used for the type that affects the spinal cord.
evidence-imaging-common = Of 1,211 people without symptoms, 88 percent had a bulging disc and 5 percent a pressed spinal cord. Even in their twenties, over 70 percent had a bulging disc. So a scan alone does not explain a tight neck.
evidence-screening-limits = Asking about warning signs is a careful habit, and a Dutch guideline starts with it, too. Such questions are not precise, and they miss some illness. An answer that raises no warning does not prove that nothing is wrong.
evidence-screening-tests = Professionals judge several hand tests together, for example for a pressed nerve or the spinal cord. One test alone can fail: for a loose upper neck, one caught 19 to 100 percent of cases. So nobody is asked to test their own neck here.

## What nape says about itself

claim-decide = nape helps you decide whether to ask a professional first.
claim-guides = nape guides you through gentle self-massage and movement.
claim-try_it = People differ. You can test for yourself whether it helps you.
claim-not_on_list = None of your answers is on our warning list. The list cannot rule out illness.
claim-shows = nape shows how long you hold one position.
claim-not_emergency = nape is not for emergencies. In an emergency, call the emergency number at once.
claim-no_clinician = No doctor or other clinician takes part. Nobody examines you or reads your answers.
claim-error = Every measurement has an error. For how far your neck moves, we count on about 10 degrees either way. A smaller change is no real change.
claim-local = Your answers and measurements stay on this computer.
claim-version = These care rules have version { $version }. No clinician has signed them off yet.
disclaimer-sham = Many people feel relief after massage. But in studies, it probably did little or no better than a pretend massage. Test it on yourself, with an open mind.
