// From a WebSocket that does not get through to long polling.
import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { test } from "node:test";
import * as h from "./harness.mjs";

h.useServer();

const memory = "phx:fallback:LongPoll";

test("C233 the client falls back to long poll when upgrades are refused, and remembers it", async (t) => {
  const proxy = await withoutUpgrades();
  t.after(() => proxy.close());
  const sessionStorage = storage();
  const socket = h.client("/socket", { origin: proxy.origin, longPollFallbackMs: 500, sessionStorage });
  const channel = await h.joined(socket, "ping");
  assert.deepEqual((await h.push(channel, "ping")).response, { ping: "pong" });
  assert.equal(socket.transport, h.LongPoll);
  assert.equal(sessionStorage.getItem(memory), "true");
});

test("C233 a WebSocket whose first heartbeat is answered in time stays", async () => {
  const sessionStorage = storage();
  const socket = h.client("/socket", { longPollFallbackMs: 5_000, sessionStorage });
  await h.until(() => socket.primaryPassedHealthCheck, "health check");
  assert.equal(socket.transport, h.WebSocket);
  assert.equal(sessionStorage.getItem(memory), null);
  await h.joined(socket, "ping");
});

test("C233 a remembered fallback goes to long poll at once", async () => {
  const sessionStorage = storage();
  sessionStorage.setItem(memory, "true");
  const socket = h.client("/socket", { longPollFallbackMs: 5_000, sessionStorage });
  await h.joined(socket, "ping");
  assert.equal(socket.transport, h.LongPoll);
});

function storage() {
  const items = new Map();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
  };
}

/** A proxy before the server under test that passes everything on except WebSocket upgrades. */
async function withoutUpgrades() {
  const proxy = createServer((incoming, outgoing) => forward(incoming, outgoing));
  proxy.on("upgrade", (_, socket) => socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"));
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    origin: `ws://127.0.0.1:${proxy.address().port}`,
    async close() {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

function forward(incoming, outgoing) {
  const { method, headers, url } = incoming;
  const onward = request(h.running().url + url, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  outgoing.on("close", () => onward.destroy());
  incoming.pipe(onward);
}
