// Broadcasts between nodes that are processes of their own (spec §7.1).
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { collect, join, joined, next, nextEvent, opened, push, transports, until } from "../conformance/harness.mjs";
import { engines } from "./engines.mjs";
import { useCluster } from "./nodes.mjs";

/** Broadcasts of a burst that one push asks for. */
const portion = 250;

for (const engine of engines) {
  describe(engine, () => {
    const cluster = useCluster(engine, ["a", "b", "c"]);

    for (const [name, transport] of transports) {
      /** A client on each of two nodes, in one room. */
      async function pair(topic) {
        const { a, b } = cluster().nodes;
        const [ann, ben] = [a.client("ann", { transport }), b.client("ben", { transport })];
        return Promise.all([joined(ann, topic), joined(ben, topic)]);
      }

      test(`H21 C224 a broadcast from a node without clients reaches those of others (${engine}, ${name})`, async () => {
        const channels = await pair(`room:far-${name}`);
        const heard = channels.map((channel) => nextEvent(channel, "said"));
        const { reached } = await cluster().nodes.c.broadcast(`room:far-${name}`, "said", { x: 1 });
        assert.equal(reached, 0);
        for (const payload of await Promise.all(heard)) assert.deepEqual(payload, { x: 1 });
      });

      test(`H21 an intercepted event is handled on the node of each client (${engine}, ${name})`, async () => {
        const [ann, ben] = await pair(`room:marked-${name}`);
        const heard = [nextEvent(ann, "marked"), nextEvent(ben, "marked")];
        await push(ann, "mark", { x: 1 });
        assert.deepEqual(await Promise.all(heard), [
          { said: { x: 1 }, node: "a" },
          { said: { x: 1 }, node: "b" },
        ]);
      });

      test(`C218 what is said to the others reaches them on all nodes (${engine}, ${name})`, async () => {
        const [ann, ben] = await pair(`room:others-${name}`);
        const [ownEars, others] = [collect(ann, "shouted"), collect(ben, "shouted")];
        await push(ann, "others", { x: 1 });
        await push(ann, "shout", { x: 2 });
        await until(() => ownEars.length === 1 && others.length === 2, "both have heard");
        assert.deepEqual(ownEars, [{ x: 2 }]);
        assert.deepEqual(others, [{ x: 1 }, { x: 2 }]);
      });

      test(`binary payloads travel between nodes (${engine}, ${name})`, async () => {
        const { a, b } = cluster().nodes;
        // Long polls send bytes and are not sent any (spec §4.7).
        const ann = await joined(a.client("ann", { transport }), `room:bytes-${name}`);
        const ben = await joined(b.client("ben"), `room:bytes-${name}`);
        const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at * 7);
        const heard = nextEvent(ben, "bytes");
        await push(ann, "bytes", bytes.buffer);
        assert.deepEqual(new Uint8Array(await heard), bytes);
      });

      test(`a deferred reply is given when another node says so (${engine}, ${name})`, async () => {
        const [ann, ben] = await pair(`room:deferred-${name}`);
        const answered = push(ann, "wait");
        // The push after it is answered after it was taken: so the question waits.
        await push(ann, "shout", {});
        await push(ben, "answer", { x: 1 });
        assert.deepEqual(await answered, { status: "ok", response: { x: 1 } });
      });
    }

    test(`C016 a forced disconnect reaches the connections of all nodes, and no others (${engine})`, async () => {
      const { a, b, c } = cluster().nodes;
      const gone = [a.client("eve"), b.client("eve")];
      const stays = b.client("ben");
      await Promise.all([...gone, stays].map(opened));
      const channel = await joined(stays, "room:stays");
      const closed = gone.map((socket) => next(socket, "onClose"));
      await c.disconnect("user:eve");
      for (const { code } of await Promise.all(closed)) assert.equal(code, 1001);
      const { status } = await push(channel, "shout", {});
      assert.equal(status, "ok");
      assert.equal(stays.isConnected(), true);
    });

    for (const [name, transport, count] of [[...transports[0], 10_000], [...transports[1], 1_000]]) {
      test(`C224 each publisher's broadcasts on a topic arrive in order: a burst of ${count} (${engine}, ${name})`, async () => {
        const topic = `room:burst-${name}`;
        const nodes = Object.values(cluster().nodes);
        const listeners = await Promise.all(
          nodes.map((node) => joined(node.client("ear", { transport }), topic)),
        );
        const heard = listeners.map((listener) => collect(listener, "numbered"));
        const gaps = await Promise.all(nodes.map((node) => node.gaps()));
        const speakers = await Promise.all(nodes.slice(0, 2).map((node) => joined(node.client(node.name), topic)));
        await Promise.all(speakers.map((speaker, at) => burst(speaker, nodes[at].name, count / 2)));
        await until(() => heard.every((numbers) => numbers.length >= count), "all numbers have been heard");
        for (const numbers of heard) {
          for (const { name } of nodes.slice(0, 2)) {
            const own = numbers.filter(({ by }) => by === name).map(({ number }) => number);
            assert.deepEqual(own, Array.from({ length: count / 2 }, (_, number) => number));
          }
        }
        assert.deepEqual(await Promise.all(nodes.map((node) => node.gaps())), gaps);
      });
    }

    test(`a join says on which node it is (${engine})`, async () => {
      const { response } = await join(cluster().nodes.b.client("ben"), "room:where");
      assert.deepEqual(response, { node: "b" });
    });
  });
}

/** Has a channel broadcast the numbers up to `count`. */
async function burst(channel, by, count) {
  for (let from = 0; from < count; from += portion) {
    const { status } = await push(channel, "burst", { by, from, count: portion });
    assert.equal(status, "ok");
  }
}
