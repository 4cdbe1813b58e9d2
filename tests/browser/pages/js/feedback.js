// Hides what is said about an input until the input was used, as an application may do by itself:
//
//   <div data-feedback-for="about">…</div>
import { isUsedInput } from "./phoenix_live_view.mjs";

/** Callbacks for the client's option `dom`. */
export const feedback = {
  onPatchEnd() {
    for (const element of document.querySelectorAll("[data-feedback-for]")) {
      const inputs = document.getElementsByName(element.dataset.feedbackFor);
      element.classList.toggle("unused", ![...inputs].some(isUsedInput));
    }
  },
};
