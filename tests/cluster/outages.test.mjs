// Presence while networks are cut and brokers are away.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { useClients } from "../conformance/harness.mjs";
import { engines } from "./engines.mjs";
import { patient, startCluster, useCluster } from "./nodes.mjs";
import { Guest, agree, party, split } from "./presence.mjs";

for (const engine of engines) {
  describe(engine, () => {
    const cluster = useCluster(engine, ["a", "b", "c"], { wired: true });
    const nodes = () => Object.values(cluster().nodes);

    test(`P045 a broker that is away: each node has its own guests, and then all have all (${engine})`, async () => {
      const topic = "lobby:brokerless";
      const guests = await party(topic, nodes());
      await cluster().broker.kill();
      await apart(topic, nodes(), guests);
      await meanwhile(topic, guests, nodes());
      await cluster().broker.restart();
      await agree(topic, nodes(), guests);
    });

    test(`P045 a broker that hangs for longer than nodes may be silent (${engine})`, async () => {
      const topic = "lobby:hanging";
      const guests = await party(topic, nodes());
      cluster().broker.pause();
      await apart(topic, nodes(), guests);
      await meanwhile(topic, guests, nodes());
      cluster().broker.resume();
      await agree(topic, nodes(), guests);
    });

    for (const [what, happens] of [["cut off", "cut"], ["not heard and hears nothing", "hush"]]) {
      test(`P045 P085 a node that is ${what} for a while (${engine})`, async () => {
        const { a, b, c } = cluster().nodes;
        const topic = `lobby:${happens}`;
        const guests = await party(topic, nodes());
        b.wire[happens]();
        const [inside, outside] = split(guests, b);
        await agree(topic, [b], inside, inside);
        await agree(topic, [a, c], outside, outside);
        await meanwhile(topic, guests, nodes());
        b.wire.heal();
        await agree(topic, nodes(), guests);
      });
    }
  });

  describe(`${engine}, with patience`, () => {
    let cluster;
    useClients();
    afterEach(() => cluster?.stop());

    test(`P085 what changed while the broker was away is made up for, and nobody flickers (${engine})`, async () => {
      cluster = await startCluster(engine, ["a", "b", "c"], patient);
      const nodes = Object.values(cluster.nodes);
      const topic = "lobby:short";
      const guests = await party(topic, nodes);
      const looker = guests[0];
      looker.events.length = 0;
      await cluster.broker.kill();
      await cluster.connected("disconnected");
      const [left] = guests.splice(5, 1);
      await left.leave();
      await guests[3].update("away");
      guests.push(await Guest.enter(nodes[1], "new", topic));
      await cluster.broker.restart();
      await agree(topic, nodes, guests);
      const leaves = looker.events.filter(({ leave }) => leave);
      const gone = leaves.flatMap(({ leave, metas }) => metas.map(({ node, status }) => `${leave} ${node} ${status}`));
      assert.deepEqual(gone.sort(), [left.line, `${guests[3].user} b here`].sort());
    });
  });
}

/** Waits until each node has its own guests and no others. */
async function apart(topic, nodes, guests) {
  for (const node of nodes) {
    const [own] = split(guests, node);
    await agree(topic, [node], own, own);
  }
}

/** On every node somebody comes, somebody leaves, and somebody changes. */
async function meanwhile(topic, guests, nodes) {
  for (const node of nodes) {
    const [[first, second]] = split(guests, node);
    await first.leave();
    guests.splice(guests.indexOf(first), 1);
    await second.update("changed");
    guests.push(await Guest.enter(node, "new", topic));
  }
}
