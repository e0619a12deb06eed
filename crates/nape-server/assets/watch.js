// @ts-check
// The page Watch: gives the camera to its worker and shows what the program says. The program decides; nothing here does.

/**
 * @typedef {{
 *   version: number, feed: "yours" | "other" | "none", wanted: boolean, texts: Record<string, string>, figures: Record<string, string>,
 *   nudge: boolean, title: string, call: number, call_text: string, announce: string, calibrating: number | null, state: string, why: string | null,
 * }} Live
 */

const root = /** @type {HTMLElement} */ (document.getElementById("watch"));
/** The person wants the camera to be used when this page is open. */
const REMEMBERED = "nape-watch";
const BUSY_AGAIN_MS = 15_000;

/** @type {Live | null} */
let live = null;
let isWanted = false;
let isLinked = false;
let isStarting = false;
/** @type {MediaStream | null} */
let stream = null;
/** Only where there is no stream of frames: what pictures are taken from. */
let video = /** @type {HTMLVideoElement | null} */ (null);
/** @type {(() => void) | null} */
let unlock = null;
let shownVersion = Number(root.dataset.version);
let called = -1;
let announced = "";
let again = 0;

const worker = new Worker(root.dataset.worker ?? "", { type: "module" });

/** Shows one of the short texts about the camera, or none. @param {string} name */
function note(name) {
  for (const part of root.querySelectorAll("[data-note]")) {
    part.toggleAttribute("hidden", part.getAttribute("data-note") !== name);
  }
  root.dataset.camera = name;
}

/** @param {string} id @param {string} text */
function write(id, text) {
  const element = document.getElementById(id);
  if (element && element.textContent !== text) element.textContent = text;
}

/** @param {string} id @param {string} svg */
function draw(id, svg) {
  const element = document.getElementById(id);
  if (!element || element.dataset.drawn === svg) return;
  const drawing = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  if (drawing.nodeName !== "svg") return;
  element.dataset.drawn = svg;
  element.replaceChildren(drawing);
}

/** A part without what is new on each drawing. @param {Element} part */
const plain = (part) => part.outerHTML.replace(/value="[0-9a-f]{32}-/g, "");

/** Text fields, whose words are the person's. */
const TYPED = "input:not([type=radio]):not([type=checkbox]):not([type=hidden])";
/** A part could not be drawn anew because somebody was at it. */
let isStale = false;

/**
 * Puts freshly drawn parts in place of the ones that are shown, but not one that somebody is filling in or pressing a button of. Words that were typed go along.
 * @param {Document} page @param {boolean} [isTaken] what was typed was taken, so the fields are empty again
 */
function put(page, isTaken = false) {
  isStale = false;
  for (const here of document.querySelectorAll("[data-fresh]")) {
    const next = here.id ? page.getElementById(here.id) : null;
    if (!next || plain(next) === plain(here)) continue;
    const focus = here.contains(document.activeElement) ? document.activeElement : null;
    if (focus?.matches(`${TYPED}, select`) || here.matches(":active")) {
      isStale = true;
      continue;
    }
    const open = [...here.querySelectorAll("details[open]")].map((part) => part.id);
    const typed = [...here.querySelectorAll(TYPED)].filter((part) => part instanceof HTMLInputElement && part.value !== part.defaultValue);
    here.replaceWith(next);
    for (const id of open) if (id) document.getElementById(id)?.setAttribute("open", "");
    for (const old of isTaken ? [] : typed) {
      const same = document.getElementById(old.id);
      if (same instanceof HTMLInputElement && old instanceof HTMLInputElement) same.value = old.value;
    }
    if (focus) {
      const same = focus.id ? document.getElementById(focus.id) : null;
      (same ?? document.getElementById("main"))?.focus();
    }
  }
  buttons();
}

/** What was left as it was, is drawn when nobody is at it any more. */
function catchUp() {
  // After the click that ends a press has been taken.
  setTimeout(() => {
    if (isStale) refresh();
  }, 200);
}
document.addEventListener("focusout", catchUp);
document.addEventListener("pointerup", catchUp);
document.addEventListener("pointercancel", catchUp);

let isFetching = false;

async function refresh() {
  if (isFetching) return;
  isFetching = true;
  try {
    const response = await fetch("/watch");
    if (response.ok && new URL(response.url).pathname === "/watch") {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      shownVersion = Number(page.getElementById("watch")?.dataset.version);
      put(page);
    }
  } catch {
    // The program does not answer; when it is back, the page is drawn again.
  } finally {
    isFetching = false;
  }
}

/** Which of the buttons that need a script are of use now. */
function buttons() {
  const runs = stream !== null;
  for (const part of root.querySelectorAll("[data-when]")) {
    const when = part.getAttribute("data-when");
    const other = live?.feed === "other";
    const shown =
      when === "running" ? runs : when === "other" ? !runs && other : !runs && !other && !isStarting;
    part.toggleAttribute("hidden", !shown);
  }
  root.dataset.running = runs ? "yes" : "no";
}

/** @param {Live} heard */
function show(heard) {
  const before = live;
  live = heard;
  root.dataset.feed = heard.feed;
  root.dataset.state = heard.state;
  root.dataset.why = heard.why ?? "";
  for (const [id, text] of Object.entries(heard.texts)) write(id, text);
  for (const [id, svg] of Object.entries(heard.figures)) draw(id, svg);
  if (document.title !== heard.title) document.title = heard.title;
  const bar = document.getElementById("calibrating");
  if (bar instanceof HTMLProgressElement && heard.calibrating !== null) bar.value = heard.calibrating;
  if (announced !== heard.announce) {
    announced = heard.announce;
    write("announce", announced);
  }
  if (called >= 0 && heard.call > called) aloud(heard.call_text);
  called = heard.call;
  if (heard.version !== shownVersion) refresh();
  // Another page took over, or the person paused: this one lets go of the camera.
  if (stream && before?.feed === "yours" && heard.feed === "other") {
    close();
    isWanted = false;
    note("other");
  }
  if (stream && !heard.wanted) {
    close();
    note("paused");
  }
  if (!stream && isWanted && heard.wanted && heard.feed === "yours") open();
  // The page that had the camera is gone, such as this one before it was loaded again. One where it was stopped switched it off for all.
  if (isWanted && before?.feed === "other" && heard.feed === "none" && localStorage.getItem(REMEMBERED) === "on") {
    worker.postMessage({ say: { want: "start" } });
  }
  buttons();
}

/** Says aloud that it is time to move, where the person allowed that. @param {string} text */
function aloud(text) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const notice = new Notification(root.dataset.call ?? "nape", { body: text, tag: "nape-watch" });
    notice.onclick = () => {
      window.focus();
      notice.close();
    };
  } catch {
    // Some browsers show none from a page; the page itself says it.
  }
}

