// Draws what the server counts, tick by tick.
//
//   <section id="graph" phx-hook="ActivityGraph" phx-update="ignore">
//     <div data-series="requests">
//       <button type="button" data-toggle aria-pressed="true">…</button>
//       <b data-reading></b> <b data-peak></b> <div class="plot"></div>
//     </div>
//     <span data-clock></span> <button type="button" data-pause aria-pressed="false">…</button>
//   </section>
//
// The server pushes `activity:history` to a page that has joined, for the first time or again, and `activity:tick` to all. Ticks
// are numbered: whoever lacks one asks for the history by pushing `history`, which is answered with it.
import { Board } from "../activity/board.js";
import { History } from "../activity/history.js";

export const ActivityGraph = {
  mounted() {
    this.board = new Board(this.el);
    this.handleEvent("activity:history", (told) => this.begin(told));
    this.handleEvent("activity:tick", (tick) => this.go(tick));
  },

  disconnected() {
    this.isAsking = false;
    this.last = null;
    this.el.dataset.lost = "";
  },

  reconnected() {
    delete this.el.dataset.lost;
  },

  destroyed() {
    this.board.close();
  },

  begin(told) {
    const history = new History(told);
    // A tick may have overtaken the history that it follows.
    this.show((this.last && history.after(this.last)) ?? history);
  },

  go(tick) {
    this.last = tick;
    // The history is on its way to whoever has none.
    if (!this.history) return;
    const next = this.history.after(tick);
    if (!next) this.ask();
    else if (next !== this.history) this.show(next);
  },

  show(history) {
    this.history = history;
    this.board.show(history);
  },

  async ask() {
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      this.begin(await this.pushEvent("history"));
    } catch {
      // The connection was lost; the next one begins with the history.
    }
    this.isAsking = false;
  },
};
