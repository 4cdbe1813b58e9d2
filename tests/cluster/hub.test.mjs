// The hub between nodes that are processes of their own, and the graph that all of them feed.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../conformance/harness.mjs";
import { engines } from "./engines.mjs";
import { useCluster } from "./nodes.mjs";

for (const engine of engines) {
  describe(engine, () => {
    const cluster = useCluster(engine, ["a", "b"]);

    /** Waits until each of these nodes keeps these values, whoever published them. */
    function keep(nodes, topic, values) {
      return until(async () => {
        const kept = await Promise.all(nodes.map((node) => node.kept(topic)));
        return kept.every((messages) => JSON.stringify(messages.map(({ value }) => value)) === JSON.stringify(values));
      }, `${nodes.map(({ name }) => name)} keep ${values} of ${topic}`, 20_000);
    }

    test(`M007 M009 the requests of all nodes are one graph (${engine})`, async () => {
      const { a, b } = cluster().nodes;
      // Not one request comes to this node itself.
      const own = async () => (await a.graph()).reduce((sum, { requests }) => sum + requests, 0);
      await until(async () => (await a.graph()).at(-1)?.nodes === 2, "the graph has two nodes");
      const before = await own();
      for (let request = 0; request < 200; request++) await b.kept("news.busy");
      await until(async () => (await own()) === before + 200, "the other node's requests are in the graph");
    });

    test(`what one publishes the others keep, and say who it was (${engine})`, async () => {
      const { a, b } = cluster().nodes;
      for (const value of [1, 2, 3, 4]) await a.publish("news.busy", value);
      await keep([a, b], "news.busy", [2, 3, 4]);
      assert.deepEqual(await a.kept("news.busy"), [2, 3, 4].map((value) => ({ value, node: null })));
      assert.deepEqual(await b.kept("news.busy"), [2, 3, 4].map((value) => ({ value, node: "a" })));
    });

    test(`a node that comes later has what was published before (${engine})`, async () => {
      const { a, b } = cluster().nodes;
      await a.publish("news.before", 5);
      await b.publish("news.before", 6);
      await keep([a, b], "news.before", [5, 6]);
      const late = await cluster().add("late");
      await keep([late], "news.before", [5, 6]);
    });

    test(`what was published while the broker was away comes after it (${engine})`, async () => {
      const { a, b } = cluster().nodes;
      await cluster().broker.kill();
      await cluster().connected("disconnected");
      await a.publish("news.away", 7);
      await cluster().broker.restart();
      await keep([a, b], "news.away", [7]);
    });
  });
}
