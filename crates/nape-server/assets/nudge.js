// @ts-check
// On every page while the watch is on: shows that it is time to move, quietly. The program decides.

/** @typedef {{on: boolean, text: string}} Nudge */

const EVERY_MS = 10_000;
const place = document.getElementById("nudge");
const title = document.title;

async function look() {
  if (!place || document.visibilityState !== "visible") return;
  try {
    const response = await fetch("/watch/nudge", { headers: { accept: "application/json" } });
    if (!response.ok) return;
    /** @type {Nudge} */
    const nudge = await response.json();
    if (place.dataset.text === nudge.text) return;
    place.dataset.text = nudge.text;
    place.replaceChildren();
    document.title = nudge.text ? `● ${nudge.text}` : title;
    if (nudge.text) {
      const link = document.createElement("a");
      link.href = "/watch";
      link.textContent = nudge.text;
      place.append(link);
    }
  } catch {
    // The program does not answer; the next look tries again.
  }
}

if (place?.dataset.on === "yes") setInterval(look, EVERY_MS);
