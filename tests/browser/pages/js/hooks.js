// The hooks of the pages.

/** Sets its element's id to what it is, and counts what happens to it in `window.sameId`. */
export const SameId = {
  mounted() {
    window.sameId = { mounted: 1, updated: 0, destroyed: 0 };
    this.js().setAttribute(this.el, "id", this.el.id);
  },
  updated() {
    window.sameId.updated += 1;
  },
  destroyed() {
    window.sameId.destroyed += 1;
  },
};

/** Shows the element that `data-tip` names while the pointer is on its own. */
export const Tooltip = {
  mounted() {
    const tip = () => document.getElementById(this.el.dataset.tip);
    this.el.addEventListener("mouseenter", () => this.js().show(tip()));
    this.el.addEventListener("mouseleave", () => this.js().hide(tip()));
  },
};

/** Says that its element is there. */
export const Here = {
  mounted() {
    this.pushEvent("here", { id: this.el.id });
  },
};

/** Lets a test choose what a script has made, for the page's upload. */
export const Script = {
  mounted() {
    window.chooseBlob = (text) => this.upload("files", [new Blob([text], { type: "text/plain" })]);
  },
};
