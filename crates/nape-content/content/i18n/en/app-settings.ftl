### Settings, About and Sources

said-copied = A copy was made.
said-forgotten = All other browsers are forgotten.

settings-language = Language
settings-region = Country or region
settings-region_why = It sets the emergency number at the foot of every page.
settings-region_browser = As my browser says
settings-region_other = Not in this list
settings-theme = Look
settings-theme_system = As my computer is set
settings-theme_light = Light
settings-theme_dark = Dark
settings-voice = Spoken words in sessions
settings-voice_on = On
settings-voice_off = Off
settings-save = Save
settings-wrong = This was not saved. Please look at the part with a note.
settings-wrong_choice = Please choose one from the list.

settings-age = Age group
settings-age_text = Some questions depend on your age. A new age group counts only once you answer the check again.
settings-age_changed = Your last check was for another age group. Please go through the questions again.
settings-age_change = Change the age group

settings-browsers = Browsers
settings-browsers_count = { $n ->
    [one] One browser may open your pages. It is this one.
   *[other] { $n } browsers may open your pages. This is one of them.
 }
settings-invite = Open in another browser
settings-invite_how = Copy this address and open it in the other browser, on this computer.
settings-invite_once = It works once. Do not pass it on, as it opens all that you noted.
settings-invite_back = Back to settings
settings-invite_failed = No new address could be made just now. Please try again.
settings-forget = Forget all other browsers

settings-storage = What is kept
settings-folder = Folder
settings-used = Space it takes
settings-events = Entries
settings-size = { $mb } MB
settings-unreadable = { $n ->
    [one] One entry cannot be read by this version. It stays where it is, and nothing is lost.
   *[other] { $n } entries cannot be read by this version. They stay where they are, and nothing is lost.
 }
settings-copy_text = A copy is one file with everything in it. It is put in the same folder. Take it to another disk if you want to keep it apart.
settings-copy = Make a copy
settings-copies = Copies in the folder
settings-too_many_copies = There are already many copies from today. Move some of them to another place and try again.

about-is = What nape does
about-is_not = What nape is not
about-list = The most that the check can say is that nothing you told us is on our warning list. That list cannot rule out illness.
about-private = What stays private
about-private_text = nape sends nothing out and has no account. It counts no visits. Anyone who can use your account on this computer can read what you note.
about-folder = All that you note is in this folder:
about-verify = How to check that yourself
about-verify_offline = Switch off your network. Every page still works.
about-verify_network = Open the network view of your browser. It shows only { $address }, which is this computer.
about-verify_source = The source is open. Anyone may read what the program does.
about-version = Version
about-program = Program
about-content = Care rules
about-reviewed = These clinicians signed off the care rules: { $who }.
about-licences = Licences
about-licences_text = nape is free to use, share and change, under MIT or Apache 2.0. It comes with no warranty.

sources-lead = All that nape says and asks rests on this list. It also says how much of each was read.
sources-marks = A letter before a source says how far it carries:
mark-V = Read for nape, most often as a summary
mark-M = Named from memory, not read again yet
mark-D = A cautious rule of our own, not a finding
sources-weak = weak page
sources-weak_text = { $n ->
    [one] means that the page where we read it is of doubtful quality. This is so for one source.
   *[other] means that the page where we read it is of doubtful quality. This is so for { $n } sources.
 }
sources-cited = { $n ->
    [one] Used in one place
   *[other] Used in { $n } places
 }
sources-question = Question in the check: { $title }
sources-pattern = What answers may resemble: { $name }
sources-statement = What is known: { $about }
sources-kind-guideline = Guideline
sources-kind-review = Review of studies
sources-kind-trial = Trial
sources-kind-cohort = Study that followed or compared people
sources-kind-case = Report of single cases
sources-kind-standard = Technical standard
sources-kind-criteria = Criteria for a diagnosis
sources-kind-reference = Reference work
sources-kind-page = Web page
sources-kind-memory = From memory
sources-kind-design = Our own rule
sources-read-full = read in full
sources-read-abstract = summary read
sources-read-page = a page about it read
sources-read-none = not read

dose-line-press_s = Length of a steady press
dose-line-presses = Presses on one point
dose-line-points = Points pressed in a session
dose-line-place_s = Massage time at one place
dose-line-upper_trapezius_s = Massage time at the top of a shoulder
dose-line-first_week_session_s = Length of a massage in the first week
dose-line-session_s = Length of a massage
dose-line-half_session_s = Length of a massage at half dose
dose-line-half_place_s = Massage time at one place, at half dose
dose-line-sessions_a_day = Massages a day
dose-line-gap_h = Hours between two massages
dose-line-day_s = Massage time a day
dose-line-days_a_week = Days a week with massage
dose-line-course_days = Length of a course of massage
dose-line-maintenance_a_week = Massages a week after a course
dose-line-pressure_stop = Pressure that stops a massage
dose-line-pain_stop_above = Pain that stops a session
dose-line-pain_rise_stop = Rise in pain that stops a session
dose-line-sore_h = How long soreness may last
dose-line-heat_min = Length of heat
dose-line-surface_c = Warmth of a heat pad
dose-line-skin_check_s = When to look at the skin
dose-line-heats_a_day = Heat a day
dose-line-break_every_min = Time between two breaks
