// The ping channel through the official client, over both transports.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as h from "./harness.mjs";

h.useServer();

for (const [name, transport] of h.transports) {
  const connect = (options = {}) => h.client("/socket", { transport, ...options });

  test(`H01 C115 the user socket opens without parameters over ${name}`, async () => {
    const socket = connect();
    await h.opened(socket);
    assert.deepEqual((await h.join(socket, "ping")).response, {});
  });

  test(`H02 C089 ping is answered with pong or the phrase over ${name}`, async () => {
    const channel = await h.joined(connect(), "ping");
    assert.deepEqual(await h.push(channel, "ping"), { status: "ok", response: { ping: "pong" } });
    const answer = await h.push(channel, "ping", { ack_phrase: "x" });
    assert.deepEqual(answer, { status: "ok", response: { ping: "x" } });
  });

  test(`H02 any topic under ping: has the same channel over ${name}`, async () => {
    const channel = await h.joined(connect(), "ping:a:b:ü");
    assert.deepEqual((await h.push(channel, "ping")).response, { ping: "pong" });
  });

  test(`H03 the event name carries data over ${name}`, async () => {
    const channel = await h.joined(connect(), "ping");
    assert.deepEqual(await h.push(channel, "ping:hooray!"), { status: "ok", response: { ping: "hooray!" } });
  });

  test(`H04 C088 pong has no reply and the client's timeout fires over ${name}`, async () => {
    const socket = connect();
    const frames = h.tap(socket);
    const channel = await h.joined(socket, "ping");
    assert.equal((await h.push(channel, "pong", {}, 300)).status, "timeout");
    const asked = frames.find(({ message }) => message.event === "pong").message.ref;
    await h.push(channel, "ping");
    assert.ok(!frames.some(({ direction, message }) => direction === "received" && message.ref === asked));
  });

  test(`H05 C094 C287 ding is answered, then the channel closes over ${name}`, async () => {
    const socket = connect();
    const frames = h.tap(socket);
    const channel = await h.joined(socket, "ping");
    const joinRef = channel.joinRef();
    const closed = new Promise((resolve) => channel.onClose(resolve));
    assert.deepEqual(await h.push(channel, "ding"), { status: "ok", response: { msg: "shutting down" } });
    await h.soon(closed, "phx_close");
    const close = frames.at(-1).message;
    assert.deepEqual([close.join_ref, close.ref, close.event], [joinRef, joinRef, "phx_close"]);
    const again = await h.joined(socket, "ping");
    assert.equal((await h.push(again, "ping")).status, "ok");
  });

  test(`H06 C281 param_ping echoes or refuses over ${name}`, async () => {
    const channel = await h.joined(connect(), "ping");
    const payload = { list: [1, "two", null], deep: { er: true } };
    assert.deepEqual(await h.push(channel, "param_ping", payload), { status: "ok", response: payload });
    const refused = await h.push(channel, "param_ping", { error: true });
    assert.deepEqual(refused, { status: "error", response: { reason: "You asked for this!" } });
  });

  test(`H07 C133 C284 an unknown event crashes its channel alone and it rejoins over ${name}`, async () => {
    const socket = connect({ rejoinAfterMs: () => 10 });
    const frames = h.tap(socket);
    const [channel, neighbour] = [await h.joined(socket, "ping:one"), await h.joined(socket, "ping:two")];
    const joinRef = channel.joinRef();
    const crashed = new Promise((resolve) => channel.onError(resolve));
    channel.push("who_knows", {});
    assert.deepEqual(await h.soon(crashed, "phx_error"), { reason: "channel_crash" });
    const error = frames.find(({ message }) => message.event === "phx_error").message;
    assert.deepEqual([error.join_ref, error.ref], [joinRef, joinRef]);
    assert.equal((await h.push(neighbour, "ping")).status, "ok");
    assert.equal((await h.push(channel, "ping")).status, "ok");
    assert.notEqual(channel.joinRef(), joinRef);
  });

  test(`H10 wild topics are joined when B is twice A over ${name}`, async () => {
    const socket = connect();
    const cases = [
      ["wild:1:2", "ok", {}],
      ["wild:-21:-42", "ok", {}],
      ["wild:0:0", "ok", {}],
      ["wild:1:3", "error", {}],
      ["wild:2:1", "error", {}],
      ["wild:one:two", "error", { reason: "join crashed" }],
      ["wild:1.0:2.0", "error", { reason: "join crashed" }],
    ];
    for (const [topic, status, response] of cases) {
      const result = await h.join(socket, topic);
      result.channel.leave();
      assert.deepEqual({ topic, status: result.status, response: result.response }, { topic, status, response });
    }
  });

  test(`H11 C143 a topic without a route is refused over ${name}`, async () => {
    const socket = connect();
    const frames = h.tap(socket);
    const result = await h.join(socket, "nowhere");
    result.channel.leave();
    assert.deepEqual([result.status, result.response], ["error", { reason: "unmatched topic" }]);
    const reply = frames.find(({ direction }) => direction === "received").message;
    assert.equal(reply.join_ref, null);
  });
}

test("C147 C311 C312 bytes come back as bytes", async () => {
  const channel = await h.joined(h.client("/socket"), "ping:bytes ü");
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 256);
  const answer = await h.push(channel, "param_ping", bytes.buffer);
  assert.equal(answer.status, "ok");
  assert.deepEqual(new Uint8Array(answer.response), bytes);
});
