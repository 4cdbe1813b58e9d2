// Whether the visitor sees the page, or has another tab in front of it.
//
//   <span id="visibility" phx-hook="Visibility" hidden></span>
//
// The hook pushes `visibility {visible}` whenever that changes, and once at the beginning if the page is not seen. The element is
// one by itself, because the client does not patch what has a hook that waits for an answer.

export const Visibility = {
  mounted() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    document.addEventListener("visibilitychange", () => this.report(), { signal });
    if (document.hidden) this.report();
  },

  disconnected() {
    this.isAway = true;
  },

  reconnected() {
    this.isAway = false;
    if (document.hidden) this.report();
  },

  destroyed() {
    this.listening.abort();
  },

  report() {
    if (this.isAway) return;
    // Refused when the connection has just been lost: then the view begins anew anyway.
    this.pushEvent("visibility", { visible: !document.hidden }).catch(() => {});
  },
};