/** Lets go of the camera. */
function close() {
  worker.postMessage({ rest: true });
  for (const track of stream?.getTracks() ?? []) {
    track.onended = null;
    track.stop();
  }
  stream = null;
  if (video) video.srcObject = null;
  video = null;
  unlock?.();
  unlock = null;
  buttons();
}

/** @param {"refused" | "unplugged" | "stopped"} why */
function gone(why) {
  worker.postMessage({ say: { gone: why } });
}

/** A camera that could not be had is asked for again after a while, and when one is plugged in. */
function later() {
  clearTimeout(again);
  again = setTimeout(() => {
    if (isWanted && !stream) open();
  }, BUSY_AGAIN_MS);
}

async function open() {
  if (stream || isStarting) return;
  isStarting = true;
  buttons();
  try {
    const media = navigator.mediaDevices;
    if (!media?.getUserMedia) {
      note("missing");
      return;
    }
    const got = await media.getUserMedia({
      audio: false,
      video: { width: { ideal: 320 }, height: { ideal: 240 }, frameRate: { ideal: 10 }, facingMode: "user" },
    });
    if (!isWanted || live?.feed !== "yours") {
      for (const track of got.getTracks()) track.stop();
      return;
    }
    stream = got;
    const [track] = got.getVideoTracks();
    track.onended = () => {
      gone("unplugged");
      close();
      note("unplugged");
      later();
    };
    await feed(track, got);
    hello(track);
    hold();
    note("");
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "NotAllowedError" || name === "SecurityError") {
      isWanted = false;
      gone("refused");
      note("refused");
    } else if (name === "NotFoundError" || name === "OverconstrainedError") {
      gone("unplugged");
      note("missing");
      later();
    } else {
      gone("unplugged");
      note("busy");
      later();
    }
  } finally {
    isStarting = false;
    buttons();
  }
}

/** @param {MediaStreamTrack} track @param {MediaStream} from */
async function feed(track, from) {
  if ("MediaStreamTrackProcessor" in window) {
    try {
      // @ts-ignore: not in every library of types.
      const { readable } = new MediaStreamTrackProcessor({ track });
      worker.postMessage({ feed: { readable } }, [readable]);
      return;
    } catch {
      // A browser that has it and cannot hand it over takes the other way.
    }
  }
  video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = from;
  await video.play();
  worker.postMessage({ feed: {} });
}

