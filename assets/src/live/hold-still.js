// Keeps the arrow keys from scrolling the page while an element is on it that uses them for something else.
//
//   <section id="game" phx-hook="HoldStill" phx-window-keydown="key">…</section>

export const HoldStill = {
  mounted() {
    const hold = (event) => {
      if (event.key.startsWith("Arrow") && !event.target.closest("input, select, textarea, pre")) event.preventDefault();
    };
    this.holding = new AbortController();
    window.addEventListener("keydown", hold, { signal: this.holding.signal });
  },

  destroyed() {
    this.holding.abort();
  },
};
