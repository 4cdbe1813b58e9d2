// What stands between clients, nodes and brokers: a wire that can be cut, and a balancer of HTTP requests.
import { once } from "node:events";
import { Agent, createServer as createHttpServer, request as httpRequest } from "node:http";
import { connect, createServer } from "node:net";

/** Carries TCP connections to the first of its targets that accepts, each beginning with another; can be cut. */
export class Wire {
  #server;
  #targets;
  #turn = 0;
  #pairs = new Set();
  #isCut = false;
  #isHushed = false;

  /** A wire to ports of loopback, ready. */
  static async start(...targets) {
    const wire = new Wire();
    wire.#targets = targets;
    wire.#server = createServer((client) => wire.#carry(client));
    await once(wire.#server.listen(0, "127.0.0.1"), "listening");
    return wire;
  }

  /** Its own port. */
  get port() {
    return this.#server.address().port;
  }

  /** Breaks all connections; new ones break at once. */
  cut() {
    this.#isCut = true;
    for (const pair of this.#pairs) pair.forEach((side) => side.destroy());
  }

  /** Keeps all connections and carries nothing, until it is healed: what is sent waits. */
  hush() {
    this.#isHushed = true;
    for (const pair of this.#pairs) pair.forEach((side) => side.pause());
  }

  /** Lets connections through again. */
  heal() {
    this.#isCut = this.#isHushed = false;
    for (const pair of this.#pairs) pair.forEach((side) => side.resume());
  }

  async stop() {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #carry(client) {
    client.on("error", () => {});
    if (this.#isCut) return client.destroy();
    const node = await this.#connect();
    if (!node || client.destroyed || this.#isCut) {
      node?.destroy();
      return client.destroy();
    }
    const pair = [client, node];
    this.#pairs.add(pair);
    for (const [side, other] of [pair, [node, client]]) {
      side.setNoDelay();
      side.on("error", () => {});
      side.on("close", () => {
        this.#pairs.delete(pair);
        other.destroy();
      });
      side.pipe(other);
    }
    if (this.#isHushed) pair.forEach((side) => side.pause());
  }

  /** A connection to the first target from the next on that accepts one; nothing when none does. */
  async #connect() {
    const first = this.#turn++;
    for (let next = 0; next < this.#targets.length; next++) {
      const socket = connect(this.#targets[(first + next) % this.#targets.length], "127.0.0.1");
      socket.on("error", () => {});
      const accepted = await new Promise((resolve) => {
        socket.once("connect", () => resolve(true));
        socket.once("close", () => resolve(false));
      });
      if (accepted) return socket;
    }
  }
}

/** Hands each HTTP request to the next of its origins, and counts how many each has had. */
export class RoundRobin {
  #server;
  #origins;
  #turn = 0;
  #agent = new Agent({ keepAlive: true });

  /** One in front of the origins, ready. */
  static async start(...origins) {
    const balancer = new RoundRobin();
    balancer.#origins = origins;
    balancer.requests = new Map(origins.map((origin) => [origin, 0]));
    balancer.#server = createHttpServer((request, answer) => balancer.#forward(request, answer));
    await once(balancer.#server.listen(0, "127.0.0.1"), "listening");
    return balancer;
  }

  /** Where clients find it. */
  get socketUrl() {
    return `ws://127.0.0.1:${this.#server.address().port}`;
  }

  /** Hands no more requests to an origin. */
  drop(origin) {
    this.#origins = this.#origins.filter((other) => other !== origin);
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #forward(request, answer) {
    const origin = this.#origins[this.#turn++ % this.#origins.length];
    this.requests.set(origin, this.requests.get(origin) + 1);
    const { method, headers, url } = request;
    const onward = httpRequest(origin + url, { method, headers, agent: this.#agent });
    onward.on("response", (response) => {
      answer.writeHead(response.statusCode, response.headers);
      response.pipe(answer);
    });
    // A node that is gone, as a balancer answers for it.
    onward.on("error", () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
    answer.on("close", () => onward.destroy());
    request.pipe(onward);
  }
}
