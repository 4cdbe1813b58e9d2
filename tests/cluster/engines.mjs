// Brokers of a test's own: real processes on free ports of loopback, in temporary folders, gone when the test is.
import { spawn } from "node:child_process";
import { on, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { deadline, until } from "../conformance/harness.mjs";

/** The engines that every test of a cluster runs on. */
export const engines = ["redis", "nats"];

/** How each is started, greeted, and asked. `status` is the port that NATS has for questions. */
const programs = {
  redis: {
    command: (port) => ["redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"],
    answers: async (port) => (await exchange(port, "PING\r\n", "\r\n")).startsWith("+PONG"),
    async subjects(port) {
      const answer = await exchange(port, "PUBSUB CHANNELS *\r\nPING\r\n", "+PONG\r\n");
      return [...answer.matchAll(/\$\d+\r\n(.*)\r\n/g)].map(([, subject]) => subject);
    },
    publish(port, subject, message) {
      const bulks = ["PUBLISH", subject, message].flatMap((bulk) => [`$${Buffer.byteLength(bulk)}\r\n`, bulk, "\r\n"]);
      return exchange(port, bytes("*3\r\n", ...bulks, "PING\r\n"), "+PONG\r\n");
    },
  },
  nats: {
    command: (port, status) => ["nats-server", "--addr", "127.0.0.1", "--port", port, "--http_port", status],
    answers: async (port) => (await exchange(port, "", "\r\n")).startsWith("INFO "),
    async subjects(_, status) {
      const { connections } = await (await fetch(`http://127.0.0.1:${status}/connz?subs=1`)).json();
      return [...new Set(connections.flatMap((connection) => connection.subscriptions_list ?? []))];
    },
    publish(port, subject, message) {
      const head = `CONNECT {"verbose":false}\r\nPUB ${subject} ${message.length}\r\n`;
      return exchange(port, bytes(head, message, "\r\nPING\r\n"), "PONG\r\n");
    },
  },
};

/** A running broker; `port` is its own until the end, `engine` its name. */
export class Broker {
  #program;
  #status;
  #process;
  #exit;
  #folder;
  #log = [];

  constructor(engine, port, status, folder) {
    this.engine = engine;
    this.port = port;
    this.#program = programs[engine];
    this.#status = status;
    this.#folder = folder;
  }

  /** Starts a new one on a free port and waits until it answers. */
  static async start(engine) {
    const broker = await Broker.reserve(engine);
    await broker.restart();
    return broker;
  }

  /** One that has a port and does not run yet. */
  static async reserve(engine) {
    const folder = await mkdtemp(join(tmpdir(), "firecrest-broker-"));
    return new Broker(engine, await freePort(), await freePort(), folder);
  }

  /** Where nodes find it, at its own port or a proxy's. */
  url(port = this.port) {
    return `${this.engine}://127.0.0.1:${port}`;
  }

  /** Starts it, first or again, always at the same port, and waits until it answers. */
  async restart() {
    const command = this.#program.command(String(this.port), String(this.#status));
    // The kernel ends it when this process has ended, however that came.
    this.#process = spawn("setpriv", ["--pdeathsig", "KILL", ...command], {
      cwd: this.#folder,
      // Debian keeps servers where the path of ordinary users does not lead.
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const output of [this.#process.stdout, this.#process.stderr]) {
      createInterface({ input: output }).on("line", (line) => this.#log.push(line));
    }
    let isOver = false;
    this.#exit = once(this.#process, "close").finally(() => (isOver = true));
    await until(async () => {
      if (isOver) throw new Error(`${this.engine} has ended:\n${this.#log.join("\n")}`);
      return this.#program.answers(this.port).catch(() => false);
    }, `${this.engine} answers`);
  }

  /** Ends it without a chance to say goodbye. */
  async kill() {
    this.#process?.kill("SIGKILL");
    await this.#exit;
  }

  /** Stops it for now, as a machine does that hangs: its connections stay open, and nothing answers. */
  pause() {
    this.#process.kill("SIGSTOP");
  }

  /** Lets it go on after a pause. */
  resume() {
    this.#process.kill("SIGCONT");
  }

  /** Ends it for good. */
  async stop() {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The subjects that nodes listen on. */
  subjects() {
    return this.#program.subjects(this.port, this.#status);
  }

  /** Publishes bytes on a subject as a stranger would. */
  publish(subject, message) {
    return this.#program.publish(this.port, subject, message);
  }
}

/** Says something to a port of loopback and resolves with the answer, once it ends as expected. */
async function exchange(port, question, end) {
  const socket = connect(port, "127.0.0.1");
  const signal = AbortSignal.timeout(deadline);
  try {
    socket.write(question);
    let answer = "";
    for await (const [data] of on(socket, "data", { signal, close: ["close", "end"] })) {
      answer += data.toString("latin1");
      if (answer.endsWith(end)) return answer;
    }
    throw new Error(`hung up after ${JSON.stringify(answer)}`);
  } finally {
    socket.destroy();
  }
}

function bytes(...parts) {
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/**
 * A port that nobody listens on. Not one that the system gives to clients: while the broker is away, one that connects to it
 * could be given the broker's own port and reach itself.
 */
async function freePort() {
  for (;;) {
    freePort.next = ((freePort.next ?? process.pid * 37) + 1) % 4_000;
    const port = 28_000 + freePort.next;
    const server = createServer();
    const isFree = await new Promise((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
