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

/**
 * Sequences of pages: `messages` that lead from each to the next, and the `html` of each. Stories of components: `steps`, each a
 * `message` and the `html` after it, or what is `deleted`.
 */
let traces;

before(async () => {
  [Rendered, traces] = await Promise.all([clientsTree(), randomTraces()]);
});

test("F007 F008 F009 F010 F017 the published client shows every page after its diff", () => {
  let skipped = 0;
  const pages = traces.filter((trace) => trace.messages);
  for (const { messages, html } of pages) {
    const page = new Page();
    const story = JSON.stringify(messages);
    messages.forEach((message, step) => assert.equal(page.show(message), html[step], `step ${step} of ${story}`));
    skipped += page.skipped;
  }
  assert.ok(pages.length >= 1_000, `only ${pages.length} sequences`);
  // Else nothing was proven about elements that the client leaves alone.
  assert.ok(skipped > 1_000, `only ${skipped} elements were left alone`);
});

test("F057 F130 F132 F133 F136 the published client shows every page whatever its components do", () => {
  let [skipped, alone] = [0, 0];
  for (const { steps } of traces.filter((trace) => trace.steps)) {
    const page = new Page();
    steps.forEach(({ message, html, deleted }, step) => {
      if (deleted) page.forget(deleted);
      else assert.equal(page.show(message), html, `step ${step} of ${JSON.stringify(steps)}`);
    });
    skipped += page.skipped;
    alone += page.alone;
  }
  assert.ok(skipped > 1_000, `only ${skipped} elements were left alone`);
  assert.ok(alone > 500, `only ${alone} components were patched without their view`);
});

/** What a browser shows of a view: an element that the client skips stays as it was. */
class Page {
  #tree;
  #nodes = [];
  skipped = 0;
  alone = 0;

  /** Merges a message and gives the page's HTML, without what the client adds for itself. */
  show(message) {
    // The view merges and renders only what says something.
    if (Object.keys(message).length === 0) return write(this.#nodes);
    const isComponentsOnly = this.#tree?.isComponentOnlyDiff(message);
    const cids = isComponentsOnly ? this.#outermost(this.#tree.componentCIDs(message)) : [];
    const changed = this.#tree ? this.#tree.componentCIDs(message) : undefined;
    if (this.#tree) this.#tree.mergeDiff(message);
    else this.#tree = new Rendered("page", message);
    const before = this.#cids();
    if (isComponentsOnly) cids.forEach((cid) => this.#patchComponent(cid));
    else this.#nodes = this.#patch(parse(this.#tree.toString(changed).buffer));
    const after = new Set(this.#cids());
    before.filter((cid) => !after.has(cid)).forEach((cid) => this.#tree.resetRender(cid));
    return write(this.#nodes);
  }

  /** The server has deleted components. */
  forget(cids) {
    this.#tree.pruneCIDs(cids);
  }

  #patchComponent(cid) {
    this.alone += 1;
    const [element] = this.#patch(parse(this.#tree.componentToString(cid).buffer));
    for (const list of lists(this.#nodes)) {
      const at = list.findIndex((node) => node.cid === cid);
      if (at >= 0) list[at] = element;
    }
  }

  /** Those that are in the page, and inside no other of them. */
  #outermost(cids) {
    const found = elements(this.#nodes).filter(({ cid }) => cids.includes(cid));
    const inside = new Set(found.flatMap((element) => elements(element.children)).map(({ cid }) => cid));
    return found.map(({ cid }) => cid).filter((cid) => !inside.has(cid));
  }

  #cids() {
    return elements(this.#nodes).flatMap(({ cid }) => cid ?? []);
  }

  #patch(nodes) {
    const shown = new Map(elements(this.#nodes).map((element) => [element.mark, element]));
    const patched = (node) => {
      if (typeof node === "string") return node;
      if (!node.isSkipped) return { ...node, children: node.children.map(patched) };
      this.skipped += 1;
      assert.ok(shown.has(node.mark), `${node.mark} was skipped and is not in the page`);
      return shown.get(node.mark);
    };
    return nodes.map(patched);
  }
}

function elements(nodes) {
  return nodes.filter((node) => node.start).flatMap((node) => [node, ...elements(node.children)]);
}

/** All lists of nodes. */
function lists(nodes) {
  return [nodes, ...elements(nodes).map(({ children }) => children)];
}

function write(nodes) {
  return nodes.map((node) => (node.start ? node.start + write(node.children) + node.end : node)).join("");
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
      const own = attributes.replace(/ data-phx-((id|component|view)="[^"]*"|skip)/g, "").replace(/\/$/, "");
      const mark = attributes.match(/ data-phx-id="([^"]*)"/)?.[1];
      const cid = attributes.match(/ data-phx-component="(\d+)"/)?.[1];
      const isSkipped = attributes.includes(" data-phx-skip");
      const element = { start: `<${name}${own}>`, mark, cid: cid && Number(cid), isSkipped, children: [] };
      inside.push({ ...element, end: isVoid ? "" : `</${name}>` });
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
