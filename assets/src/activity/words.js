// Numbers and times in words.

const few = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const many = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** As it is read: 0, 1.3, 1,204. */
export function number(value) {
  return (value < 10 ? few : many).format(value);
}

/** As it fits beside an axis: 1.2K. */
export function compact(value) {
  return short.format(value);
}

/** A moment in seconds since 1970, by the visitor's clock: 14:03:15. */
export function time(seconds) {
  return clock.format(seconds * 1000);
}
