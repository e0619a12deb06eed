### Rules that ask for a professional first or for a smaller program, the quick check, and the pattern hints

## A professional first

P01 = Have you noticed any of these in your hands, legs or bladder?
    .title = Hands, legs and bladder
    .why = These can be signs of pressure on the spinal cord in the neck. A professional should rule that out before you massage, stretch or strengthen your neck.
P01-hands = Clumsy hands, for example with buttons, keys, writing or your phone
P01-both_hands = Numb or tingling hands, on both sides
P01-legs = Legs that feel heavy or unsteady
P01-stumbling = Stumbling more often than before
P01-bladder = A sudden, strong need to pass urine that is hard to hold back
P01-fast = Has this become clearly worse within weeks?

P02 = Does bending your neck send an electric-shock feeling down your back, arms or legs? Please do not try it out now.
    .title = Electric-shock feeling
    .why = This feeling can be a sign that the spinal cord in the neck is affected. A professional should check that before you massage, stretch or strengthen your neck.

P03 = Do you have pain or a strange feeling in an arm or hand, like one of these?
    .title = Arm pain or tingling
    .why = This can come from a nerve in the neck that is pressed or sore. A professional should look before you massage neck or shoulders, stretch far or train with heavy effort.
P03-shooting = Pain that shoots down past the elbow
P03-tingling = Numbness, or pins and needles, in one arm or hand
P03-recent = Did this start less than 6 weeks ago?
P03-weak = Is the arm or hand also weak?
P03-severe = Is the pain, numbness or tingling severe?

P04 = Has anyone told you that you have one of these in your neck or spinal cord?
    .title = Known neck findings
    .why = With these, massage or far stretches of the neck can do harm. A professional who knows your case should first say what is right for you.
P04-herniation = A large or severe slipped disc, also called a herniated disc
P04-stenosis = A spinal canal that is too narrow, called stenosis
P04-cord = Pressure on the spinal cord, or a cord problem called myelopathy
P04-instability = An unstable neck, or a neck bone that has slipped
P04-ligament = A ligament along the spine that has turned to bone, called OPLL
P04-chiari = Chiari, where part of the brain sits low, or a fluid space in the cord, called a syrinx
P04-wear_only = Only a bulging disc, wear or arthritis was mentioned

P05 = Has a doctor given you one of these diagnoses?
    .title = Joint and tissue conditions
    .why = These can make the upper neck less stable or the arteries more fragile. A professional should first say whether massage and far stretches are right for you.
P05-rheumatoid = Rheumatoid arthritis, an immune illness that inflames the joints
P05-spondylitis = Ankylosing or psoriatic spondylitis, illnesses that inflame the spine
P05-down = Down syndrome
P05-ehlers_danlos = Ehlers-Danlos syndrome, or very loose joints named as a diagnosis
P05-marfan = Marfan or Loeys-Dietz syndrome, which make body tissue weaker
P05-neck_bones = Neck bones that are joined or misshapen, or a loose bone piece called os odontoideum

P06 = Has your neck had one of these?
    .title = Surgery, fracture or injection
    .why = After these, the neck may still be healing or may hold implants. A professional should agree before you massage it or stretch it far.
P06-surgery = Surgery on the neck, at any time
P06-fracture = A broken bone in the neck, at any time
P06-injection = An injection into the neck in the last 12 weeks

P07 = In the last 6 weeks, did you have whiplash, a sudden neck jerk, or another neck injury?
    .title = Recent neck injury
    .why = A neck that was hurt not long ago may still be healing. A professional should look at it before you massage it or stretch it far.

P08 = Has one of these happened to you, or do you have one of them now?
    .title = Neck arteries and stroke
    .why = Pressing near the neck arteries can slow the heart, or loosen deposits inside them. Ask a professional before you massage, turn your head far or tip it back.
