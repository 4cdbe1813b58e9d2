// Long polls whose requests reach any node (spec §4.8).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LongPoll, collect, join, joined, next, nextEvent, opened, push, until } from "../conformance/harness.mjs";
import { engines } from "./engines.mjs";
import { clientAt, useCluster } from "./nodes.mjs";
import { RoundRobin } from "./proxies.mjs";

for (const engine of engines) {
  describe(engine, () => {
    const cluster = useCluster(engine, ["a", "b", "c"]);
    let balancer;

    before(async () => {
      balancer = await RoundRobin.start(...Object.values(cluster().nodes).map(({ server }) => server.url));
    });
    after(() => balancer?.stop());

    /** A client each of whose requests goes to another node than the one before. */
    function anywhere(user) {
      return clientAt(balancer.socketUrl, user, { transport: LongPoll });
    }

    test(`a session is served by every node: joins, replies, broadcasts (${engine})`, async () => {
      const ann = anywhere("ann");
      const problems = collectProblems(ann);
      const channel = await joined(ann, "room:anywhere");
      const far = await joined(cluster().nodes.c.client("far"), "room:anywhere");
      const heard = collect(channel, "shouted");
      for (let x = 0; x < 12; x++) {
        assert.deepEqual(await push(channel, "shout", { x }), { status: "ok", response: {} });
        await push(far, "shout", { y: x });
      }
      await until(() => heard.length === 24, "all has been heard");
      const each = Array.from({ length: 12 }, (_, x) => x);
      assert.deepEqual(heard.filter(({ x }) => x !== undefined).map(({ x }) => x), each);
      assert.deepEqual(heard.filter(({ y }) => y !== undefined).map(({ y }) => y), each);
      const requests = [...balancer.requests.values()];
      assert.ok(requests.every((number) => number > 3), `requests of each node: ${requests}`);
      assert.deepEqual(problems, []);
    });

    test(`order is kept in both directions while requests go everywhere: 1,000 numbers (${engine})`, async () => {
      const ann = anywhere("ann");
      const problems = collectProblems(ann);
      const channel = await joined(ann, "room:numbers");
      const heard = collect(channel, "numbered");
      // All at once: the client sends them in batches of a hundred, each to another node.
      const answers = Array.from({ length: 250 }, (_, at) => push(channel, "burst", { by: "ann", from: at * 4, count: 4 }));
      for (const { status } of await Promise.all(answers)) assert.equal(status, "ok");
      await until(() => heard.length >= 1_000, "all numbers have been heard");
      assert.deepEqual(heard.map(({ number }) => number), Array.from({ length: 1_000 }, (_, number) => number));
      assert.deepEqual(problems, []);
    });

    test(`a large message goes through another node in both directions (${engine})`, async () => {
      const ann = anywhere("ann");
      const problems = collectProblems(ann);
      const channel = await joined(ann, "room:large");
      const text = "ä".repeat(100_000);
      for (let round = 0; round < 3; round++) {
        const heard = nextEvent(channel, "shouted");
        await push(channel, "shout", { text });
        assert.equal((await heard).text, text);
      }
      assert.deepEqual(problems, []);
    });

    test(`many sessions at once (${engine})`, async () => {
      const sockets = Array.from({ length: 12 }, (_, at) => anywhere(`user-${at}`));
      const problems = sockets.map(collectProblems);
      const channels = await Promise.all(sockets.map((socket) => joined(socket, "room:many")));
      const heard = channels.map((channel) => collect(channel, "shouted"));
      await Promise.all(channels.map((channel, at) => push(channel, "shout", { at })));
      await until(() => heard.every((shouts) => shouts.length === 12), "all have heard all");
      assert.deepEqual(problems.flat(), []);
    });

    test(`a forced disconnect ends a session wherever its requests go (${engine})`, async () => {
      const eve = anywhere("eve");
      await opened(eve);
      const closed = next(eve, "onClose");
      await cluster().nodes.b.disconnect("user:eve");
      await closed;
      await opened(eve);
    });

    test(`sessions outlive a broker that is away, or begin anew (${engine})`, async () => {
      const sockets = Array.from({ length: 6 }, (_, at) => anywhere(`user-${at}`));
      const channels = await Promise.all(sockets.map((socket) => joined(socket, "room:brokerless")));
      await cluster().broker.kill();
      await cluster().connected("disconnected");
      await cluster().broker.restart();
      await cluster().connected();
      await hearAgain(channels, Object.values(cluster().nodes));
      for (const channel of channels) assert.equal((await push(channel, "shout", {})).status, "ok");
    });

    // The last tests: they end nodes.
    test(`a node that is told to end takes no session of another with it (${engine})`, async () => {
      const { a, b, c } = cluster().nodes;
      const clients = [];
      for (let at = 0; at < 9; at++) {
        const socket = anywhere(`user-${at}`);
        const { channel, response } = await join(socket, "room:left");
        clients.push({ channel, node: response.node, problems: collectProblems(socket) });
      }
      const others = clients.filter(({ node }) => node !== "c");
      assert.ok(others.length > 0 && others.length < clients.length, "sessions are on several nodes");
      balancer.drop(c.server.url);
      await c.server.stop();
      await hearAgain(clients.map(({ channel }) => channel), [a, b]);
      assert.deepEqual(others.flatMap(({ problems }) => problems), []);
    });

    test(`the sessions of a node that is killed are gone, and their clients begin anew elsewhere (${engine})`, async () => {
      const { a, b } = cluster().nodes;
      const sockets = Array.from({ length: 9 }, (_, at) => anywhere(`user-${at}`));
      const channels = await Promise.all(sockets.map((socket) => joined(socket, "room:survivors")));
      balancer.drop(b.server.url);
      await b.server.kill();
      await hearAgain(channels, [a]);
      for (const channel of channels) assert.equal((await push(channel, "shout", {})).status, "ok");
    });
  });
}

/** What a client must not suffer: closes and errors. */
function collectProblems(socket) {
  const problems = [];
  socket.onClose((event) => problems.push({ close: event.code, reason: event.reason }));
  socket.onError((error) => problems.push({ error }));
  return problems;
}

/** Waits until all channels, which are in one room, hear what nodes say there in turn. */
async function hearAgain(channels, nodes) {
  const heard = channels.map((channel) => collect(channel, "probe"));
  let said = 0;
  await until(async () => {
    await nodes[said++ % nodes.length].broadcast(channels[0].topic, "probe", {});
    return heard.every((probes) => probes.length > 0);
  }, "all hear again", 30_000);
}
