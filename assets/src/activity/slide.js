// The right edge of the picture.

/**
 * The moment at the right edge, in milliseconds of the server's clock. It is one tick behind when a tick comes, and reaches it
 * when the next is due: so the line comes in from the right, evenly. All other times are those of `performance.now()`.
 */
export class Slide {
  #from = Number.NaN;
  #to = Number.NaN;
  #since = 0;
  #tick = 1;

  /** The newest tick is of the moment `to`. */
  aim(to, tick, now) {
    const here = this.at(now);
    // After a pause, or in another time altogether, there is nothing to go on from.
    const isNear = here >= to - 2 * tick && here <= to;
    this.#from = isNear ? here : to - tick;
    this.#to = to;
    this.#since = now;
    this.#tick = tick;
  }

  /** Goes to the end at once. */
  finish() {
    this.#from = this.#to;
  }

  at(now) {
    const share = Math.min(Math.max((now - this.#since) / this.#tick, 0), 1);
    return this.#from + (this.#to - this.#from) * share;
  }

  isDone(now) {
    return this.at(now) === this.#to;
  }
}
