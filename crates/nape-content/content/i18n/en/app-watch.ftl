### Watch: the live guard

nav-watch = Watch
said-removed = Removed.
said-helped = Thank you. Noted.

watch-title = Watch
watch-title_nudge = ● Time to move
watch-lead = Your camera sees how long your head is bent. nape tells you when it is time to move.
watch-nudge = It is time to move
watch-nudge_bent = Your head was bent forward by about { $angle }° for { $min ->
        [one] a minute
       *[other] { $min } minutes
    }. A change feels good now.
watch-nudge_hidden = For { $min ->
        [one] a minute
       *[other] { $min } minutes
    } your face could not be read. You may have been bent far down or turned away. If so, a change feels good now.
watch-nudge_no_break = You have been at the screen for { $min } minutes without a real pause.
watch-moves = Pick a short move. It opens in a new tab, so that this one can go on.
watch-new_tab = (opens in a new tab)
watch-walk = Stand up and walk a little, for half a minute or more.
watch-moved = I moved
watch-not_now = Not now
watch-helped = Did the move help?
watch-helped_yes = Yes
watch-helped_no = No

watch-camera = Camera
watch-needs_script = Your browser has scripts switched off for this page. The camera needs them. All else on this page works without.
watch-start = Start the camera
watch-stop = Stop the camera
watch-take = Use the camera here instead
watch-other = Another tab is using the camera. This one shows what it sees.
watch-keep_open = Keep this tab open. You may hide it and work in other windows.
watch-notify = Tell me outside this page too
watch-notices_on = You will also get a notice outside this page.
watch-notices_off = Your browser shows no notices from nape. This page tells you all the same.
watch-note_asking = Your browser may ask if nape may use the camera.
watch-note_refused = The camera was refused. You can allow it in the address bar of your browser. Then press start again.
watch-note_missing = No camera was found. Plug one in and nape will try again.
watch-note_busy = Another program uses the camera. nape tries again every few seconds.
watch-note_unplugged = The camera is gone. nape goes on when it is back.
watch-note_gone = nape itself does not answer. Is it still running? This page tries again by itself.
watch-note_other = Another tab took over the camera.
watch-note_stopped = The camera is off.
watch-note_paused = The camera is off while you pause.

watch-now = Now
watch-broken = nape could not get ready to look at pictures. Start it again.
watch-state-judged = Measuring how you hold your head
watch-state-bent_or_turned = Somebody is there, but your face cannot be read. You may be bent far down or turned away.
watch-state-away = Nobody is there
watch-state-dark = It is too dark to measure
watch-state-blur = The picture is too blurred to measure
watch-state-several = More than one person is in the picture, so nothing is measured
watch-state-turned = Your head is turned too far to measure well
watch-state-unsure = Your face is not clear enough to measure well
watch-state-no_pictures = Not watching: no picture comes
watch-state-paused = Not watching: you paused it
watch-state-locked = Not watching: the computer is locked or asleep
watch-state-no_neutral = Not watching yet: nape does not know how you sit at ease here
watch-state-new_place = Not watching yet: nape is finding out where you sit
watch-hush-meeting = Nothing is said, because you are in a meeting.
watch-hush-quiet_hours = Nothing is said in your quiet hours.
watch-hush-snoozed = Nothing is said, because you asked for silence.
watch-hush-most_an_hour = Nothing more is said for a while: twice an hour is enough.
watch-since = { $since } min since you last moved, { $until } min until the next move.
watch-since_due = { $since } min since you last moved. A move would be good now.
watch-since_unknown = Nothing is known yet about when you last moved.
watch-used_half = You have been bent for a while. It is half of what counts as long at this angle.
watch-used_all = You have been bent for what counts as long at this angle.
watch-not_measured = not measured
watch-angle = { $angle }° { $way } (from { $low }° to { $high }°)
watch-forward = forward
watch-backward = back
watch-to_left = to the left
watch-to_right = to the right
watch-flexion = Bent forward or back
watch-lateral = Bent to the side
watch-rotation = Turned
watch-distance = To the screen
watch-distance_same = as far as usual
watch-distance_nearer = { $n } % nearer than usual
watch-distance_farther = { $n } % farther than usual
watch-view_side = From the side
watch-view_front = As in a mirror
watch-view_above = From above
watch-band = Angles count from how you sit at ease. The wide band is where the true angle is likely to be.

