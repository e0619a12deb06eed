### Rules that ask for help now or today

## Emergency

E01 = Was the accident or blow like one of these, or do your arms or legs tingle now?
    .title = Accident or blow
    .why = A bone of the neck or the spinal cord can be hurt. This needs help now, and your neck should stay still until help comes.
    .first = Keep your head and neck still, and call { $number } now.
E01-accident = Did this trouble start after an accident, or after a blow to your head or neck?
E01-fall = A fall from more than 1 meter (about 3 feet), or down 5 stairs or more
E01-head_first = A dive, or a blow to the top of the head
E01-fast_crash = A crash at high speed, or one where the car rolled over or you were thrown out
E01-two_wheels = A crash on a bicycle, or on a motor vehicle for leisure such as a quad bike or motorbike
E01-tingling = Tingling in the arms or legs now

E02 = Did the headache or neck pain come like a thunderclap? That means from nothing to its worst within about a minute, or five at most.
    .title = Pain like a thunderclap
    .why = A pain that comes this fast can be a bleed or a torn artery. It has to be looked at in a hospital now.

E03 = Did one of these come on new and suddenly, within the last minutes to days? It counts even if it is gone again. Migraine signs that you know well, and that are the same as ever, do not count.
    .title = New and sudden signs
    .why = These can be signs of a stroke or of a torn artery in the neck. They need help now, even if they went away.
E03-face = One side of the face suddenly droops
E03-limb = An arm or leg is suddenly weak or numb, and was not before
E03-speech = New and sudden trouble speaking
E03-double = Suddenly seeing double
E03-sight = Suddenly losing sight, in one eye or both
E03-swallow = New and sudden trouble getting food or drink down
E03-unsteady = Suddenly unsteady on your feet, and not only when you turn your head
E03-face_numb = One side of the face is suddenly numb
E03-collapse = A sudden collapse

E04 = Did one of these happen in the four weeks before this new pain, or is one of these signs there? A bad night or being a bit sore after massage does not count.
    .title = New one-sided pain
    .why = This can be a tear in the wall of a neck artery. Pain can be the only sign at first.
E04-unlike = Do you have a new pain in one side of your neck, face or head that is unlike any pain you had before?
E04-knock = A knock or a strain of the neck
E04-manipulation = A neck that was cracked or jerked
E04-massage = A strong massage of the neck
E04-infection = An infection, such as a cold, the flu or a sore throat
E04-eyelid = One eyelid droops
E04-pupil = One pupil is smaller than the other
E04-whoosh = A whooshing sound in the ear

E05 = Is one of these there as well?
    .title = Fever or very ill
    .why = These can be signs of an infection in or around the brain.
E05-fever = Do you have a fever, or do you feel very ill?
E05-stiff_neck = A severe headache, and a neck so stiff that the chin cannot come down to the chest
E05-rash = A rash that does not fade
E05-light = Light hurts your eyes a lot
E05-drowsy = Very drowsy or hard to wake

E06 = Did one of these come together with the headache?
    .title = Headache and clouded mind
    .why = These can be signs of a bleed, an infection, or too much pressure inside the head.
E06-fit = A fit, also called a seizure
E06-confused = Confusion
E06-drowsy = Very drowsy or hard to wake
E06-fainted = Fainting

E07 = Is one of these new?
    .title = Bladder, bowels, numb seat
    .why = The spinal cord, or the nerves at its end, may be under strong pressure. This needs help now.
E07-leaking = You can no longer control your bladder or bowels
E07-cannot_pass = You cannot pass urine
E07-saddle_numb = You feel numb between the legs

E08 = Did you get weak in one of these ways within hours or days, or did it become clearly worse that fast?
    .title = Fast weakness
    .why = The spinal cord in the neck may be under sudden pressure. This needs help now.
E08-legs = Weak legs
E08-both_arms = Both arms weak

E09 = Does your neck, jaw or shoulder hurt together with one of these?
    .title = Pain with chest signs
    .why = Trouble with the heart can be felt in the neck, the jaw or the shoulder.
E09-chest = Pressure in the chest
E09-breath = Being short of breath
E09-sweat = Cold sweat
E09-effort = Effort, such as climbing stairs, brings the pain on

E10 = Along with the new headache, did one of these happen?
    .title = New headache and sight
    .why = From age 50 on, an inflamed artery of the head can cause this. It can cost you your sight.
E10-new_headache = Do you have a new headache?
E10-sight_loss = Sight that suddenly dims or is lost
E10-double = Seeing double

E11 = Do you have a red eye that hurts, together with blurred sight or rings around lights?
    .title = Painful red eye
    .why = The pressure inside the eye may have risen fast. That can harm your sight.