/** @param {MediaStreamTrack} track */
function hello(track) {
  const display = `${screen.width}x${screen.height}`;
  worker.postMessage({ say: { hello: { camera: track.label, screen: display } } });
}

/** A page that holds a lock is not put to sleep by the browser. */
function hold() {
  navigator.locks?.request("nape-watch-camera", { mode: "shared" }, () => new Promise((/** @type {(value: void) => void} */ done) => (unlock = done)));
}

/** @param {boolean} takes */
function start(takes) {
  isWanted = true;
  localStorage.setItem(REMEMBERED, "on");
  note("asking");
  worker.postMessage({ say: { want: takes ? "take" : "start" } });
  if (live?.feed === "yours") open();
}

function stop() {
  isWanted = false;
  localStorage.removeItem(REMEMBERED);
  gone("stopped");
  close();
  note("stopped");
}

worker.onmessage = async (event) => {
  const { heard, link, tick } = event.data;
  if (link !== undefined) {
    isLinked = link;
    if (link) {
      if (root.dataset.camera === "gone") note("");
      if (isWanted) worker.postMessage({ say: { want: "start" } });
      const [track] = stream?.getVideoTracks() ?? [];
      if (track) hello(track);
      refresh();
    } else {
      note("gone");
    }
  }
  if (heard) show(heard);
  if (tick !== undefined) {
    const [track] = stream?.getVideoTracks() ?? [];
    if (!video || track?.readyState !== "live" || track.muted) return;
    if (!tick) {
      worker.postMessage({ pulse: true });
      return;
    }
    try {
      const bitmap = await createImageBitmap(video);
      worker.postMessage({ bitmap }, [bitmap]);
    } catch {
      // No picture yet; the next tick asks again.
    }
  }
};

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-do]") : null;
  switch (button?.getAttribute("data-do")) {
    case "start":
      start(false);
      break;
    case "take":
      start(true);
      break;
    case "stop":
      stop();
      break;
    case "notify":
      Notification?.requestPermission().then(notices);
      break;
  }
});

/** The button for notices is of use only where they can be asked for. */
function notices() {
  const can = "Notification" in window ? Notification.permission : "denied";
  for (const part of root.querySelectorAll("[data-notices]")) {
    part.toggleAttribute("hidden", part.getAttribute("data-notices") !== can);
  }
}

/** Sends a form as a page without scripts does, with the button that was pressed. @param {HTMLFormElement} form @param {HTMLElement | null} button */
function sendPlainly(form, button) {
  if (button instanceof HTMLButtonElement && button.name) {
    const pressed = document.createElement("input");
    pressed.type = "hidden";
    pressed.name = button.name;
    pressed.value = button.value;
    form.append(pressed);
  }
  form.submit();
}

document.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.closest("[data-fresh]") || event.defaultPrevented) return;
  event.preventDefault();
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form, event.submitter)) data.append(name, String(value));
  try {
    const response = await fetch(form.action, { method: "POST", body: data });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!page.getElementById("watch")) {
      // Another page is the answer: it comes as it would without this script. What was taken already is not taken twice.
      sendPlainly(form, event.submitter);
      return;
    }
    // What was typed is kept where the program asks for something else.
    if (response.ok && document.activeElement instanceof HTMLElement) document.activeElement.blur();
    shownVersion = Number(page.getElementById("watch")?.dataset.version);
    put(page, response.ok);
    write("announce", page.querySelector(".said, .error")?.textContent ?? "");
    if (!response.ok) document.querySelector("[data-fresh] .error")?.scrollIntoView({ block: "center" });
  } catch {
    sendPlainly(form, event.submitter);
  } finally {
    delete form.dataset.sent;
  }
});

navigator.mediaDevices?.addEventListener("devicechange", () => {
  if (isWanted && !stream) open();
});

/** Starts by itself where the person said so before and the permission still stands. */
async function begin() {
  notices();
  buttons();
  try {
    const status = await navigator.permissions.query({ name: /** @type {PermissionName} */ ("camera") });
    status.onchange = () => {
      // Allowed in the browser's own menu after it was refused here.
      if (status.state === "granted" && root.dataset.camera === "refused") start(false);
    };
    if (status.state === "granted" && localStorage.getItem(REMEMBERED) === "on") isWanted = true;
  } catch {
    // A browser that does not tell waits for the button.
  }
  worker.postMessage({ address: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/watch/feed?lang=${document.documentElement.lang}` });
}

window.addEventListener("pagehide", () => {
  close();
  worker.terminate();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
begin();
