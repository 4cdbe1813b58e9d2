// What each button does. A technique returns the text of its outcome, or throws when the server did not do what it
// should.
import { reachAnotherNode } from "./another-node.js";
import { ask, broadcast, joinOnce, meta, within } from "./connections.js";
import { pushTen, pushToAnother } from "./pipeline.js";
import { slowWork } from "./slow-work.js";
import { comeIn } from "./who-is-here.js";

const main = "/socket";
const auth = "/auth_socket";
const stats = "/stats_socket";

export const techniques = {
  "round-trip": roundTrip,

  ping: async (_card, connections) => {
    const answer = await ask(await connections.joined(main, "ping"), "ping");
    return expect(answer, "ok", { ping: "pong" });
  },

  "ping-topic": async (_card, connections) => {
    const answer = await ask(await connections.joined(main, "ping:garden"), "ping");
    return expect(answer, "ok", { ping: "pong" });
  },

  "ping-phrase": async (card, connections) => {
    const phrase = card.field("phrase");
    const answer = await ask(await connections.joined(main, "ping"), "ping", { ack_phrase: phrase });
    return expect(answer, "ok", { ping: phrase });
  },

  "ping-word": async (card, connections) => {
    const word = card.field("word");
    const answer = await ask(await connections.joined(main, "ping"), `ping:${word}`);
    return expect(answer, "ok", { ping: word });
  },

  pong: async (_card, connections) => {
    const { status } = await ask(await connections.joined(main, "ping"), "pong", {}, 2000);
    if (status !== "timeout") throw new Error(`got a reply, ${status}, where none was due`);
    return "timeout after 2 s: nobody answered, as intended";
  },

  "param-ok": async (_card, connections) => {
    const payload = { weight: 5, unit: "g" };
    const answer = await ask(await connections.joined(main, "ping"), "param_ping", payload);
    return expect(answer, "ok", payload);
  },

  "param-error": async (_card, connections) => {
    const answer = await ask(await connections.joined(main, "ping"), "param_ping", { error: true });
    return expect(answer, "error", { reason: "You asked for this!" });
  },

  ding,

  "ding-rejoin": async (_card, connections) => {
    const answer = await ask(await connections.joined(main, "ping:ding"), "ping");
    return `joined again: ${expect(answer, "ok", { ping: "pong" })}`;
  },

  "unknown-event": crashChannel,
  "broken-text": breakConnection,

  wild: async (card, connections) => {
    const [a, b] = [card.field("a"), card.field("b")];
    const result = await joinOnce(connections.socket(main), `wild:${a}:${b}`);
    if (result.status === "ok") result.channel.leave();
    return expect(result, Number(b) === 2 * Number(a) ? "ok" : "error", {});
  },

  "wild-words": async (_card, connections) => {
    const result = await joinOnce(connections.socket(main), "wild:one:two");
    return expect(result, "error", { reason: "join crashed" });
  },

  unrouted: async (_card, connections) => {
    const result = await joinOnce(connections.socket(main), "nowhere");
    return expect(result, "error", { reason: "unmatched topic" });
  },

  "token-good": async (_card, connections) => {
    await within(5000, "open", opened(connections.socket(auth)));
    return `open as auth_socket:${meta("user-id")}`;
  },

  "token-forged": refuseForgedToken,

  "user-own": async (_card, connections) => {
    const result = await joinOnce(connections.socket(auth), `user:${meta("user-id")}`);
    if (result.status === "ok") result.channel.leave();
    return expect(result, "ok");
  },

  "user-other": async (_card, connections) => {
    const result = await joinOnce(connections.socket(auth), `user:${Number(meta("user-id")) + 1}`);
    return expect(result, "error", { reason: "unauthorized" });
  },

  "stats-valid": async (_card, connections) => {
    await connections.joined(stats, "valid");
    return "joined, and counted as ok";
  },

  "stats-invalid": async (_card, connections) => {
    const result = await joinOnce(connections.socket(stats), "invalid");
    return `${expect(result, "error")}, and counted as error`;
  },

  "stats-ping": async (_card, connections) => {
    const answer = await ask(await connections.joined(stats, "valid"), "ping");
    return expect(answer, "ok");
  },

  "request-ping": async (_card, connections) => {
    const channel = await connections.joined(main, "ping");
    const arrival = nextEvent(channel, "send_ping");
    await broadcast("ping", "request_ping", {});
    const payload = await within(5000, "send_ping", arrival);
    return `send_ping ${JSON.stringify(payload)}`;
  },

  "recurring-start": startRecurring,

  "recurring-stop": async (_card, connections) => {
    const channel = await connections.joined(auth, "recurring");
    channel.leave();
    return "left: no more tokens";
  },

  dedupe,
  pipeline: pushTen,
  "pipeline-other": pushToAnother,
  slow: (card, connections) => slowWork(card, connections, "slow_ping"),
  parallel: (card, connections) => slowWork(card, connections, "parallel_slow_ping"),
  "come-in": comeIn,
  "another-node": reachAnotherNode,
};

