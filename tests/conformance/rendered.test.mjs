// The messages of random pages through the published client's own merging and rendering (spec §3.2, §3.8). Needs no server:
// pages and messages come from an example of firecrest-live.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The client's class that keeps the tree of one view. */
let Rendered;

/** Sequences of pages: `messages` that lead from each to the next, and the `html` of each. */
let traces;

before(async () => {
  [Rendered, traces] = await Promise.all([clientsTree(), randomTraces()]);
});

test("F007 F008 F009 F010 F017 the published client shows every page after its diff", () => {
  let skipped = 0;
  for (const { messages, html } of traces) {
    const page = new Page();
    const story = JSON.stringify(messages);
    messages.forEach((message, step) => assert.equal(page.show(message), html[step], `step ${step} of ${story}`));
    skipped += page.skipped;
  }
  assert.ok(traces.length >= 1_000, `only ${traces.length} sequences`);
  // Else nothing was proven about elements that the client leaves alone.
  assert.ok(skipped > 1_000, `only ${skipped} elements were left alone`);
});

/** What a browser shows of a view: an element that the client skips stays as it was. */
class Page {
  #tree;
  /** The HTML of the marked elements, by mark. */
  #elements = new Map();
  #html = "";
  skipped = 0;

  /** Merges a message and gives the page's HTML, without what the client adds for itself. */
  show(message) {
    // The view merges and renders only what says something.
    if (Object.keys(message).length === 0) return this.#html;
    if (this.#tree) this.#tree.mergeDiff(message);
    else this.#tree = new Rendered("page", message);
    this.#html = this.#patch(parse(this.#tree.toString().buffer));
    return this.#html;
  }

  #patch(nodes) {
    return nodes.map((node) => (typeof node === "string" ? node : this.#element(node))).join("");
  }

  #element({ start, mark, isSkipped, children, end }) {
    if (isSkipped) {
      this.skipped += 1;
      assert.ok(this.#elements.has(mark), `${mark} was skipped before it was shown`);
      return this.#elements.get(mark);
    }
    const html = start + this.#patch(children) + end;
    if (mark) this.#elements.set(mark, html);
    return html;
  }
}

/** The HTML as strings and elements; the client's marks are taken out of the start tags. */
function parse(html) {
  const nodes = [];
  const open = [{ children: nodes }];
  for (const [token, isEnd, name, attributes] of html.matchAll(/<(\/?)(\w+)([^>]*)>|[^<]+/g)) {
    const inside = open.at(-1).children;
    if (!name) {
      inside.push(token);
    } else if (isEnd) {
      assert.equal(open.pop().end, token, html);
    } else {
      const isVoid = name === "hr";
      const own = attributes.replace(/ data-phx-(id="[^"]*"|skip)/g, "").replace(/\/$/, "");
      const mark = attributes.match(/ data-phx-id="([^"]*)"/)?.[1];
      const isSkipped = attributes.includes(" data-phx-skip");
      inside.push({ start: `<${name}${own}>`, mark, isSkipped, children: [], end: isVoid ? "" : `</${name}>` });
      if (!isVoid) open.push(inside.at(-1));
    }
  }
  assert.equal(open.length, 1, html);
  return nodes;
}

/** The class out of the published bundle, which keeps it for itself. */
async function clientsTree() {
  // As CommonJS, which the package contains although it is declared as ES modules.
  const filename = createRequire(import.meta.url).resolve("phoenix_live_view");
  const source = `${await readFile(filename, "utf8")}\nreturn Rendered;`;
  // The tree itself asks the browser for nothing but a copy of objects.
  globalThis.window ??= { structuredClone };
  return compileFunction(source, ["module", "exports", "require"], { filename })({}, {}, () => ({}));
}

async function randomTraces() {
  const arguments_ = ["run", "--quiet", "--package", "firecrest-live", "--example", "traces"];
  const cargo = spawn(process.env.CARGO ?? "cargo", arguments_, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve, reject) => cargo.once("error", reject).once("close", resolve));
  const found = [];
  for await (const line of createInterface({ input: cargo.stdout })) found.push(JSON.parse(line));
  assert.equal(await ended, 0, "the example that writes the traces failed");
  return found;
}
