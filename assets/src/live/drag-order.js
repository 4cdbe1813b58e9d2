// A list whose entries can be put in another order, by pointer and by keyboard.
//
//   <ol id="tasks" class="order-list" phx-hook="DragOrder">
//     <li id="task-7"><button type="button" data-handle aria-label="Move Milk, 2 of 5">⠿</button> Milk</li> …
//   </ol>
//
// Moving an entry pushes `reorder {from, to}`: take out entry `from`, put it in again so that it is entry `to`, both
// counted from 0. The server renders the new order; here nothing is moved, so page and server cannot disagree. Entries need
// ids, so that the client moves elements instead of rewriting them, and the handle keeps the focus. A handle's label
// names the place, so that a screen reader tells where the entry is now.

/** Where a key on a handle moves the entry, from index `at` in a list whose last index is `last`. */
const keys = {
  ArrowUp: (at) => at - 1,
  ArrowDown: (at) => at + 1,
  Home: () => 0,
  End: (_at, last) => last,
};

export const DragOrder = {
  mounted() {
    this.drag = null;
    this.waiting = false;
    const on = (type, listener) => this.el.addEventListener(type, listener);
    on("pointerdown", (event) => this.grab(event));
    on("pointermove", (event) => this.follow(event));
    on("pointerup", (event) => this.drop(event));
    on("lostpointercapture", () => this.letGo());
    on("keydown", (event) => this.press(event));
  },

  grab(event) {
    const handle = event.target.closest("[data-handle]");
    if (!handle || event.button !== 0 || this.waiting) return;
    handle.setPointerCapture(event.pointerId);
    const item = this.itemOf(handle);
    // An animation, because the server's next patch would take away a style that it has not rendered.
    const shift = item.animate([], { duration: 1, fill: "forwards" });
    this.drag = { handle, item, shift, from: event.clientY };
    item.dataset.dragging = "";
  },

  follow(event) {
    // A handle that the server has removed meanwhile holds the pointer no more.
    if (!this.drag?.handle.hasPointerCapture(event.pointerId)) return this.letGo();
    const { shift, from } = this.drag;
    shift.effect.setKeyframes({ translate: `0 ${event.clientY - from}px` });
    this.mark(this.place(event.clientY));
  },

  drop(event) {
    if (!this.drag) return;
    const { handle, item } = this.drag;
    const to = this.place(event.clientY);
    this.letGo();
    this.reorder(handle, this.items().indexOf(item), to);
  },

  press(event) {
    const handle = event.target.closest("[data-handle]");
    if (!handle) return;
    if (event.key === "Escape") return this.letGo();
    const target = keys[event.key];
    if (!target || this.drag) return;
    // The page would scroll.
    event.preventDefault();
    const from = this.items().indexOf(this.itemOf(handle));
    this.reorder(handle, from, target(from, this.items().length - 1));
  },

  async reorder(handle, from, to) {
    // Until the answer is there, the indexes are those of the old order.
    if (this.waiting || from === to || from < 0 || to < 0 || to >= this.items().length) return;
    this.waiting = true;
    try {
      await this.pushEvent("reorder", { from, to });
      // A browser takes the focus from an element that is moved.
      if (handle.isConnected) handle.focus();
    } catch {
      // The connection was lost: the order is still the server's, and the page says that it is reconnecting.
    } finally {
      this.waiting = false;
    }
  },

  /** The index that the dragged entry would have if it were dropped at height `y`. */
  place(y) {
    const middle = (item) => item.getBoundingClientRect().top + item.offsetHeight / 2;
    return this.others().filter((item) => middle(item) < y).length;
  },

  /** Shows a line where the dragged entry would go to index `to`. */
  mark(to) {
    this.clearMarks();
    if (to === this.items().indexOf(this.drag.item)) return;
    const others = this.others();
    if (to < others.length) others[to].dataset.drop = "before";
    else others.at(-1).dataset.drop = "after";
  },

  letGo() {
    if (!this.drag) return;
    this.clearMarks();
    delete this.drag.item.dataset.dragging;
    this.drag.shift.cancel();
    this.drag = null;
  },

  clearMarks() {
    for (const item of this.items()) delete item.dataset.drop;
  },

  items() {
    return [...this.el.children];
  },

  others() {
    return this.items().filter((item) => item !== this.drag.item);
  },

  itemOf(handle) {
    return this.items().find((item) => item.contains(handle));
  },
};
