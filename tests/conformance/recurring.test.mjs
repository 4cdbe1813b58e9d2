// Pushes that recur.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as h from "./harness.mjs";

h.useServer();

test("H14 a fresh token that works arrives every five seconds", async () => {
  const { token } = await h.page("?user_id=5");
  const arrivals = h.transports.map(async ([, transport]) => {
    const channel = await h.joined(h.client("/auth_socket", { transport, params: { token } }), "recurring");
    const first = await h.nextEvent(channel, "new_token");
    const started = performance.now();
    const second = await h.nextEvent(channel, "new_token");
    return { tokens: [first.token, second.token], gap: performance.now() - started };
  });
  for (const { tokens, gap } of await Promise.all(arrivals)) {
    assert.ok(gap > 4_000 && gap < 7_000, `${gap} ms between two tokens`);
    assert.equal(new Set([token, ...tokens]).size, 3);
    await h.joined(h.client("/auth_socket", { params: { token: tokens[1] } }), "user:5");
  }
});
