// Raw frames, without a client that would tidy them up.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as h from "./harness.mjs";

h.useServer();

/** A bare WebSocket that speaks in frames. */
class Wire {
  #received = [];
  #taken = 0;

  constructor(query = "?vsn=2.0.0") {
    this.socket = new h.WebSocket(h.running().socketUrl(`/socket/websocket${query}`));
    this.socket.on("message", (data) => this.#received.push(JSON.parse(data)));
    this.opened = new Promise((resolve, reject) => this.socket.once("open", resolve).once("error", reject));
    this.closed = new Promise((resolve) => this.socket.once("close", resolve));
  }

  send(frame) {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  async receive() {
    const frame = await h.until(() => this.#received[this.#taken], "frame");
    this.#taken += 1;
    return frame;
  }
}

async function dial(query) {
  const wire = new Wire(query);
  await h.soon(wire.opened, "open");
  return wire;
}

async function hangUp(wire) {
  wire.socket.close();
  await h.soon(wire.closed, "close");
}

function ok(joinRef, ref, topic, response = {}) {
  return [joinRef, ref, topic, "phx_reply", { status: "ok", response }];
}

function refused(joinRef, ref, topic, reason) {
  return [joinRef, ref, topic, "phx_reply", { status: "error", response: { reason } }];
}

test("C115 C118 C119 C135 C140 C143 the minimal trace is answered frame by frame", async () => {
  const wire = await dial();
  const steps = [
    [["3", "3", "ping", "phx_join", {}], ok("3", "3", "ping")],
    [["3", "4", "ping", "param_ping", { x: 1 }], ok("3", "4", "ping", { x: 1 })],
    // An outdated join_ref is dropped in silence, so the next answer belongs to the heartbeat.
    [["1", "5", "ping", "param_ping", {}]],
    [[null, "6", "phoenix", "heartbeat", {}], ok(null, "6", "phoenix")],
    [["7", "7", "nope", "phx_join", {}], refused(null, "7", "nope", "unmatched topic")],
    [["8", "8", "ping", "phx_join", {}], ok("8", "8", "ping"), ["3", "3", "ping", "phx_close", {}]],
    [["8", "9", "ping", "boom", {}], ["8", "8", "ping", "phx_error", { reason: "channel_crash" }]],
    [["8", "9", "ping", "ping", {}], refused(null, "9", "ping", "unmatched topic")],
    [["10", "10", "ping", "phx_join", {}], ok("10", "10", "ping")],
    [["10", "11", "ping", "phx_leave", {}], ok("10", "11", "ping"), ["10", "10", "ping", "phx_close", {}]],
    [["10", "12", "ping", "ping", {}], refused(null, "12", "ping", "unmatched topic")],
    [["10", "13", "ping", "phx_leave", {}], ok("10", "13", "ping")],
  ];
  for (const [sent, ...expected] of steps) {
    wire.send(sent);
    for (const frame of expected) assert.deepEqual(await wire.receive(), frame);
  }
  wire.send("not json");
  assert.equal(await h.soon(wire.closed, "close"), 1011);
});

test("C164 refs of any kind are echoed and a missing join_ref is accepted", async () => {
  const wire = await dial();
  wire.send([null, 5, "ping", "phx_join", {}]);
  assert.deepEqual(await wire.receive(), ok(null, 5, "ping"));
  wire.send([null, null, "ping", "ping", {}]);
  assert.deepEqual(await wire.receive(), ok(5, null, "ping", { ping: "pong" }));
  await hangUp(wire);
});

test("C056 C115 version 1 clients are answered with objects", async () => {
  for (const query of ["", "?vsn=1.0.0"]) {
    const wire = await dial(query);
    wire.send({ topic: "ping", event: "phx_join", payload: {}, ref: "1" });
    const reply = { event: "phx_reply", payload: { status: "ok", response: {} }, ref: "1", topic: "ping" };
    assert.deepEqual(await wire.receive(), reply);
    await hangUp(wire);
  }
});

test("C141 an unsupported version is refused with 403", async () => {
  for (const version of ["3.0.0", "2.0", "2.0.0-rc.1", "abc", ""]) {
    assert.equal(await h.upgradeStatus(`/socket/websocket?vsn=${version}`), 403, version);
  }
});

test("C148 a plain GET is answered 400", async () => {
  const answer = await fetch(`${h.running().url}/socket/websocket?vsn=2.0.0`);
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /upgrade/i);
});

test("C136 C149 a foreign origin is refused with 403", async () => {
  const headers = { origin: "http://elsewhere.example" };
  assert.equal(await h.upgradeStatus("/socket/websocket?vsn=2.0.0", { headers }), 403);
});