function roundTrip(_card, connections) {
  const socket = connections.socket(main);
  const answer = new Promise((resolve, reject) => {
    const sent = socket.ping((milliseconds) => resolve(`${milliseconds} ms there and back over ${connections.transportName}`));
    if (!sent) reject(new Error("not connected at the moment"));
  });
  return within(15_000, "heartbeat reply", answer);
}

async function ding(_card, connections) {
  const channel = await connections.joined(main, "ping:ding");
  const closed = new Promise((resolve) => channel.onClose(resolve));
  const text = expect(await ask(channel, "ding"), "ok", { msg: "shutting down" });
  await within(5000, "phx_close", closed);
  return `${text}, then phx_close`;
}

async function crashChannel(_card, connections) {
  const channel = await connections.joined(main, "ping:crash");
  const neighbour = await connections.joined(main, "ping");
  const crashed = new Promise((resolve) => channel.onError(resolve));
  channel.push("who_knows", {});
  const reason = await within(5000, "phx_error", crashed);
  expect(await ask(neighbour, "ping"), "ok", { ping: "pong" });
  // The client buffers this until its own rejoin has succeeded.
  expect(await ask(channel, "ping"), "ok", { ping: "pong" });
  return `phx_error ${JSON.stringify(reason)}; the neighbour answered, and so does the rejoined channel`;
}

async function breakConnection(_card, connections) {
  const socket = connections.open(main, {}, "/socket, second");
  let disturbed = false;
  const watch = connections.socket(main).onClose(() => (disturbed = true));
  try {
    await within(10_000, "open", opened(socket));
    const closed = new Promise((resolve) => socket.onClose(resolve));
    socket.conn.send("crash");
    const { code } = await within(30_000, "close", closed);
    await within(10_000, "reopen", nextOpen(socket));
    if (disturbed) throw new Error("the page's main connection was disturbed");
    return `closed with ${code}, open again by itself; the main connection noticed nothing`;
  } finally {
    connections.socket(main).off([watch]);
    socket.disconnect();
  }
}

async function refuseForgedToken(_card, connections) {
  const forged = `${meta("auth-token").slice(0, -6)}forged`;
  const socket = connections.open(auth, { token: forged }, "/auth_socket, forged");
  try {
    const refused = new Promise((resolve, reject) => {
      socket.onError(resolve);
      socket.onOpen(() => reject(new Error("the forged token was accepted")));
    });
    await within(10_000, "refusal", refused);
    return "refused before the connection opened";
  } finally {
    socket.disconnect();
  }
}

async function startRecurring(card, connections) {
  const channel = await connections.joined(auth, "recurring");
  const arrivals = card.slot("arrivals");
  channel.off("new_token");
  const first = new Promise((resolve) => {
    channel.on("new_token", (payload) => {
      const line = document.createElement("li");
      line.textContent = `${new Date().toTimeString().slice(0, 8)}  ${payload.token}`;
      arrivals.prepend(line);
      while (arrivals.childElementCount > 4) arrivals.lastElementChild.remove();
      resolve();
    });
  });
  card.show("pending", "joined; the first token is due within 5 s");
  await within(8000, "new_token", first);
  return "a fresh token arrived; the next follows in 5 s";
}

async function dedupe(card, connections) {
  const numbers = card.field("numbers").split(/[\s,;]+/).filter(Boolean).map(Number);
  if (numbers.length === 0 || !numbers.every(Number.isInteger)) throw new Error("whole numbers, please, with commas");
  const channel = await connections.joined(main, "dupe");
  const missing = new Set(numbers);
  const arrived = [];
  const complete = new Promise((resolve) => {
    channel.off("number");
    channel.on("number", ({ value }) => {
      arrived.push(value);
      missing.delete(value);
      if (missing.size === 0) resolve();
    });
  });
  for (const number of numbers) await broadcast("dupe", "number", { number });
  card.show("pending", `sent ${numbers.length}, waiting for the second to pass`);
  await within(6000, "number", complete);
  return `sent ${numbers.length}, received ${arrived.length}: ${arrived.join(", ")}`;
}

/** Checks a reply and puts it into words; without `response` any will do. */
function expect(answer, status, response) {
  const text = `${answer.status} ${JSON.stringify(answer.response)}`;
  const wanted = response === undefined || sorted(answer.response) === sorted(response);
  if (answer.status === status && wanted) return text;
  throw new Error(`expected ${status}${response === undefined ? "" : ` ${JSON.stringify(response)}`}, got ${text}`);
}

/** JSON text that does not depend on the order of an object's keys, which the wire leaves open. */
function sorted(value) {
  return JSON.stringify(value, value && Object.keys(value).sort());
}

function opened(socket) {
  return socket.isConnected() ? Promise.resolve() : nextOpen(socket);
}

function nextOpen(socket) {
  return new Promise((resolve) => {
    const ref = socket.onOpen(() => {
      socket.off([ref]);
      resolve();
    });
  });
}

function nextEvent(channel, event) {
  return new Promise((resolve) => {
    const ref = channel.on(event, (payload) => {
      channel.off(event, ref);
      resolve(payload);
    });
  });
}
