// Where on the page the visitor is, for all others who read it, and which of the tags is the visitor's own.
//
//   <span id="read-position" phx-hook="ReadPosition" hidden></span>
//
// The hook pushes `scroll {at}`, a fraction of the page, and is answered with `{own}`, the id of the visitor's own tag, which it
// gives the attribute data-own. One report is under way at a time, so that a slow network never holds old ones. As for every
// hook that pushes often, the element is one by itself: the client does not patch what waits for an answer.

/** The least milliseconds between two reports. */
const pause = 50;

export const ReadPosition = {
  mounted() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    for (const event of ["scroll", "resize"]) {
      window.addEventListener(event, () => this.report(), { passive: true, signal });
    }
    this.begin();
  },

  disconnected() {
    this.round = null;
  },

  reconnected() {
    this.begin();
  },

  destroyed() {
    this.round = null;
    this.listening.abort();
  },

  /** Reports anew, to a view that knows nothing yet. */
  begin() {
    this.round = {};
    this.isBusy = false;
    this.told = null;
    this.report();
  },

  async report() {
    const { round } = this;
    const at = place();
    if (!round || this.isBusy || at === this.told) return;
    this.isBusy = true;
    this.told = at;
    const rest = new Promise((resolve) => setTimeout(resolve, pause));
    try {
      const { own } = await this.pushEvent("scroll", { at });
      await rest;
      if (round !== this.round) return;
      this.mark(own);
    } catch {
      // The connection was lost, and with it the round.
      return;
    }
    this.isBusy = false;
    this.report();
  },

  /** Again and again: the tag may have been out of sight. */
  mark(own) {
    const tag = document.getElementById(own);
    if (tag && !tag.hasAttribute("data-own")) this.js().setAttribute(tag, "data-own", "");
  },
};

/** The fraction of the page above the window's upper edge, in thousandths; 0 for a page that does not scroll. */
function place() {
  const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
  const way = scrollHeight - clientHeight;
  return way > 0 ? Math.round(Math.min(Math.max(scrollTop / way, 0), 1) * 1000) / 1000 : 0;
}
