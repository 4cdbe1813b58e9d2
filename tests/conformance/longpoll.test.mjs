// The long-poll transport, request by request.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as h from "./harness.mjs";

h.useServer();

/** One long-poll session, driven by hand. */
class Session {
  #url = `${h.running().url}/socket/longpoll?vsn=2.0.0`;

  async open() {
    const answer = await this.get();
    this.token = answer.body.token;
    return answer;
  }

  get(headers = {}) {
    return this.#send({ headers: { accept: "application/json", ...headers } });
  }

  post(frames, headers = { "content-type": "application/x-ndjson" }) {
    const lines = frames.map((frame) => (typeof frame === "string" ? frame : JSON.stringify(frame)));
    return this.#send({ method: "POST", headers, body: Buffer.from(lines.join("\n")) });
  }

  /** Polls until `count` frames have arrived. */
  async receive(count) {
    const frames = [];
    while (frames.length < count) {
      const { body } = await this.get();
      assert.equal(body.status, 200);
      frames.push(...body.messages.map((text) => JSON.parse(text)));
    }
    return frames;
  }

  async #send(options) {
    const url = this.token ? `${this.#url}&token=${encodeURIComponent(this.token)}` : this.#url;
    const answer = await fetch(url, options);
    return { http: answer.status, headers: answer.headers, body: await answer.json() };
  }
}

async function session() {
  const fresh = new Session();
  await fresh.open();
  return fresh;
}

const joinPing = ["1", "1", "ping", "phx_join", {}];
const replied = (joinRef, ref, response) => [joinRef, ref, "ping", "phx_reply", { status: "ok", response }];

test("C157 C158 C183 a session opens with 410, takes a join and hands out its reply", async () => {
  const fresh = new Session();
  const { http, headers, body } = await fresh.open();
  assert.deepEqual([http, body.status, body.messages], [200, 410, []]);
  assert.match(headers.get("content-type"), /^application\/json/);
  assert.match(headers.get("cache-control"), /no-store/);
  assert.deepEqual((await fresh.post([joinPing])).body, { status: 200 });
  assert.deepEqual(await fresh.receive(1), [replied("1", "1", {})]);
});

test("C163 an event on a topic that was not joined is unmatched", async () => {
  const poll = await session();
  assert.equal((await poll.post([["1", "2", "ping", "ping", {}]])).body.status, 200);
  const unmatched = { status: "error", response: { reason: "unmatched topic" } };
  assert.deepEqual(await poll.receive(1), [[null, "2", "ping", "phx_reply", unmatched]]);
});

test("C165 C304 a batch is handled in order and outdated frames are dropped", async () => {
  const poll = await session();
  const echo = (joinRef, ref, n) => [joinRef, ref, "ping", "param_ping", { n }];
  await poll.post([joinPing, echo("1", "2", 2), echo("0", "3", 3), echo("1", "4", 4)]);
  assert.deepEqual(await poll.receive(3), [
    replied("1", "1", {}),
    replied("1", "2", { n: 2 }),
    replied("1", "4", { n: 4 }),
  ]);
});

test("C169 C306 no more than 100 frames of a batch are handled", async () => {
  const poll = await session();
  const echoes = Array.from({ length: 120 }, (_, n) => ["1", `${n + 2}`, "ping", "param_ping", { n }]);
  await poll.post([joinPing, ...echoes]);
  await poll.post([["1", "last", "ping", "ping", {}]]);
  const frames = await poll.receive(101);
  assert.equal(frames.length, 101);
  assert.equal(frames[99][1], "100");
  assert.equal(frames[100][1], "last");
});

test("C177 a body without a content type is one text frame", async () => {
  const poll = await session();
  assert.equal((await poll.post([joinPing], {})).body.status, 200);
  assert.deepEqual(await poll.receive(1), [replied("1", "1", {})]);
});

test("C181 C182 C302 the token may travel in a header, which wins", async () => {
  const poll = await session();
  const { token } = poll;
  await poll.post([joinPing]);
  poll.token = "bogus";
  const { body } = await poll.get({ "x-phoenix-longpoll-token": token });
  assert.deepEqual([body.status, body.messages.length], [200, 1]);
  poll.token = token;
  assert.equal((await poll.get({ "x-phoenix-longpoll-token": "bogus" })).body.status, 410);
});

test("C171 C178 a foreign origin is refused in JSON", async () => {
  const answer = await new Session().get({ origin: "http://elsewhere.example" });
  assert.deepEqual([answer.http, answer.body], [200, { status: 403 }]);
});

test("C176 an unsupported version is refused in JSON", async () => {
  const answer = await fetch(`${h.running().url}/socket/longpoll?vsn=9.0.0`);
  assert.deepEqual(await answer.json(), { status: 403 });
});

test("C305 C306 many pushes of the client arrive in order", async () => {
  const socket = h.client("/socket", { transport: h.LongPoll });
  const channel = await h.joined(socket, "ping");
  const order = [];
  const answers = Array.from({ length: 150 }, async (_, n) => {
    const { response } = await h.push(channel, "param_ping", { n });
    order.push(response.n);
  });
  await Promise.all(answers);
  assert.deepEqual(order, Array.from({ length: 150 }, (_, n) => n));
});
