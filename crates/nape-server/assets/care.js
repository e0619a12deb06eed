// @ts-check
// The body map and the list beside it point at each other. Both work without this.

/**
 * Marks what belongs to a place, on the map and in the list.
 * @param {string | null} name The place, or nothing.
 */
function mark(name) {
  for (const part of document.querySelectorAll("[data-place]")) {
    part.classList.toggle("near", name !== null && part.getAttribute("data-place") === name);
  }
}

/**
 * The place that an event is about.
 * @param {Event} event
 * @returns {string | null}
 */
function placeOf(event) {
  const target = event.target;
  return target instanceof Element ? (target.closest("[data-place]")?.getAttribute("data-place") ?? null) : null;
}

for (const type of ["pointerover", "focusin"]) {
  document.addEventListener(type, (event) => mark(placeOf(event)));
}