watch-measuring = Hold still, please
watch-measuring_text = Look at your screen as you do at ease. This takes five seconds.
watch-asks_new = How do you sit at ease here?
watch-asks_new_text = nape has not seen you at this camera yet. Nothing is said before it knows how you sit at ease.
watch-asks_place = Is this a new place?
watch-asks_place_text = The camera or your place is not one that nape knows. Choose one below, or measure a new one. Nothing is said before that.
watch-places = Places where you work
watch-places_text = Each camera and each way to sit or stand has its own start. nape knows them apart.
watch-place_used = in use now
watch-place_choose = I am here
watch-place_again = Measure again
watch-place_delete = Remove
watch-measure_how = Sit or stand at ease, look at your screen, and hold still for five seconds.
watch-name = A name for this place
watch-name_missing = Please give the place a name, such as "desk".
watch-places_full = There are as many places as nape keeps. Remove one first.
watch-not_seen_yet = No picture has come yet. Wait a moment, then measure again.
watch-measure = Measure for five seconds
watch-measured = { $name }: measured
watch-measured_fit = Your face was clear in { $n ->
        [one] one look
       *[other] { $n } looks
    } and fitted to { $mm } mm.
watch-measured_looks = Your face was clear in { $n ->
        [one] one look
       *[other] { $n } looks
    }.
watch-measured_good = That is good.
watch-measured_enough = That is enough. With more light it may be better.
watch-not_measured_title = This did not work
watch-failed_not_still = Your head moved. Please try again and hold still.
watch-failed_not_seen = Your face was not clear for long enough. Is there enough light? Are you in the picture?
watch-failed_turned = Your head was turned too far from the camera. Put the camera more in front of you.
watch-failed_looking_down = You looked down at the camera. Sit at ease, or put the camera lower, and try again.

watch-silence = Silence
watch-snooze = { $n } min
watch-snoozed = Nothing is said for { $n ->
        [one] one more minute
       *[other] { $n } more minutes
    }. Measuring goes on.
watch-wake = End the silence
watch-meeting = In a meeting
watch-meeting_on = Meeting: nothing is said for { $n ->
        [one] one more minute
       *[other] { $n } more minutes
    }.
watch-meeting_over = The meeting is over
watch-pause = Pause the camera
watch-paused = The camera is off until you go on.
watch-resume = Go on

watch-today = Today
watch-nothing_yet = Nothing was measured today yet.
watch-unread = The minutes of today could not be read.
watch-minute_upright = upright
watch-minute_bent = bent by 25° or more
watch-minute_hidden = face not readable
watch-minute_unsure = not clear
watch-minute_away = away
watch-table = The same as a table
watch-hour = Hour
watch-hour_watched = Watched, min
watch-hour_bent = Bent, min
watch-hour_hidden = Face not readable, min
watch-hour_away = Away, min

watch-rules = When to tell you
watch-every = How often do you want to move?
watch-every_30 = Every 30 minutes
watch-every_20 = Every 20 minutes
watch-quiet = Quiet hours
watch-quiet_from = From
watch-quiet_until = Until
watch-quiet_none = Leave both empty to have none.
watch-rules_wrong = This was not saved. Please give both times, or none.
watch-rules_source = You are told at most twice an hour, and short looks down do not count. How long a bent head counts as long follows the standard ISO 11226.

watch-private = How private it is
watch-private_here = Pictures go from your browser to nape on this computer, and nowhere else.
watch-private_numbers = Each picture is gone as soon as it was looked at. Only numbers are kept: how long, and how far bent.
watch-private_light = While the camera is on, its light is on. Stop or pause turns it off.
