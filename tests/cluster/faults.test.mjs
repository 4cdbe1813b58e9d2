// Brokers that are away, nodes that are named wrongly, and strangers at the broker.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { collect, joined, nextEvent, push, until, useClients } from "../conformance/harness.mjs";
import { Broker, engines } from "./engines.mjs";
import { Load } from "./load.mjs";
import { Cluster, patient, useCluster } from "./nodes.mjs";
import { Guest, agree } from "./presence.mjs";

const clients = 100;
const rooms = 10;

for (const engine of engines) {
  describe(engine, () => {
    const cluster = useCluster(engine, ["a", "b", "c"], patient);

    test(`a broker restarted under load: local delivery goes on, gaps are said, and all is as before (${engine})`, async () => {
      const { broker, nodes } = cluster();
      const pair = [nodes.a, nodes.b];
      const sockets = Array.from({ length: clients }, (_, at) => {
        const node = pair[at % 2];
        return { user: `user-${at}`, node: node.name, socket: node.client(`user-${at}`) };
      });
      const load = await Load.start(sockets, rooms);
      const isLocal = (listener, speaker) => listener.node === speaker.node;
      try {
        const before = await load.flows(() => true, "everybody hears everybody");
        await broker.kill();
        await until(async () => (await Promise.all(pair.map((node) => node.health()))).every(isDown), "the nodes notice");
        await load.flows(isLocal, "those on the same node hear each other meanwhile");
        await broker.restart();
        await cluster().connected();
        const since = await load.flows(() => true, "everybody hears everybody again");
        await load.flows(() => true, "and goes on to");
        load.stop();
        await load.settled();
        assert.deepEqual(load.problems, []);
        load.assertOrder((listener, speaker, number) => {
          const isMeanwhile = number >= before.get(speaker) && number < since.get(speaker);
          return !isLocal(listener, speaker) && isMeanwhile;
        });
        for (const node of pair) {
          const { inward, outward } = await node.gaps();
          assert.ok(inward > 0 && outward > 0, `${node.name} has seen ${inward} and ${outward} gaps`);
        }
      } finally {
        load.stop();
      }
    });

    test(`a broker that hangs and goes on: nothing local waits, nothing breaks (${engine})`, async () => {
      const { broker, nodes } = cluster();
      const near = await Promise.all(["ann", "eve"].map((user) => joined(nodes.a.client(user), "room:hangs")));
      const far = await joined(nodes.b.client("ben"), "room:hangs");
      broker.pause();
      for (let x = 0; x < 20; x++) {
        const heard = nextEvent(near[1], "shouted");
        await push(near[0], "shout", { x });
        assert.deepEqual(await heard, { x });
      }
      // A join does not wait for a broker that does not answer.
      const late = await joined(nodes.a.client("joe"), "room:hangs-too");
      broker.resume();
      await eventually(far, nodes.a, "room:hangs");
      await eventually(late, nodes.b, "room:hangs-too");
    });

    test(`garbage on the broker's subjects is logged once, counted, and survived (${engine})`, async () => {
      const { broker, nodes } = cluster();
      const [ann, ben] = await Promise.all([nodes.a, nodes.b].map((node) => joined(node.client("ann"), "room:garbage")));
      const subjects = (await broker.subjects()).filter((subject) => subject.endsWith("room:garbage"));
      assert.equal(subjects.length, 1);
      for (const message of garbage) await broker.publish(subjects[0], message);
      for (const node of [nodes.a, nodes.b]) {
        await until(async () => (await unreadable(node)) >= garbage.length, "it is counted");
        assert.equal(await unreadable(node), garbage.length);
        assert.equal(node.logged("cannot be read").length, 1);
      }
      assert.equal(await unreadable(nodes.c), 0);
      const heard = nextEvent(ben, "shouted");
      await push(ann, "shout", { x: 1 });
      assert.deepEqual(await heard, { x: 1 });
    });

    test(`garbage on every subject that nodes listen on is survived (${engine})`, async () => {
      const { broker, nodes } = cluster();
      const [ann, ben] = await Promise.all([nodes.a, nodes.b].map((node) => joined(node.client("ann"), "room:everywhere")));
      for (const subject of await broker.subjects()) {
        for (const message of [...garbage, ...forged]) await broker.publish(subject, message);
      }
      const heard = nextEvent(ben, "shouted");
      await push(ann, "shout", { x: 1 });
      assert.deepEqual(await heard, { x: 1 });
      for (const node of Object.values(nodes)) assert.deepEqual(node.logged("panicked"), []);
    });

    test(`a node whose clients are not in a room hears nothing of it (${engine})`, async () => {
      const { nodes } = cluster();
      const [ann, ben] = await Promise.all([nodes.a, nodes.b].map((node) => joined(node.client("ann"), "room:quiet")));
      await joined(nodes.c.client("eve"), "room:elsewhere");
      const numbers = collect(ben, "numbered");
      const [there, elsewhere] = await incoming([nodes.b, nodes.c], async () => {
        await push(ann, "burst", { by: "ann", from: 0, count: 1_000 });
        await until(() => numbers.length === 1_000, "the other node has heard them");
      });
      assert.ok(there >= 1_000, `a node with a client in the room was told ${there} messages`);
      // What presence says to everybody is a few a second.
      assert.ok(elsewhere < 200, `a node without one was told ${elsewhere} messages`);
      // One whose client has left is told no more.
      await new Promise((resolve) => ben.leave().receive("ok", resolve));
      await until(async () => {
        const [told] = await incoming([nodes.b], () => push(ann, "burst", { by: "ann", from: 0, count: 250 }));
        return told < 100;
      }, "the node listens no more");
    });

    // The last one: it starts a node that disturbs.
    test(`P086 two nodes of one name: said once, and the others go on (${engine})`, async () => {
      const { a, b, c } = cluster().nodes;
      const lobby = "lobby:twins";
      const enter = (node, user) => Guest.enter(node, user, lobby);
      const [ann, ben, cat] = await Promise.all([enter(a, "ann"), enter(b, "ben"), enter(c, "cat")]);
      await agree(lobby, [a, b, c], [ann, ben, cat]);
      const twin = await cluster().add("b");
      await cluster().connected();
      const sockets = [a, b, c, twin].map((node) => node.client("ann"));
      const [ofA, ofB, ofC, ofTwin] = await Promise.all(sockets.map((socket) => joined(socket, "room:twins")));
      for (const [speaker, listener] of [[ofA, ofC], [ofC, ofA], [ofA, ofTwin], [ofTwin, ofA], [ofA, ofB], [ofB, ofA]]) {
        const heard = nextEvent(listener, "shouted");
        await push(speaker, "shout", { x: 1 });
        assert.deepEqual(await heard, { x: 1 });
      }
      // Presence believes the younger, and does not waver.
      const joe = await enter(twin, "joe");
      await agree(lobby, [a, c], [ann, cat, joe], [ann, cat]);
      await until(async () => (await namesakes(b)) > 5 && (await namesakes(twin)) > 5, "both hear each other");
      await agree(lobby, [a, c], [ann, cat, joe], [ann, cat]);
      for (const { events } of [ann, cat]) assert.deepEqual(events.map(({ leave }) => leave).filter(Boolean), ["ben"]);
      for (const node of [b, twin]) assert.equal(node.logged("another node has the name").length, 1);
      for (const node of [a, c]) assert.deepEqual(node.logged("another node has the name"), []);
      await twin.server.stop();
      await agree(lobby, [a, b, c], [ann, ben, cat]);
    });
  });

  describe(`${engine}, away at first`, () => {
    let cluster;
    useClients();
    afterEach(() => cluster?.stop());

    test(`nodes serve their clients without a broker, say so, and join when it comes (${engine})`, async () => {
      cluster = new Cluster(await Broker.reserve(engine));
      const [a, b] = await Promise.all(["a", "b"].map((name) => cluster.add(name)));
      const [ann, eve] = await Promise.all(["ann", "eve"].map((user) => joined(a.client(user), "room:early")));
      const far = await joined(b.client("ben"), "room:early");
      const heard = nextEvent(eve, "shouted");
      await push(ann, "shout", { x: 1 });
      assert.deepEqual(await heard, { x: 1 });
      const health = await until(async () => {
        const health = await a.health();
        return health.error && health;
      }, "the node knows why");
      assert.equal(health.cluster, "connecting");
      await cluster.broker.restart();
      await cluster.connected();
      const said = collect(far, "shouted");
      await push(ann, "shout", { x: 2 });
      await until(() => said.length > 0, "those who were there before the broker hear of each other");
      assert.deepEqual(said, [{ x: 2 }]);
      assert.equal((await a.health()).error, null);
    });
  });
}

