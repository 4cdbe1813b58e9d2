// Who is where, as clients and nodes have it, in a form that can be compared.
import assert from "node:assert/strict";
import { Presence, push, soon, until } from "../conformance/harness.mjs";

/** Milliseconds that everybody may take to agree: engines wait for five seconds between two attempts to connect, at most. */
const agreement = 20_000;

/** A client in a lobby, with the official client's own idea of who is there. */
export class Guest {
  status = "here";
  /** What that idea was told, in order: `{join, metas}`, `{leave, metas}`, and whether the key was gone then. */
  events = [];

  /** Enters `topic` on `node`, or on whichever node `socket` reaches. Listens before it joins, as pages do. */
  static async enter(node, user, topic, socket = node.client(user)) {
    const guest = new Guest();
    const channel = socket.channel(topic, {});
    Object.assign(guest, { node, user, topic, socket, channel, presence: new Presence(channel) });
    guest.presence.onJoin((join, _, { metas }) => guest.events.push({ join, metas }));
    guest.presence.onLeave((leave, { metas: left }, { metas }) => {
      guest.events.push({ leave, metas, isGone: left.length === 0 });
    });
    const answer = new Promise((resolve, reject) => {
      channel.join().receive("ok", resolve).receive("error", (reason) => reject(new Error(JSON.stringify(reason))));
    });
    await soon(answer, `${user} enters ${topic}`);
    return guest;
  }

  /** What this guest adds to a lobby; `node` is where it is, unless that is open. */
  get line() {
    return `${this.user} ${this.node?.name ?? "?"} ${this.status}`;
  }

  /** Who is there, as this client has it. */
  list() {
    return metas(this.presence.state);
  }

  async update(status) {
    await this.#ask("update", { status });
    this.status = status;
  }

  untrack() {
    return this.#ask("untrack", {});
  }

  track() {
    this.status = "here";
    return this.#ask("track", {});
  }

  leave() {
    return soon(new Promise((resolve) => this.channel.leave().receive("ok", resolve)), `${this.user} leaves`);
  }

  async #ask(event, payload) {
    const { status, response } = await push(this.channel, event, payload);
    assert.equal(status, "ok", `${event}: ${JSON.stringify(response)}`);
  }
}

/** Two guests on each node, who agree on each other. */
export async function party(topic, nodes) {
  const guests = nodes.flatMap((node) => ["one", "two"].map((user) => Guest.enter(node, user, topic)));
  const party = await Promise.all(guests);
  await agree(topic, nodes, party);
  return party;
}

/** Those on a node, and the others. */
export function split(guests, node) {
  return [guests.filter((guest) => guest.node === node), guests.filter((guest) => guest.node !== node)];
}

/** Metas by key, as a list. */
function metas(presences) {
  return Object.entries(presences).flatMap(([key, { metas }]) => metas.map((meta) => ({ key, ...meta })));
}

/** As a text that is the same for the same presences: without refs. */
function lines(metas, places) {
  return metas.map(({ key, node, status }) => `${key} ${places ? node : "?"} ${status}`).sort();
}

/**
 * Waits until every node and every client that looks on has exactly these guests in a lobby, each once, all under the same refs.
 * `places: false` leaves open on which node somebody is.
 */
export async function agree(topic, nodes, guests, lookers = guests, { places = true, ms = agreement } = {}) {
  const expected = guests.map(({ line }) => line).sort();
  let differing;
  const look = async () => {
    const shown = await Promise.all(nodes.map(async (node) => [`node ${node.name}`, metas(await node.presence(topic))]));
    shown.push(...lookers.map((guest) => [`client ${guest.line}`, guest.list()]));
    differing = shown.find(([, list]) => String(lines(list, places)) !== String(expected));
    if (differing) return false;
    const refs = shown.map(([who, list]) => [who, String(list.map(({ phx_ref }) => phx_ref).sort())]);
    differing = refs.find(([, list]) => list !== refs[0][1]);
    return !differing;
  };
  try {
    await until(look, `all agree on ${topic}`, ms);
  } catch (problem) {
    const [who, list] = differing;
    const shown = Array.isArray(list) ? lines(list, places) : list;
    problem.message += `\n${who} has\n  ${[shown].flat().join("\n  ")}\nexpected\n  ${expected.join("\n  ")}`;
    throw problem;
  }
}
