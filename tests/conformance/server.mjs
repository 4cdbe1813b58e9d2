// Starts the program under test as a process of its own and stops it again. Needs nothing but Node.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What can be started: the variable that names the binary, and whether it keeps data in a folder. `args` may say more. */
export const programs = {
  showcase: { variable: "FIRECREST_SHOWCASE_BIN", keepsData: true },
  liveDemo: { variable: "FIRECREST_LIVE_DEMO_BIN", keepsData: false },
  livePages: { variable: "FIRECREST_LIVE_PAGES_BIN", keepsData: false },
  dashboard: { variable: "FIRECREST_DASHBOARD_BIN", keepsData: false },
  readerStats: { variable: "FIRECREST_READER_STATS_BIN", keepsData: true },
  clusterNode: { variable: "FIRECREST_CLUSTER_NODE_BIN", keepsData: false },
};

/** Milliseconds the server may take to print its address. */
const startDeadline = 30_000;

/** Milliseconds the server may take to end after SIGTERM. */
const stopDeadline = 10_000;

/** A running server: `url` is its origin, such as `http://127.0.0.1:4000`; `secret` its secret key base. */
export class Server {
  #program;
  #data;
  #process;
  #exit;
  #log = [];

  constructor(program, data, secret) {
    this.#program = program;
    this.#data = data;
    this.secret = secret;
  }

  /** The WebSocket address of `path` on this server. */
  socketUrl(path) {
    return this.url.replace(/^http/, "ws") + path;
  }

  /** What the server has written to its standard error so far. */
  get log() {
    return this.#log.join("\n");
  }

  /** Starts the program and waits until it listens. */
  async start(listen) {
    const { variable, keepsData, args = [] } = this.#program;
    const binary = process.env[variable];
    if (!binary) throw new Error(`${variable} must name the binary under test; \`cargo xtask test\` sets it`);
    this.#process = spawn(binary, ["--listen", listen, ...(keepsData ? ["--data", this.#data] : []), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, FIRECREST_SECRET_KEY_BASE: this.secret },
    });
    createInterface({ input: this.#process.stderr }).on("line", (line) => this.#log.push(line));
    this.#exit = new Promise((resolve) => this.#process.once("close", resolve));
    this.url = await address(this.#process, this.#log);
  }

  /** Ends the server without a chance to say goodbye, as a crash does. */
  async kill() {
    this.#process.kill("SIGKILL");
    await this.#exit;
  }

  /** Starts a server that has ended again: with its data and its secret, at its address. */
  async restart() {
    await this.start(new URL(this.url).host);
  }

  /** Ends the server and removes its data; killed when it does not end by itself. */
  async stop() {
    this.#process.kill("SIGTERM");
    const kill = setTimeout(() => this.#process.kill("SIGKILL"), stopDeadline);
    await this.#exit;
    clearTimeout(kill);
    await rm(this.#data, { recursive: true, force: true });
  }
}

/** A secret key base; servers that share one trust each other's tokens. */
export function freshSecret() {
  return process.env.FIRECREST_SECRET_KEY_BASE ?? randomBytes(48).toString("base64");
}

/** Starts a program on a free port, with an empty data directory if it keeps data. */
export async function startServer(program = programs.showcase, secret = freshSecret()) {
  const data = await mkdtemp(join(tmpdir(), "firecrest-"));
  const server = new Server(program, data, secret);
  await server.start("127.0.0.1:0");
  return server;
}

function address(child, log) {
  return new Promise((resolve, reject) => {
    const fail = (reason) => {
      clearTimeout(late);
      child.kill("SIGKILL");
      reject(new Error(`the server ${reason}\n${log.join("\n")}`));
    };
    const late = setTimeout(() => fail(`printed no address within ${startDeadline / 1000} s`), startDeadline);
    child.once("error", (problem) => fail(`did not start: ${problem.message}`));
    child.once("exit", (code) => fail(`ended with code ${code} before it was listening`));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = line.match(/listening on (http:\/\/\S+)/);
      if (!found) return;
      clearTimeout(late);
      child.removeAllListeners("exit");
      resolve(found[1].replace(/\/$/, ""));
    });
  });
}
