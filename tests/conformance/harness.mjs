// What the conformance tests share: one server per test file, clients that are closed after each test, and promises
// with deadlines instead of pauses. The tests of clusters share the clients and the promises.
import { after, afterEach, before } from "node:test";
import { setInterval as ticks } from "node:timers/promises";
import { LongPoll, Presence, Socket } from "phoenix";
import WebSocket from "ws";
import { startServer } from "./server.mjs";

export { LongPoll, Presence, Socket, WebSocket };

// The client logs nothing by itself but looks for these globals, as it would in a browser.
globalThis.WebSocket = WebSocket;

/** Milliseconds any single expectation may take unless the test says otherwise. */
export const deadline = 10_000;

/** The two transports, for tests that must hold over both. */
export const transports = [
  ["WebSocket", WebSocket],
  ["LongPoll", LongPoll],
];

let server;
let clients = [];

/** Gives the test file its own server; `running()` is that server inside tests. */
export function useServer() {
  before(async () => {
    server = await startServer();
  });
  useClients();
  after(() => server?.stop());
}

/** Disconnects the clients of each test after it; for test files with servers of their own. */
export function useClients() {
  afterEach(async () => {
    const open = clients;
    clients = [];
    await Promise.all(open.map((socket) => new Promise((resolve) => socket.disconnect(resolve))));
  });
}

/** The test file's server. */
export function running() {
  return server;
}

/**
 * A client of `path`, on the test file's server unless `origin` says otherwise, that is disconnected after the test. Connects
 * unless `connect` is false.
 */
export function client(path, { connect = true, origin = server.socketUrl(""), ...options } = {}) {
  const socket = new Socket(origin + path, { transport: WebSocket, ...options });
  clients.push(socket);
  if (connect) socket.connect();
  return socket;
}

/** Records the raw frames of `socket` as `{direction, frame, message}`, oldest first. */
export function tap(socket) {
  const frames = [];
  const { encode, decode } = socket;
  socket.encode = (message, send) => encode(message, (frame) => {
    frames.push({ direction: "sent", frame, message });
    send(frame);
  });
  socket.decode = (frame, receive) => decode(frame, (message) => {
    frames.push({ direction: "received", frame, message });
    receive(message);
  });
  return frames;
}

/** Rejects when `promise` has not settled in time. */
export async function soon(promise, what, ms = deadline) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves with the first truthy value of `condition`, which may be a promise's, or rejects after the deadline. */
export async function until(condition, what, ms = deadline) {
  const end = performance.now() + ms;
  for await (const _ of ticks(5)) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end) throw new Error(`${what}: not so within ${ms} ms`);
  }
}

/** Resolves once `socket` is connected. */
export function opened(socket) {
  return until(() => socket.isConnected(), "open");
}

/** Resolves with the event of the next open, close or error of `socket`, or with its next message. */
export function next(socket, hook, ms = deadline) {
  const event = new Promise((resolve) => {
    const ref = socket[hook]((value) => {
      socket.off([ref]);
      resolve(value);
    });
  });
  return soon(event, hook, ms);
}

/** Joins `topic` and resolves with `{channel, status, response}`. */
export async function join(socket, topic, params = {}) {
  const channel = socket.channel(topic, params);
  return { channel, ...(await outcome(channel.join(), `join of ${topic}`)) };
}

/** Joins `topic`, which must succeed, and resolves with the channel. */
export async function joined(socket, topic, params = {}) {
  const { channel, status, response } = await join(socket, topic, params);
  if (status !== "ok") throw new Error(`join of ${topic}: ${status} ${JSON.stringify(response)}`);
  return channel;
}

/** Pushes and resolves with `{status, response}`; a status of "timeout" is the client's own. */
export function push(channel, event, payload = {}, timeout = deadline) {
  return outcome(channel.push(event, payload, timeout), event, timeout + deadline);
}

/** The outcome of a push or join as a promise. */
export function outcome(sent, what, ms = deadline * 2) {
  const answer = new Promise((resolve) => {
    for (const status of ["ok", "error", "timeout"]) {
      sent.receive(status, (response) => resolve({ status, response }));
    }
  });
  return soon(answer, what, ms);
}

/** Resolves with the payload of the next `event` on `channel`. */
export function nextEvent(channel, event, ms = deadline) {
  const arrival = new Promise((resolve) => {
    const ref = channel.on(event, (payload) => {
      channel.off(event, ref);
      resolve(payload);
    });
  });
  return soon(arrival, `${event} on ${channel.topic}`, ms);
}

/** An array that grows with every payload of `event` on `channel`. */
export function collect(channel, event) {
  const payloads = [];
  channel.on(event, (payload) => payloads.push(payload));
  return payloads;
}

/** The HTTP status that answers a WebSocket upgrade of `path`; 101 when it was accepted. */
export function upgradeStatus(path, options = {}) {
  const socket = new WebSocket(server.socketUrl(path), options);
  const status = new Promise((resolve, reject) => {
    socket.once("upgrade", () => resolve(101));
    socket.once("unexpected-response", (request, answer) => {
      resolve(answer.statusCode);
      request.destroy();
    });
    socket.on("error", reject);
  });
  return soon(status, `upgrade of ${path}`).finally(() => socket.terminate());
}

/** What the /hello page hands to its script: `{csrf, token, userId, cookie}`. */
export async function page(query = "") {
  const answer = await fetch(`${server.url}/hello${query}`);
  const html = await answer.text();
  if (!answer.ok) throw new Error(`GET /hello answered ${answer.status}`);
  const cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const [csrf, token, userId] = ["csrf-token", "auth-token", "user-id"].map((name) => meta(html, name));
  return { csrf, token, userId, cookie };
}

/** Broadcasts from the server through POST /hello/broadcast. */
export async function broadcast(visit, topic, event, payload) {
  const answer = await fetch(`${server.url}/hello/broadcast`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf-token": visit.csrf, cookie: visit.cookie },
    body: JSON.stringify({ topic, event, payload }),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`POST /hello/broadcast answered ${answer.status}`);
}

const entities = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'" };

function meta(html, name) {
  const found = html.match(new RegExp(`<meta name="${name}" content="([^"]*)"`));
  if (!found) throw new Error(`/hello has no <meta name="${name}">`);
  return found[1].replace(/&(amp|lt|gt|quot|#39|#x27);/g, (entity) => entities[entity]);
}
