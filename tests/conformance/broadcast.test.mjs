// What the server says on its own: broadcasts, intercepted ones, and what it counts.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as h from "./harness.mjs";

h.useServer();

test("H09 C116 request_ping reaches every client of ping as send_ping with the node's name", async () => {
  const visit = await h.page();
  const channels = [];
  for (const [, transport] of h.transports) {
    channels.push(await h.joined(h.client("/socket", { transport }), "ping"));
  }
  const elsewhere = await h.joined(h.client("/socket"), "ping:elsewhere");
  const stray = ["send_ping", "request_ping"].map((event) => h.collect(elsewhere, event));
  const raw = channels.map((channel) => h.collect(channel, "request_ping"));
  const arrivals = channels.map((channel) => h.nextEvent(channel, "send_ping"));
  await h.broadcast(visit, "ping", "request_ping", {});
  for (const payload of await Promise.all(arrivals)) {
    assert.equal(typeof payload.from_node, "string");
    assert.notEqual(payload.from_node, "");
  }
  await h.push(elsewhere, "ping");
  assert.deepEqual([...stray, ...raw].flat(), []);
});

test("H09 a broadcast without the CSRF token is refused", async () => {
  const visit = await h.page();
  const channel = await h.joined(h.client("/socket"), "ping");
  const seen = h.collect(channel, "send_ping");
  for (const csrf of ["", "x".repeat(56)]) {
    await assert.rejects(h.broadcast({ ...visit, csrf }, "ping", "request_ping", {}), /403/);
  }
  await h.push(channel, "ping");
  assert.deepEqual(seen, []);
});

test("H15 dupe sends each number once, a second after the first, and starts over", async () => {
  const visit = await h.page();
  const channels = [];
  for (const [, transport] of h.transports) {
    channels.push(await h.joined(h.client("/socket", { transport }), "dupe"));
  }
  const arrived = channels.map((channel) => h.collect(channel, "number"));
  await round([1, 2, 3, 2, 1], [1, 2, 3]);
  await round([3, 1, 3], [3, 1]);

  async function round(numbers, unique) {
    const started = performance.now();
    for (const number of numbers) await h.broadcast(visit, "dupe", "number", { number });
    await h.until(() => arrived.every((values) => values.length >= unique.length), "numbers");
    assert.ok(performance.now() - started >= 900, "the numbers came before their second was over");
    for (const values of arrived) assert.deepEqual(values.splice(0), unique.map((value) => ({ value })));
  }
});

test("H16 the stats socket takes valid, refuses invalid, and both are counted", async () => {
  const socket = h.client("/stats_socket");
  const valid = await h.joined(socket, "valid");
  const invalid = await h.join(socket, "invalid");
  invalid.channel.leave();
  assert.equal(invalid.status, "error");
  assert.equal((await h.push(valid, "ping")).status, "ok");
  const metrics = await (await fetch(`${h.running().url}/metrics`)).text();
  const counted = (...parts) => metrics.split("\n").some((line) => parts.every((part) => line.includes(part)));
  assert.ok(counted("socket_connect"), "socket_connect");
  assert.ok(counted("channel_join", 'status="success"'), "channel_join success");
  assert.ok(counted("channel_join", 'status="fail"'), "channel_join fail");
  assert.ok(counted("stats_channel", "ping"), "stats_channel ping");
});
