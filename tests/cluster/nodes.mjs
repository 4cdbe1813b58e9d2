// Nodes of a cluster: one process each, all at one broker, or each behind a wire of its own.
import { after, before } from "node:test";
import { client, until, useClients } from "../conformance/harness.mjs";
import { freshSecret, programs, startServer } from "../conformance/server.mjs";
import { Broker } from "./engines.mjs";
import { Wire } from "./proxies.mjs";

/** Presence at a test's pace, in milliseconds; what production has is tested elsewhere. */
export const pace = { broadcast: 100, heartbeat: 300, down: 1_500, diff: 100 };

/** So long a silence that nobody counts as down within a test, not even on a busy machine: who is gone has said so. */
export const patient = { down: 600_000 };

/** A node: its process, and what it says of itself. */
export class Node {
  constructor(name, server) {
    this.name = name;
    this.server = server;
  }

  /** Starts one that looks for its broker at `url`; `more` is what its presence has of another pace. */
  static async start(name, url, secret, { handoff = false, ...more }) {
    const paces = Object.entries({ ...pace, ...more }).flatMap(([name, ms]) => [`--${name}-ms`, String(ms)]);
    const args = ["--node", name, "--cluster", url, ...paces, ...(handoff ? ["--handoff"] : [])];
    return new Node(name, await startServer({ ...programs.clusterNode, args }, secret));
  }

  /** A client of this node that comes back quickly, and whom the test calls `user`. */
  client(user, options = {}) {
    return clientAt(this.server.socketUrl(""), user, options);
  }

  /** `{node, cluster, error, connections}`. */
  health() {
    return this.#get("/health");
  }

  /** How many gaps it has seen: `{inward, outward, others}`. */
  gaps() {
    return this.#get("/gaps");
  }

  /** Who is present on a topic, as this node has it. */
  presence(topic) {
    return this.#get(`/presence/${topic}`);
  }

  /** How many are present on a topic: `{keys, connections}`. */
  count(topic) {
    return this.#get(`/count/${topic}`);
  }

  /** Broadcasts from this node. */
  broadcast(topic, event, payload) {
    return this.#post("/broadcast", { topic, event, payload });
  }

  /** Disconnects whoever has this id, on all nodes. */
  disconnect(id) {
    return this.#post("/disconnect", { id });
  }

  /** What the hub of this node keeps of a topic, oldest first: `[{value, node}]`. */
  kept(topic) {
    return this.#get(`/hub/${topic}`);
  }

  /** Publishes a value on the hub of this node. */
  publish(topic, value) {
    return this.#post(`/hub/${topic}`, value);
  }

  /** The graph of requests, as this node has it; asking for it is no request of the graph. */
  graph() {
    return this.#get("/graph");
  }

  /** The sum of a counter over all its labels. */
  async metric(name) {
    const text = await (await fetch(`${this.server.url}/metrics`)).text();
    const values = text.split("\n").filter((line) => line.match(/^\w+/)?.[0] === name).map((line) => Number(line.split(" ").at(-1)));
    return values.reduce((sum, value) => sum + value, 0);
  }

  /** The lines of its log that contain a text. */
  logged(text) {
    return this.server.log.split("\n").filter((line) => line.includes(text));
  }

  async #get(path) {
    const answer = await fetch(this.server.url + path);
    if (!answer.ok) throw new Error(`GET ${path} of ${this.name} answered ${answer.status}`);
    return answer.json();
  }

  async #post(path, content) {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(this.server.url + path, { method: "POST", headers, body: JSON.stringify(content) });
    if (!answer.ok) throw new Error(`POST ${path} of ${this.name} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}

/** A client that comes back quickly. */
export function clientAt(origin, user, options = {}) {
  const quickly = () => 50;
  return client("/socket", { origin, params: { user }, reconnectAfterMs: quickly, rejoinAfterMs: quickly, ...options });
}

/** A broker and the nodes at it. */
export class Cluster {
  #secret = freshSecret();
  #wires = [];
  #all = [];
  nodes = {};

  constructor(broker) {
    this.broker = broker;
  }

  /** Starts a node; behind a wire of its own when `wired`. Of several with one name `nodes` has the last. */
  async add(name, { wired = false, ...options } = {}) {
    let port = this.broker.port;
    let wire;
    if (wired) {
      wire = await Wire.start(port);
      this.#wires.push(wire);
      port = wire.port;
    }
    const node = await Node.start(name, this.broker.url(port), this.#secret, options);
    node.wire = wire;
    this.#all.push(node);
    this.nodes[name] = node;
    return node;
  }

  /** Waits until all nodes that run say that they reach the broker, or what else they are to say. */
  async connected(cluster = "connected") {
    await until(async () => {
      const healths = await Promise.all(this.#all.map((node) => node.health()));
      return healths.every((health) => health.cluster === cluster);
    }, `all nodes are ${cluster}`, 20_000);
  }

  async stop() {
    await Promise.all(this.#all.map((node) => node.server.stop()));
    await Promise.all(this.#wires.map((wire) => wire.stop()));
    await this.broker.stop();
  }
}

/** A cluster with nodes of these names, connected. */
export async function startCluster(engine, names, options = {}) {
  const cluster = new Cluster(await Broker.start(engine));
  try {
    const nodes = await Promise.all(names.map((name) => cluster.add(name, options)));
    // In this order, whichever was the first to be ready.
    cluster.nodes = Object.fromEntries(nodes.map((node) => [node.name, node]));
    await cluster.connected();
    return cluster;
  } catch (problem) {
    await cluster.stop();
    throw problem;
  }
}

/** Gives the suite around it a cluster, as {@link startCluster} starts it. The function returned is that cluster, inside tests. */
export function useCluster(engine, names, options) {
  let cluster;
  before(async () => {
    cluster = await startCluster(engine, names, options);
  });
  useClients();
  after(() => cluster?.stop());
  return () => cluster;
}
