// The pipeline: items that are handed over by POST and pushed to the sockets of one user.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as h from "./harness.mjs";

h.useServer();

/** A client that listens on the topic of the page's user. */
async function listen(query, transport = h.WebSocket) {
  const visit = await h.page(query);
  const socket = h.client("/auth_socket", { transport, params: { token: visit.token } });
  const channel = await h.joined(socket, `user:${visit.userId}`);
  return { visit, pushes: h.collect(channel, "push_timed") };
}

/** Hands an item over, as the page does. */
async function push(visit, userId, data) {
  const answer = await fetch(`${h.running().url}/hello/push`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf-token": visit.csrf, cookie: visit.cookie },
    body: JSON.stringify({ user_id: Number(userId), data }),
  });
  assert.equal(answer.status, 202, await answer.text());
}

for (const [name, transport] of h.transports) {
  test(`H19 G044 G045 ten items arrive in order at every socket of their user and at no other over ${name}`, async () => {
    const [one, again] = [await listen("?user_id=1", transport), await listen("?user_id=1", transport)];
    const other = await listen("?user_id=2", transport);
    for (let number = 1; number <= 10; number += 1) await push(one.visit, 1, { number });
    await push(one.visit, 2, { number: 0 });

    const expected = Array.from({ length: 10 }, (_, place) => ({ data: { number: place + 1 } }));
    for (const { pushes } of [one, again]) {
      await h.until(() => pushes.length >= 10, "ten pushes");
      assert.deepEqual(pushes, expected);
    }
    await h.until(() => other.pushes.length > 0, "the push to the other user");
    assert.deepEqual(other.pushes, [{ data: { number: 0 } }], "and nothing else");
  });
}

test("H19 nobody without the page's token hands anything over", async () => {
  const { visit, pushes } = await listen("?user_id=3");
  const forged = { ...visit, csrf: "forged" };
  await assert.rejects(push(forged, 3, { number: 1 }));
  await push(visit, 3, { number: 2 });
  await h.until(() => pushes.length > 0, "the push");
  assert.deepEqual(pushes, [{ data: { number: 2 } }]);
});
