// Slow handlers: three seconds each, one after another.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as h from "./harness.mjs";

h.useServer();

test("H17 G052 five slow pings take fifteen seconds while a neighbour answers at once", async () => {
  await Promise.all([fiveInARow("/socket", "ping"), fiveInARow("/stats_socket", "valid")]);
});

async function fiveInARow(path, neighbourTopic) {
  const socket = h.client(path);
  const [channel, neighbour] = [await h.joined(socket, "slow"), await h.joined(socket, neighbourTopic)];
  const started = performance.now();
  const answers = Array.from({ length: 5 }, () => h.push(channel, "slow_ping", {}, 30_000));
  assert.equal((await h.push(neighbour, "ping")).status, "ok");
  assert.ok(performance.now() - started < 2_000, "the neighbour had to wait");
  for (const { status } of await Promise.all(answers)) assert.equal(status, "ok");
  const took = performance.now() - started;
  assert.ok(took > 14_500 && took < 20_000, `${took} ms on ${path}`);
}