P08-narrowing = Narrow arteries in the neck, or a stent or surgery there
P08-stroke = A past stroke, or a mini-stroke, also called TIA
P08-dissection = A past tear in an artery wall, or an aneurysm, a bulge in an artery
P08-collar = You fainted or nearly fainted from a tight collar or from turning your head
P08-fmd = Fibromuscular dysplasia, a disease of the artery walls

P09 = Do you have one of these in your neck or throat?
    .title = Lumps, voice and swallowing
    .why = These can have many causes. A doctor should rule out a tumor before anyone massages your neck.
    .do = See a doctor within days. Leave out massage until the doctor has had a look.
P09-lump = A lump in the neck
P09-glands = Swollen glands that have lasted longer than 2 to 3 weeks
P09-hoarse = A hoarse voice that has lasted longer than 3 weeks
P09-swallow = Pain when you swallow

P10 = Do you have cancer in one of these places, or treatment for any cancer?
    .title = Cancer or cancer treatment
    .why = A tumor should not be pressed deeply or warmed. Massage and heat should wait until those who treat you agree.
P10-site = Cancer in the head, neck or spine
P10-treatment = Treatment for any cancer at this time

P11 = Do you have one of these in your neck, in an arm or near the collarbone?
    .title = Clots, lines and devices
    .why = Pressing could move a clot, a tube or a wire. A professional should first say where massage and heat are possible.
P11-clot = A blood clot in a vein of the neck or arm
P11-line = A port or a central line, a thin tube into a large vein
P11-device = A pacemaker, nerve stimulator or shunt, or its wires or tube, near the neck or collarbone

P12 = Is your pain like one of these?
    .title = Strong or constant pain
    .why = Pain like this may not come from muscles and joints alone. A professional should look for the cause before you massage or stretch far.
P12-severe = Pain of 8 to 10, when 0 is none and 10 is the worst
P12-constant = Constant pain that no position eases
P12-night = Pain at night that has stopped your sleep for more than a week

P13 = Do you get one of these when you turn your head or tip it back? Please do not try it out now.
    .title = Dizziness with head movement
    .why = This can come from the inner ear or from blood vessels. A professional should check before you press below the skull, turn your head far or tip it back.
P13-dizzy = Dizziness, or a feeling that things spin
P13-blackout = Everything goes black, or you pass out
P13-blurred = Blurred sight

P14 = Is your headache new or changing in one of these ways?
    .title = New or changing headache
    .why = Such a headache can have other causes than tight muscles. A professional should look for them first.
P14-first_after_50 = A kind of headache that first came after you turned 50
P14-changing = A headache that clearly changed or got worse over weeks

P15 = Did you get sudden neck pain for the first time in your life after age 55?
    .title = First sudden neck pain
    .why = A first sudden neck pain later in life can have other causes than tight muscles. That is why a check makes sense.
    .do = Ask a doctor or physiotherapist for a check. This answer alone takes nothing out of your program.

P16 = Have you taken headache tablets this often? Triptans are for migraine. Opioids are strong painkillers. Combined tablets hold more than one drug.
    .title = Frequent headache tablets
    .why = Taken this often, pain tablets can themselves lead to headaches. A professional should look at that with you.
P16-simple = Simple pain tablets on 15 or more days a month, for more than 3 months
P16-strong = Triptans, opioids or combined tablets on 10 or more days a month, for more than 3 months

P17 = Are the headaches that no doctor has ever looked at like one of these?
    .title = Headaches like migraine
    .why = This can be migraine, which is treated in another way than tight muscles. A doctor should look at these headaches.
P17-never_assessed = Do you have headaches that no doctor has ever looked at?
P17-attacks = They throb and activity makes them worse, and you vomit or both light and sound hurt
P17-zigzags = You see zigzag lines with them

P18 = After six weeks of self-care, is one of these true? If you have not done six weeks, this does not apply.
    .title = Little change so far
    .why = A neck that does not get better, or often stops your work, needs a closer look. A professional can look for other causes and other ways to help.
P18-no_better = No improvement after six weeks of self-care
P18-episodes = Three or more episodes in a year that stopped you from working

