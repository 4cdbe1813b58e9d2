// Presence while nodes end and begin.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { collect, joined, until, useClients } from "../conformance/harness.mjs";
import { engines } from "./engines.mjs";
import { clientAt, pace, patient, startCluster, useCluster } from "./nodes.mjs";
import { Guest, agree, party, split } from "./presence.mjs";
import { Wire } from "./proxies.mjs";

for (const engine of engines) {
  describe(engine, () => {
    const cluster = useCluster(engine, ["a", "b", "c"]);
    const nodes = () => Object.values(cluster().nodes);

    test(`P040 P046 C229 the guests of a killed node are gone when it counts as down, and not before (${engine})`, async () => {
      const { a, b, c } = cluster().nodes;
      const topic = "lobby:killed";
      const guests = await party(topic, nodes());
      const [gone, left] = split(guests, b);
      const counts = collect(await joined(a.client("fan"), "crowd:killed"), "presence_count");
      const fan = await joined(b.client("fan"), "crowd:killed");
      await joined(c.client("fan"), "crowd:killed");
      await until(() => counts.at(-1)?.count === 3, "the crowd is counted");
      const killed = performance.now();
      await b.server.kill();
      for (const { socket } of [...gone, fan]) socket.disconnect();
      await until(async () => size(await a.presence(topic)) < 6, "somebody is gone");
      const after = performance.now() - killed;
      // The last sign of life may be a heartbeat old, and a busy machine late.
      assert.ok(after > pace.down / 2, `already after ${after} ms`);
      await agree(topic, [a, c], left);
      await until(() => counts.at(-1).count === 2, "the crowd is counted without them");
      await b.server.restart();
      await cluster().connected();
      await agree(topic, nodes(), left);
    });
  });

  describe(`${engine}, with patience`, () => {
    let cluster;
    useClients();
    afterEach(() => cluster?.stop());

    async function start(options) {
      cluster = await startCluster(engine, ["a", "b", "c"], { ...patient, ...options });
      return Object.values(cluster.nodes);
    }

    test(`P044 C229 a node that is back under its name has only its new guests (${engine})`, async () => {
      const [a, b, c] = await start();
      const topic = "lobby:restarted";
      const guests = await party(topic, [a, b, c]);
      const [, left] = split(guests, b);
      const refs = (list) => list.filter(({ node }) => node === "b").map(({ phx_ref }) => phx_ref);
      const before = refs(left[0].list());
      await b.server.kill();
      await b.server.restart();
      // The clients come back to it by themselves, under new refs.
      const isNew = (guest) => refs(guest.list()).length === 2 && !refs(guest.list()).some((ref) => before.includes(ref));
      await until(() => guests.every(isNew), "the new are there, and not the old", 20_000);
      await agree(topic, [a, b, c], guests);
    });

    test(`P056 the guests of a node that is told to end are gone at once (${engine})`, async () => {
      const [a, b, c] = await start();
      const topic = "lobby:ended";
      const guests = await Promise.all([a, b, b, c].map((node) => Guest.enter(node, "ann", topic)));
      await agree(topic, [a, b, c], guests);
      const [gone, left] = split(guests, b);
      gone.forEach(({ socket }) => socket.onClose(() => socket.disconnect()));
      await b.server.stop();
      await agree(topic, [a, c], left);
    });

    test(`who comes back elsewhere after a handoff was never away (${engine})`, async () => {
      const [a, b, c] = await start({ handoff: true });
      const topic = "lobby:handed";
      const ann = await Guest.enter(a, "ann", topic);
      const wire = await Wire.start(port(b), port(c));
      try {
        // It comes back later than others would be told that it has left.
        const ben = clientAt(`ws://127.0.0.1:${wire.port}`, "ben", { reconnectAfterMs: () => 5 * pace.diff });
        await agree(topic, [a, b, c], [ann, await Guest.enter(b, "ben", topic, ben)]);
        await b.server.stop();
        await until(() => ann.list().some(({ key, node }) => key === "ben" && node === "c"), "it is back elsewhere");
        assert.deepEqual(ann.events.filter(({ isGone }) => isGone), []);
        // Until the node counts as down, which takes long here, both are shown.
        assert.equal((await a.presence(topic)).ben.metas.length, 2);
      } finally {
        await wire.stop();
      }
    });

    test(`a node killed under load: its clients come back elsewhere, and presence is right (${engine})`, async () => {
      const [a, b, c] = await start({ down: pace.down });
      const topic = "lobby:crowded";
      const wire = await Wire.start(port(a), port(b), port(c));
      try {
        const enter = (_, at) => Guest.enter(undefined, `user-${at}`, topic, clientAt(`ws://127.0.0.1:${wire.port}`, `user-${at}`));
        const guests = await Promise.all(Array.from({ length: 60 }, enter));
        await agree(topic, [a, b, c], guests, guests, { places: false });
        // They keep changing.
        let round = 0;
        const busy = setInterval(() => guests[round++ % 60].channel.push("update", { status: "here" }), 10);
        await b.server.kill();
        await until(async () => (await a.health()).connections + (await c.health()).connections === 60, "all are back");
        clearInterval(busy);
        await agree(topic, [a, c], guests, guests, { places: false });
      } finally {
        await wire.stop();
      }
    });
  });
}

function size(presences) {
  return Object.values(presences).reduce((sum, { metas }) => sum + metas.length, 0);
}

function port(node) {
  return Number(new URL(node.server.url).port);
}
