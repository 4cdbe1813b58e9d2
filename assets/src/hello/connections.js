// The page's sockets and channels. Everything here is the official client's public interface, except that the
// frames are shown on their way through the socket's own `encode` and `decode`.
import { LongPoll, Socket } from "phoenix";

const transports = {
  websocket: { name: "WebSocket", type: WebSocket },
  longpoll: { name: "long poll", type: LongPoll },
};

/** Milliseconds a push or join may take, unless a technique says otherwise. */
const patience = 10_000;

export class Connections {
  #log;
  #params;
  #kind = "websocket";
  #sockets = new Map();
  #channels = new Map();

  /** `params` maps a socket's path to its connect parameters. */
  constructor(log, params) {
    this.#log = log;
    this.#params = params;
  }

  get transportName() {
    return transports[this.#kind].name;
  }

  /** The page's shared socket at `path`, connected on first use. */
  socket(path) {
    if (!this.#sockets.has(path)) this.#sockets.set(path, this.open(path));
    return this.#sockets.get(path);
  }

  /** A new socket at `path` that nobody shares; `label` names it in the log. */
  open(path, params = this.#params[path] ?? {}, label = path) {
    const socket = new Socket(path, { params, timeout: patience, transport: transports[this.#kind].type });
    this.#show(socket, label);
    socket.connect();
    return socket;
  }

  /** Moves every shared socket to another transport; their channels rejoin by themselves. */
  use(kind) {
    this.#kind = kind;
    for (const socket of this.#sockets.values()) {
      socket.replaceTransport(transports[kind].type);
      socket.connect();
    }
  }

  /** The shared, joined channel of `topic`; joined again when it was closed meanwhile. */
  joined(path, topic) {
    const key = `${path} ${topic}`;
    if (!this.#channels.has(key)) this.#channels.set(key, this.#join(key, path, topic));
    return this.#channels.get(key);
  }

  async #join(key, path, topic) {
    const { channel, status, response } = await joinOnce(this.socket(path), topic);
    if (status === "ok") {
      channel.onClose(() => this.#channels.delete(key));
      return channel;
    }
    this.#channels.delete(key);
    throw new Error(`join of ${topic}: ${status} ${JSON.stringify(response)}`);
  }

  #show(socket, label) {
    const { encode, decode } = socket;
    socket.encode = (message, send) => encode(message, (frame) => {
      this.#log.frame("sent", label, message, frame);
      send(frame);
    });
    socket.decode = (frame, receive) => decode(frame, (message) => {
      this.#log.frame("received", label, message, frame);
      receive(message);
    });
    socket.onOpen(() => this.#log.note(label, "open"));
    socket.onClose(({ code }) => this.#log.note(label, code ? `closed, code ${code}` : "closed"));
  }
}

/** Joins `topic` once and tells how it went. */
export function joinOnce(socket, topic, params = {}) {
  return join(socket.channel(topic, params));
}

/** Joins a channel and tells how it went. A refused join is left, so that the client does not repeat it. */
export function join(channel) {
  return new Promise((resolve) => {
    const settle = (status) => (response) => {
      if (status !== "ok") channel.leave();
      resolve({ channel, status, response });
    };
    const push = channel.join();
    for (const status of ["ok", "error", "timeout"]) push.receive(status, settle(status));
  });
}

/** Pushes an event and resolves with `{status, response}`, where status may be "timeout". */
export function ask(channel, event, payload = {}, timeout = patience) {
  return new Promise((resolve) => {
    const push = channel.push(event, payload, timeout);
    for (const status of ["ok", "error", "timeout"]) {
      push.receive(status, (response) => resolve({ status, response }));
    }
  });
}

/**
 * Broadcasts from the server: POST /hello/broadcast with the page's CSRF token. Resolves with `{node, receivers}`: which node
 * did it, and how many of its own subscribers it reached.
 */
export async function broadcast(topic, event, payload) {
  const answer = await post("/hello/broadcast", { topic, event, payload });
  return answer.json();
}

/** Hands an item for a user over to the server's pipeline: POST /hello/push with the page's CSRF token. */
export async function pushThrough(userId, data) {
  await post("/hello/push", { user_id: Number(userId), data });
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf-token": meta("csrf-token") },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}`);
  return answer;
}

/** The content of one of the page's `<meta>` elements. */
export function meta(name) {
  return document.querySelector(`meta[name="${name}"]`).content;
}

/** Rejects when `promise` has not settled after `ms` milliseconds. */
export function within(ms, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing after ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
