// @ts-check
// The player: asks the program every second how far the session is, counts down, speaks, and keeps the screen awake. The program decides; nothing here does.

/** @typedef {{version: number, countdown: string, countdown_unit: string, left: string, going: boolean, paused: boolean}} PlayerState */

const EVERY_MS = 1000;

/** @returns {HTMLElement | null} */
const player = () => document.getElementById("player");

let spoken = "";

/** Says what the page shows, once. */
function speak() {
  const here = player();
  if (!here || !("speechSynthesis" in window)) return;
  if (here.dataset.voice !== "on") {
    speechSynthesis.cancel();
    return;
  }
  const text = here.dataset.say ?? "";
  if (text === spoken) return;
  spoken = text;
  speechSynthesis.cancel();
  const words = new SpeechSynthesisUtterance(text);
  words.lang = document.documentElement.lang === "zh-Hans" ? "zh-CN" : "en";
  words.rate = 0.95;
  speechSynthesis.speak(words);
}

/**
 * Puts a freshly drawn player in place of the one that is shown. The focus stays on the control of the same name.
 * @param {Response} response
 */
async function show(response) {
  const { pathname } = new URL(response.url);
  if (pathname !== "/session" || !response.ok) {
    location.assign(response.url);
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const next = page.getElementById("player");
  const here = player();
  if (!next || !here) {
    location.assign("/session");
    return;
  }
  const focused = here.contains(document.activeElement) ? document.activeElement : null;
  const open = document.querySelector("details.rule")?.hasAttribute("open");
  here.replaceWith(next);
  document.title = page.title;
  if (open) next.querySelector("details.rule")?.setAttribute("open", "");
  if (focused) {
    const again = focused.id ? document.getElementById(focused.id) : null;
    (again ?? document.getElementById("main"))?.focus();
  }
  speak();
}

/** @param {string} id @param {string} text */
function write(id, text) {
  const element = document.getElementById(id);
  if (element && element.textContent !== text) element.textContent = text;
}

let busy = false;

async function look() {
  const here = player();
  if (!here || here.dataset.going !== "yes" || busy) return;
  busy = true;
  try {
    const response = await fetch("/session/state", { headers: { accept: "application/json" } });
    if (response.status === 404) {
      location.assign("/session");
      return;
    }
    /** @type {PlayerState} */
    const state = await response.json();
    if (String(state.version) !== here.dataset.version) {
      await show(await fetch("/session"));
      return;
    }
    write("left", state.left);
    write("step-left", state.countdown);
    write("step-unit", state.countdown_unit);
  } catch {
    // The program does not answer: the countdown stands still, and the next second tries again.
  } finally {
    busy = false;
  }
}

document.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const action = new URL(form.action).pathname;
  if (!["/session/input", "/session/after", "/session/voice"].includes(action)) return;
  event.preventDefault();
  delete form.dataset.sent;
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form, event.submitter)) data.append(name, String(value));
  try {
    await show(await fetch(action, { method: "POST", body: data }));
  } catch {
    form.submit();
  }
});

/** The screen stays on while a session is shown. */
async function stayAwake() {
  try {
    if (document.visibilityState === "visible" && player()?.dataset.going === "yes") {
      await navigator.wakeLock?.request("screen");
    }
  } catch {
    // Some browsers and low batteries say no; the session goes on.
  }
}

document.addEventListener("visibilitychange", stayAwake);
window.addEventListener("pagehide", () => window.speechSynthesis?.cancel());
setInterval(look, EVERY_MS);
stayAwake();
speak();
