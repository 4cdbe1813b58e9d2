// What was counted in the last ticks.

/** What is counted. */
const names = ["requests", "sockets", "messages"];

/** Counts of the last ticks, oldest first. It never changes: who looks at an old one sees what was then. */
export class History {
  /**
   * As the server tells it: `number` is that of the newest tick, `at` its time and `tick` how long one lasts, both in
   * milliseconds; and of everything that is counted there is a list with a number for each tick.
   */
  constructor({ number, at, tick, ...series }) {
    Object.assign(this, { number, at, tick, series });
  }

  /** With one tick more, for which the oldest goes. Itself when it has that tick already, null when it lacks one before. */
  after({ number, at, ...counts }) {
    if (number <= this.number) return this;
    if (number > this.number + 1) return null;
    const series = names.map((name) => [name, [...this.series[name].slice(1), counts[name]]]);
    return new History({ number, at, tick: this.tick, ...Object.fromEntries(series) });
  }

  /** How many ticks there are. */
  get length() {
    return this.series.requests.length;
  }

  /** When each tick was, in seconds since 1970. */
  get times() {
    const { at, tick, length } = this;
    return Array.from({ length }, (_, index) => (at - (length - 1 - index) * tick) / 1000);
  }

  /** A series, in counts of a tick, or of a second. */
  values(name, isPerSecond) {
    const share = isPerSecond ? 1000 / this.tick : 1;
    return this.series[name].map((count) => count * share);
  }
}
