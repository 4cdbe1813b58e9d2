// Connections that break, and what the official client makes of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as h from "./harness.mjs";

h.useServer();

for (const [name, transport] of h.transports) {
  const connect = (options = {}) => h.client("/socket", { transport, ...options });

  test(`C260 a ping measures the round trip over ${name}`, async () => {
    const socket = connect();
    await h.opened(socket);
    const measured = new Promise((resolve) => assert.ok(socket.ping(resolve)));
    assert.ok((await h.soon(measured, "heartbeat reply")) < h.deadline);
  });

  test(`H08 text that is no message ends one connection, which comes back over ${name}`, async () => {
    const [broken, bystander] = [connect(), connect()];
    const [channel, other] = [await h.joined(broken, "ping"), await h.joined(bystander, "ping")];
    const bystanderConnection = bystander.conn;
    const closed = h.next(broken, "onClose");
    broken.conn.send("crash");
    // Over long poll the client hears of the end by its POST (1011) or its waiting GET (3410), whichever is answered first.
    const codes = name === "LongPoll" ? [1011, 3410] : [1011];
    assert.ok(codes.includes((await closed).code));
    await h.next(broken, "onOpen");
    assert.deepEqual((await h.push(channel, "ping")).response, { ping: "pong" });
    assert.deepEqual((await h.push(other, "ping")).response, { ping: "pong" });
    assert.equal(bystander.conn, bystanderConnection);
  });

  test(`C255 channels rejoin with a new ref after a reconnect over ${name}`, async () => {
    const socket = connect();
    const channels = [await h.joined(socket, "ping:a"), await h.joined(socket, "ping:b")];
    const before = channels.map((channel) => channel.joinRef());
    const errors = channels.map((channel) => new Promise((resolve) => channel.onError(resolve)));
    socket.conn.send("crash");
    await h.soon(Promise.all(errors), "channel errors");
    for (const channel of channels) assert.equal((await h.push(channel, "ping")).status, "ok");
    assert.ok(channels.every((channel, index) => channel.joinRef() !== before[index]));
  });

  test(`C246 C278 C294 pushes made before the join and while disconnected arrive later over ${name}`, async () => {
    const socket = connect({ connect: false });
    const channel = socket.channel("ping", {});
    const joining = h.outcome(channel.join(), "join");
    const early = h.push(channel, "ping", { ack_phrase: "early" });
    socket.connect();
    assert.equal((await joining).status, "ok");
    assert.deepEqual((await early).response, { ping: "early" });

    const closed = h.next(socket, "onClose");
    socket.conn.send("crash");
    await closed;
    assert.ok(!channel.canPush());
    assert.deepEqual((await h.push(channel, "ping", { ack_phrase: "late" })).response, { ping: "late" });
  });

  test(`C106 C298 leaving is answered and the topic is free again over ${name}`, async () => {
    const socket = connect();
    const frames = h.tap(socket);
    const channel = await h.joined(socket, "ping");
    channel.leave();
    const [reply, close] = await h.until(() => {
      const after = frames.filter(({ direction }) => direction === "received").slice(1);
      return after.length === 2 && after;
    }, "leave reply and close");
    assert.deepEqual(reply.message.payload, { status: "ok", response: {} });
    assert.equal(close.message.event, "phx_close");
    assert.equal((await h.push(await h.joined(socket, "ping"), "ping")).status, "ok");
  });

  test(`C140 C268 a second channel object takes over its topic over ${name}`, async () => {
    const socket = connect();
    const first = await h.joined(socket, "ping");
    const second = await h.joined(socket, "ping");
    assert.equal(first.state, "closed");
    assert.deepEqual((await h.push(second, "ping")).response, { ping: "pong" });
  });

  test(`C120 C160 the 101st channel of a connection is refused over ${name}`, async () => {
    const socket = connect();
    const joins = Array.from({ length: 101 }, (_, index) => h.join(socket, `ping:${index}`));
    const refused = (await Promise.all(joins)).filter(({ status }) => status !== "ok");
    for (const { channel } of refused) channel.leave();
    assert.deepEqual(
      refused.map(({ status, response }) => [status, response]),
      [["error", { reason: "too many channels joined" }]],
    );
  });
}

test("C249 a heartbeat with a short interval keeps the connection", async () => {
  const socket = h.client("/socket", { heartbeatIntervalMs: 50 });
  const frames = h.tap(socket);
  await h.until(() => beats(frames, "received") >= 5, "five heartbeat replies");
  assert.equal(socket.connectionState(), "open");
  assert.ok(beats(frames, "sent") - beats(frames, "received") <= 1);
});

function beats(frames, wanted) {
  return frames.filter(({ direction, message }) => direction === wanted && message.topic === "phoenix").length;
}