P19 = Is one of these true about your blood pressure or your risks?
    .title = Blood pressure and risks
    .why = These can mean more risk for the arteries. A professional should check that before you turn your head far or tip it back.
P19-pressure = Blood pressure measured at 160/100 or more, and not treated. One of the two numbers is enough.
P19-risks = New neck pain, together with several of these: smoking, diabetes, high cholesterol

P20 = Are you under 18?
    .title = Under 18
    .why = nape is made for adults. Some of the rules behind it do not cover children and young people.
    .do = Talk with a parent or another adult, and with a doctor. You can still take breaks to change your position.

P21 = Is one of these true for you?
    .title = Feeling and alertness
    .why = You might not notice when pressure or heat is too much. Ask a professional before you use massage or heat.
P21-numb = You cannot feel touch or heat normally in your neck or hands
P21-cannot_report = You cannot tell when something hurts, or cannot say so
P21-sedated = You are drunk, drugged or sedated right now

## A smaller program

C01 = Do you take medicine that slows clotting, or do you have a bleeding problem?
    .title = Blood thinners or bleeding
    .why = You may bruise or bleed more easily when something presses hard. That is why your program is shorter and lighter.
    .do = Half the usual massage, stroking only, with no held pressure and no tools. Ask a professional before kneading, but with daily aspirin alone, light kneading is allowed.
C01-medicine = Medicine that slows clotting, such as blood thinners or daily aspirin
C01-disorder = A bleeding disorder, or too few platelets in the blood
C01-aspirin_only = Is daily aspirin the only one? That means no other blood thinner, no bleeding disorder and no low platelets.

C02 = Are you pregnant?
    .title = Pregnancy
    .why = Pregnancy calls for more care with pressure, position and heat. That is why your program is gentler.
    .do = Massage is light, without held pressure, sitting or lying on your side, never on your back. Use only a warm pad, no heat for the whole body, and ask your midwife or doctor.

C03 = Does one of these apply to you?
    .title = Thin bones or steroids
    .why = Both can make bones break more easily. That is why your program is lighter and shorter.
    .do = Half the usual amount, light, on muscle only, never on the spine bones, with no held pressure. Bending forward and turning the head stop before the end.
C03-osteoporosis = Osteoporosis, bones that have become thin
C03-steroids = Steroid medicine, such as cortisone, for a long time

C04 = Is there a skin problem on your neck, shoulders or upper back? That means infection, shingles, sunburn, rash, a wound, a recent burn or a radiotherapy area.
    .title = Skin problems
    .why = Skin like this should not be rubbed or warmed. That is why those places are left out.
    .do = No massage and no heat in the places you name.
C04-where = Where is the skin problem?
C04-where-neck = Neck
C04-where-shoulders = Shoulders
C04-where-upper_back = Upper back

C05 = Do you have diabetes that has affected your nerves or your blood flow?
    .title = Diabetes, nerves, blood flow
    .why = You may notice too late when heat or pressure is too much. That is why your program is lighter.
    .do = Massage stays light, with no held pressure. If your skin is numb, heat is left out.
C05-numb = Is the skin of your neck, shoulders, upper back or hands numb or poor at feeling heat?

C06 = Do you have a fever or the flu today?
    .title = Fever or flu today
    .why = Your body needs rest while you are ill. Massage and heat can wait.
    .first = Rest today, and start once you have had no fever for 24 hours.
    .do = Rest today. Massage and heat stay off until you have had no fever for 24 hours.

C07 = Are you 65 or older?
    .title = Age 65 or older
    .why = With age, the neck moves less far, above all backward. That is why your program starts smaller.
    .do = Start seated with half the usual amount, no held pressure, no fast turns and no full tip backward. Stretches may be held longer, 30 to 60 seconds.

C08 = Do you have an old, unchanged ache in your upper arm, without tingling or weakness?
    .title = Old upper arm ache
    .why = Such an ache can be passed on from the neck. Please watch it, because an ache that moves lower may come from a nerve.
    .do = This answer alone takes nothing out of your program. Stop if the ache goes below the elbow.

