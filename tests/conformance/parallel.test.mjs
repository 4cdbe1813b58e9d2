// Deferred replies: the handler returns at once and answers later.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as h from "./harness.mjs";

h.useServer();

for (const [name, transport] of h.transports) {
  test(`H18 G052 C078 C091 five parallel slow pings take three seconds over ${name}`, async () => {
    const channel = await h.joined(h.client("/socket", { transport }), "slow");
    const started = performance.now();
    const answers = Array.from({ length: 5 }, () => h.push(channel, "parallel_slow_ping"));
    for (const { status } of await Promise.all(answers)) assert.equal(status, "ok");
    const took = performance.now() - started;
    assert.ok(took > 2_900 && took < 8_000, `${took} ms`);
  });
}
