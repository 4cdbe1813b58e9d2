// Asks before a dirty form is left: `<form data-dirty="true">`.

const isDirty = () => document.querySelector('form[data-dirty="true"]') !== null;

/** From now on, leaving the view and leaving the page are asked about. What was asked is in `window.asked`. */
export function guardUnsaved() {
  window.asked = [];
  window.addEventListener("phx:before-navigate", (event) => {
    if (!isDirty()) return;
    window.asked.push(event.detail);
    if (!window.confirm("Leave without saving?")) event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isDirty()) return;
    window.asked.push("beforeunload");
    event.preventDefault();
  });
}
