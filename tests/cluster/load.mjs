// A steady load: clients that say numbers, and what each of them has heard of whom.
import assert from "node:assert/strict";
import { joined, until } from "../conformance/harness.mjs";

/** Milliseconds between two numbers of one client. */
const interval = 400;

/** Clients in rooms, each of which says 0, 1, 2… at a steady rate to all in its room. */
export class Load {
  /** What no client must suffer: `{user, close}` and `{user, error}`. */
  problems = [];
  #timers;

  /** `clients` are `{user, node, socket}`; two in a row are in the same room. */
  static async start(clients, rooms) {
    const load = new Load();
    load.speakers = await Promise.all(clients.map((client, at) => load.#enter(client, Math.floor(at / 2) % rooms)));
    load.#timers = load.speakers.map((speaker) => setInterval(() => speaker.say(), interval));
    return load;
  }

  /** Nobody says anything any more. */
  stop() {
    this.#timers.forEach(clearInterval);
  }

  /** Waits until everybody has heard something said from now on by those of its room for whom `who(listener, speaker)`. */
  async flows(who, what) {
    const marks = new Map(this.speakers.map((speaker) => [speaker, speaker.said]));
    const heard = this.#pairs(who);
    await until(() => heard.every(([listener, speaker]) => listener.last(speaker) >= marks.get(speaker)), what);
    return marks;
  }

  /** Waits until everybody has heard the last number of everybody in the room. */
  settled() {
    const heard = this.#pairs(() => true);
    return until(() => heard.every(([listener, speaker]) => listener.last(speaker) === speaker.said - 1), "all is heard");
  }

  /** Nothing was heard twice or after what was said later; and nothing was missed, but of what `mayMiss(listener, speaker, number)`. */
  assertOrder(mayMiss = () => false) {
    for (const [listener, speaker] of this.#pairs(() => true)) {
      let expected = 0;
      for (const number of [...listener.heard.get(speaker.user), speaker.said]) {
        assert.ok(number >= expected, `${listener.user} heard ${number} of ${speaker.user} after ${expected - 1}`);
        for (; expected < number; expected++) {
          const what = `${listener.user} on ${listener.node} missed ${expected} of ${speaker.user} on ${speaker.node}`;
          assert.ok(mayMiss(listener, speaker, expected), what);
        }
        expected = number + 1;
      }
    }
  }

  async #enter({ user, node, socket }, number) {
    const room = `room:load-${number}`;
    const heard = new Map();
    const speaker = { user, node, room, heard, said: 0, last: ({ user }) => heard.get(user)?.at(-1) ?? -1 };
    const channel = await joined(socket, room);
    channel.on("shouted", ({ user, number }) => heard.set(user, [...(heard.get(user) ?? []), number]));
    channel.onError((error) => this.problems.push({ user, error }));
    socket.onClose(({ code }) => this.problems.push({ user, close: code }));
    speaker.say = () => channel.push("shout", { user, number: speaker.said++ });
    return speaker;
  }

  /** Everybody with everybody in the same room. */
  #pairs(who) {
    const pairs = this.speakers.flatMap((listener) => this.speakers.map((speaker) => [listener, speaker]));
    return pairs.filter(([listener, speaker]) => listener.room === speaker.room && who(listener, speaker));
  }
}
