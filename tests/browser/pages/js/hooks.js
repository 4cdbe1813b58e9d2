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