E12 = Do you have one of these now?
    .title = Pregnancy or just after birth
    .why = In this time, these can be signs of dangerous blood pressure or of a clot in the head.
E12-pregnant = Are you pregnant, or did you give birth in the last 6 weeks?
E12-headache = A headache that is new or severe
E12-sight = Trouble with your sight
E12-belly = Pain in the upper belly
E12-swelling = New swelling, for example of the face or the hands

E13 = Since you hit your head, is one of these true?
    .title = Blow to the head
    .why = There may be bleeding inside the head. It can start slowly.
E13-blow = Did you hit your head in the last few days?
E13-worse = The headache gets worse
E13-vomiting = You vomit
E13-sleepy = You are oddly sleepy
E13-thinners = You take blood thinners

E14 = Do you have one of these right now?
    .title = Throat and breathing
    .why = A deep infection in the neck can close the airway.
E14-breath = Trouble breathing
E14-drool = Drooling
E14-jaw = You cannot open your mouth, or you cannot swallow
E14-swelling = A painful swelling in the neck that grows fast

E15 = Do other people or pets in your building have headaches too, and does it get better outdoors?
    .title = Others have headaches too
    .why = This can be carbon monoxide, a toxic gas that nobody can see or smell.
    .first = Get everybody out into the fresh air now, then call { $number }.

## Today

S01 = Since your neck was hurt, is one of these true? Please do not force the turn.
    .title = Neck hurt in the last 14 days
    .why = A bone of the neck can be broken even after a small accident. A doctor should decide today if a scan is needed.
S01-injury = Was your neck hurt in the last 14 days, even in a slow crash or a small fall?
S01-midline = It hurts right on the bones in the middle of the neck
S01-turn = You cannot turn your head about halfway to each side

S02 = Along with the new headache, is one of these there?
    .title = New headache from age 50
    .why = An inflamed artery of the head can cause this. It can harm your sight, so a doctor should look today.
S02-new_headache = Do you have a new headache, or a new kind of headache?
S02-scalp = A tender scalp, for example when you comb your hair
S02-jaw = A jaw that aches when you chew
S02-stiff = Stiff shoulders or hips
S02-weight_fever = Weight loss or fever

S03 = Do you have neck or back pain together with fever, shivers, night sweats or feeling ill? This matters most after an infection, surgery or injected drugs. It also matters most with diabetes, tuberculosis, dialysis or a weak immune system.
    .title = Pain and feeling ill
    .why = This can be an infection of the spine. A doctor should look today.

S04 = Is one of these true for you?
    .title = Cancer and new pain
    .why = A doctor should check today if the pain has to do with the cancer.
S04-cancer = Do you have cancer, or did you have it in the past?
S04-worsening = A new neck pain or headache that is always there and gets worse
S04-night = Pain at night
S04-weight = You lose weight

S05 = Has one arm or hand become clearly weaker over days to weeks? For example, you drop things or cannot lift the arm.
    .title = Growing weakness in an arm
    .why = A nerve of the neck or the spinal cord may be losing its strength. A doctor should look today.

S06 = Do you have one of these?
    .title = Headache with strain or position
    .why = The pressure inside the head may have changed. A doctor should look today.
S06-strain = A headache that comes with coughing, straining, sex or exercise
S06-position = A headache that changes a lot between lying and standing
S06-vomiting = A headache that wakes you and makes you vomit
S06-grey = Your sight goes gray for a moment when you bend over

S07 = Is one of these true for you?
    .title = Sudden strong neck pain
    .why = A bone that has become weak can break by itself. A doctor should look today.
S07-sudden = Did a strong neck pain come suddenly, after a tiny knock or for no reason?
S07-osteoporosis = Osteoporosis, bones that have become thin
S07-steroids = Steroid medicine, such as cortisone, for a long time

S08 = Did your legs suddenly give way so that you fell, without fainting?
    .title = Legs that give way
    .why = This can come from the blood flow to the brain or from the spinal cord. A doctor should look today.

S09 = With your weak immune system, do you also have this?
    .title = Weak immune system
    .why = With a weak immune system, a new headache can be an infection or a growth. A doctor should look today.
S09-weak_immunity = Is your immune system weak, for example from HIV, chemotherapy or steroids?
S09-headache = Any new headache

S10 = Was your blood pressure lately measured at 180/120 or more? One of the two numbers is enough.
    .title = Very high blood pressure
    .why = Blood pressure this high can do harm within a short time. A doctor should look today.
S10-headache = Do you have a headache as well?