function isDown({ cluster, error }) {
  return cluster === "disconnected" && error.length > 0;
}

/** Waits until what a node says is heard on a channel: at most once is not always. */
async function eventually(channel, node, topic) {
  const heard = collect(channel, "probe");
  await until(async () => {
    await node.broadcast(topic, "probe", {});
    return heard.length > 0;
  }, `${channel.topic} is heard again`);
}

/** How often a node has heard another of its name. */
function namesakes(node) {
  return node.metric("firecrest_cluster_namesakes_total");
}

/** How many messages a node could not read. */
function unreadable(node) {
  return node.metric("firecrest_cluster_unreadable_total");
}

/** How many messages came to nodes while something happened. */
async function incoming(nodes, happening) {
  const count = () => Promise.all(nodes.map((node) => node.metric("firecrest_cluster_messages_in_total")));
  const before = await count();
  await happening();
  return (await count()).map((messages, at) => messages - before[at]);
}

const life = Buffer.alloc(16, 7);

/** What cannot be read: nothing, text, noise, another version, unknown kinds, lengths that lie, JSON that is none. */
const garbage = [
  Buffer.alloc(0),
  Buffer.from("hello"),
  Buffer.from(Array.from({ length: 1_000 }, (_, at) => (at * 131) % 256)),
  Buffer.alloc(300_000, 1),
  Buffer.concat([Buffer.from([2, 0]), life]),
  Buffer.concat([Buffer.from([1, 9]), life, Buffer.from([1]), Buffer.from("x")]),
  Buffer.concat([Buffer.from([1, 0]), life, Buffer.from([200]), Buffer.from("x")]),
  Buffer.concat([Buffer.from([1, 0]), life, Buffer.from([1, 120, 0, 1, 116, 0, 1, 116, 0, 1, 101]), Buffer.from("{nonsense")]),
];

/** What can be read, from a stranger, to presence, and is nonsense there. */
const forged = ["", "x", "\x01\x02\x03\x04", "\xff".repeat(500)].map((body) =>
  Buffer.concat([
    Buffer.from([1, 2]),
    life,
    Buffer.from([8, ...Buffer.from("stranger"), 8, ...Buffer.from("presence")]),
    Buffer.from(body, "latin1"),
  ]),
);
