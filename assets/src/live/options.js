// Options of the client that a page gives as JSON, since a strict content security policy leaves it no script of its own.

/** Options that the client wants as functions of the number of tries; a page gives one number of milliseconds. */
const waits = ["reconnectAfterMs", "rejoinAfterMs"];

/** The options in `json`, such as `{"maxReloads":5,"rejoinAfterMs":50}`; none when there is none. */
export function options(json) {
  const given = json ? JSON.parse(json) : {};
  for (const name of waits) {
    const wait = given[name];
    if (wait !== undefined) given[name] = () => wait;
  }
  return given;
}
