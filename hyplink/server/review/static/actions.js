// Buttons for those without a keyboard: each does what its key does.

import { byId } from "./dom.js";

export function addActions() {
  for (const button of document.querySelectorAll(".actions button")) {
    const { key, shift } = button.dataset;
    // The words that were selected in the text stay so.
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", () =>
      byId("marked").dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey: Boolean(shift), bubbles: true })),
    );
  }
}
