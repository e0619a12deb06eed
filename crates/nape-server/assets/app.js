// @ts-check
// Small things that pages do better with scripts; every page works without.

// A form that was sent is not sent again by a second tap while the answer is on its way.
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.dataset.sent === "yes") {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});

// The browser may show a page again from memory, sent forms and all.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    for (const form of document.forms) delete form.dataset.sent;
  }
});
