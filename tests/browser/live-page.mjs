// A page of live views: what it can be asked and told beyond what Playwright offers, and what it complains about.
import assert from "node:assert/strict";
import { Frames, deadline } from "./frames.mjs";

/** Classes of elements that wait for the answer to an event. */
const waiting = ["blur", "change", "click", "focus", "hook", "keydown", "keyup", "submit"];

/** What must be there, and what must not, for the page to be synced (spec §10.1). */
const connected = ".phx-connected";
/** A view of the page, or one that stays with it, before it is joined. */
const joining = "[data-phx-session]:not([data-phx-parent-id]):not(.phx-connected)";
/** The main view without a connection. A nested view that has lost its own keeps the class. */
const disconnected = "[data-phx-main]:not(.phx-connected)";
const busy = [".phx-loading", ...waiting.map((kind) => `.phx-${kind}-loading`)].join();

export class LivePage {
  /** Playwright's page. */
  page;
  /** The frames of its WebSockets. */
  frames;
  /** Uncaught errors, as text. */
  errors = [];
  /** What the content security policy forbade. */
  violations = [];
  /** The client's diagnostics of level error: `{code, message, viewId, attribution, metadata}`. */
  diagnostics = [];

  constructor(page) {
    this.page = page;
    this.frames = new Frames(page);
    page.setDefaultTimeout(deadline);
    page.on("pageerror", (problem) => this.errors.push(problem.stack ?? String(problem)));
  }

  /** A new page of `context` that complains from its first script on. */
  static async create(context) {
    const live = new LivePage(await context.newPage());
    await live.page.exposeFunction("complain", (list, complaint) => live[list].push(complaint));
    await live.page.addInitScript(listenForComplaints);
    return live;
  }

  /** Opens `url`, which must answer with `status`, and waits until it is synced, unless there is nothing to wait for. */
  async goto(url, { status = 200, synced = status === 200 } = {}) {
    const answer = await this.page.goto(url);
    assert.equal(answer.status(), status, url);
    if (synced) await this.synced();
  }

  /** Resolves when the page is connected and nothing on it waits for the server: no event, no link, no view. */
  async synced() {
    const isSynced = ([connected, joining, busy]) =>
      document.querySelector(connected) !== null &&
      document.querySelector(joining) === null &&
      document.querySelector(busy) === null &&
      window.liveSocket.isConnected() &&
      // Between a click on a link and the first sign of it on the page.
      !window.liveSocket.hasPendingLink();
    await this.page.waitForFunction(isSynced, [connected, joining, busy]);
  }

  /** Closes the socket, as a lost network would, and waits until the page shows it. */
  async disconnect() {
    await this.page.evaluate(() => new Promise((resolve) => window.liveSocket.disconnect(resolve)));
    await this.page.waitForSelector(disconnected, { state: "attached" });
  }

  /** Opens the socket again and waits until the page, with every view on it, is synced. */
  async reconnect() {
    await this.page.evaluate(() => window.liveSocket.connect());
    await this.synced();
    // Nested views join after the view around them, and their elements have the class from before.
    await this.page.waitForFunction(() => {
      const elements = [...document.querySelectorAll("[data-phx-session]")];
      const views = elements.map((element) => window.liveSocket.getViewByEl(element));
      return views.every((view) => view?.isConnected() && !view.isJoinPending());
    });
  }

  /**
   * Pushes an event to the view, or component, that `selector` is in, as a hook there would, and resolves with the
   * server's reply; null when it replied with nothing. So a test asks a view what it holds, or makes it do something for
   * which the page has no control.
   */
  pushEvent(event, value = {}, selector = "[data-phx-main]") {
    const push = ([event, value, selector]) => {
      const target = document.querySelector(selector);
      // The body is what waits for the answer, so that nothing of the view is locked meanwhile.
      const view = window.liveSocket.owner(target);
      return view.pushHookEvent(document.body, target, event, value).then(({ reply }) => reply);
    };
    return this.page.evaluate(push, [event, value, selector]);
  }

  /**
   * Watches the attributes of the element at `selector`. The result is a function that ends this and resolves with all
   * changes in order: `{name, from, to}`, null for an attribute that is not there.
   */
  async watchAttributes(selector) {
    const element = await this.page.waitForSelector(selector, { state: "attached" });
    const watch = await element.evaluateHandle((target) => {
      const records = [];
      const observer = new MutationObserver((more) => records.push(...more));
      observer.observe(target, { attributes: true, attributeOldValue: true });
      return { target, records, observer };
    });
    return () => watch.evaluate(endWatch);
  }

  /** Fails when the client leaves nodes behind that it has marked as not to be patched (spec §10.1). */
  async noSkippedNodes() {
    if (this.page.isClosed()) return;
    // Unlike `evaluate` this also works while the page is being loaded anew.
    await this.page.waitForFunction(() => document.querySelector("[data-phx-skip]") === null);
  }

  /** Everything that helps to understand a failure. */
  report() {
    const { errors, violations, diagnostics } = this;
    return `${this.page.url()}\n${JSON.stringify({ errors, violations, diagnostics }, null, 2)}\n${this.frames}`;
  }
}

/** Runs in the page, before any script of its own. */
function listenForComplaints() {
  // Diagnostics may refer to elements and to the client's own objects, which do not travel.
  const plain = (_key, value) => {
    if (value instanceof Node) return value.cloneNode().outerHTML ?? value.nodeName;
    const isPlain = typeof value !== "object" || value === null || [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value));
    return isPlain ? value : String(value);
  };
  window.addEventListener("phx:live-view:diagnostic", ({ detail }) => {
    if (detail.level === "error") window.complain("diagnostics", JSON.parse(JSON.stringify(detail, plain)));
  });
  document.addEventListener("securitypolicyviolation", (violation) => {
    const { effectiveDirective, blockedURI, sample, sourceFile, lineNumber } = violation;
    window.complain("violations", { effectiveDirective, blockedURI, sample, sourceFile, lineNumber });
  });
}

/** Runs in the page: what changed, from what is there now back to what was there first. */
function endWatch({ target, records, observer }) {
  records.push(...observer.takeRecords());
  observer.disconnect();
  const next = new Map();
  const changes = records.reverse().map(({ attributeName: name, oldValue: from }) => {
    const to = next.has(name) ? next.get(name) : target.getAttribute(name);
    next.set(name, from);
    return { name, from, to };
  });
  return changes.reverse();
}