C09 = Are your joints very loose all over the body, without a diagnosis for it?
    .title = Very loose joints
    .why = Loose joints already go far. That is why your program puts strength before stretching.
    .do = No stretch is held at the end of the movement. Strength exercises come first.

C10 = Do you have migraine that a doctor knows about and that has not changed?
    .title = Known migraine
    .why = A session may set off an attack. That is why we ask you to keep an eye on it.
    .do = This answer alone takes nothing out of your program. Stop the sessions if they have set off an attack twice.

C11 = Do you wear a fentanyl patch or another medicine patch on your neck or upper back?
    .title = Medicine patch
    .why = Heat can make a patch release its medicine faster. That is why your program has no heat.
    .do = Leave heat out.

C12 = Do you crack or jerk your own neck?
    .title = Cracking your neck
    .why = Serious harm after neck massage is rare. Most reports of it involve forceful moves of this kind.
    .do = Please stop cracking or jerking your neck. No session here ends a movement with a push.

## The quick check before a session

Q1 = Do your arms or legs have new or worse symptoms, such as pain, tingling, numbness or weakness?
    .title = Arms and legs
Q2 = Do you have new dizziness, or new trouble with sight, speech or swallowing?
    .title = Dizziness, sight, speech, swallowing
Q3 = Do you have a fever, or do you feel unwell?
    .title = Fever or feeling unwell
Q4 = Have you had an injury since the last time?
    .title = Injury since last time
Q5 = Do you have a headache that is unlike your usual ones?
    .title = Unusual headache

## What the tightness is like

H1 = Your neck and shoulders ache and are stiff, and tightness spreads to the back of your head. Your arms and legs give no trouble. Does this fit you?
    .title = Stiff neck and shoulders
H2 = A band seems to press or tighten on both sides of your head, mildly to moderately. Ordinary activity does not make it worse, and you do not vomit. Does this fit you?
    .title = Band around the head
H3 = Your head hurts on one side, and the pain starts in the neck. It comes or changes when you move your neck or head. Does this fit you?
    .title = One-sided, from the neck
H4 = Over and over, you have a headache together with a racing or pounding heart, sweating or blurred sight. Does this fit you?
    .title = Headache with racing heart

## What the answers resemble

pattern-cord-warning = Your answers resemble a picture that can be a warning from the spinal cord. A professional should look at it first.
    .name = Spinal cord warning pattern
    .chinese_type = spinal cord type (脊髓型)
pattern-arm-symptom = Your answers resemble a picture with pain, numbness or tingling in an arm or hand.
    .name = Arm symptom pattern
    .chinese_type = nerve root type (神经根型)
pattern-dizziness = Your answers resemble a picture with dizziness, blackouts or blurred sight when the head moves.
    .name = Dizziness pattern
    .chinese_type = vertebral artery type (椎动脉型)
pattern-mixed-autonomic = Your answers resemble a picture of headache with a racing heart, sweating or blurred sight. A professional should look first, and massage below the skull is left out.
    .name = Headache and racing heart pattern
    .chinese_type = sympathetic type (交感型)
pattern-migraine-like = Your answers resemble a headache that is like migraine.
    .name = Migraine-like pattern
pattern-one-sided-neck = Your answers resemble a one-sided headache that is linked to the neck.
    .name = One-sided, neck-linked pattern
pattern-two-sided-band = Your answers resemble a tight band on both sides of the head.
    .name = Two-sided band pattern
pattern-neck-muscle = Your answers resemble tense, aching muscles of the neck and shoulders.
    .name = Neck muscle pattern
    .chinese_type = neck type (颈型)
pattern-only_clinician = This is not a diagnosis. Only a doctor or another clinician can make one.
pattern-disputed = Outside China, experts do not agree on the names artery type and sympathetic type. nape does not confirm any type name.
