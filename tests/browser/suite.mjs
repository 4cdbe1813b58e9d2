// Tests of the live pages of one program: one server and one Chromium per test file, and pages that are asked after each test
// whether anything went wrong on them.
import assert from "node:assert/strict";
import { after, before, test as plainTest } from "node:test";
import { startServer } from "../conformance/server.mjs";
import { launch } from "./chromium.mjs";
import { LivePage } from "./live-page.mjs";

/**
 * Starts `program` for the tests of this file. `test(title, body, {expects})` is a test of its pages: `body` gets
 * `open(path, {status, synced, visitor, init})`, which resolves with a {@link LivePage}; in one test the pages of one visitor share
 * their cookies. `init` runs in the page before any script of its own.
 *
 * Afterwards every page must be free of uncaught errors, of violations of the content security policy, of skipped nodes
 * left behind (spec §10.1), and of the client's own diagnostics of level error (spec §11.4), except for the codes in
 * `expects`, each of which must have been reported.
 *
 * `running()` is the server, `chromium()` the browser.
 */
export function suite(program) {
  let server;
  let browser;

  before(async () => {
    server = await startServer(program);
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  function test(title, body, { expects = [] } = {}) {
    plainTest(title, async (t) => {
      const contexts = new Map();
      const pages = [];
      const open = async (path, { visitor = "anybody", init, ...options } = {}) => {
        if (!contexts.has(visitor)) {
          contexts.set(visitor, await browser.newContext({ viewport: { width: 1280, height: 900 } }));
        }
        const live = await LivePage.create(contexts.get(visitor));
        if (init) await live.page.addInitScript(init);
        pages.push(live);
        await live.goto(server.url + path, options);
        return live;
      };
      try {
        await body(open);
        await check(pages, expects);
      } catch (problem) {
        for (const live of pages) t.diagnostic(live.report());
        throw problem;
      } finally {
        for (const context of contexts.values()) await context.close();
      }
    });
  }

  return { test, running: () => server, chromium: () => browser };
}

async function check(pages, expects) {
  for (const live of pages) {
    await live.noSkippedNodes();
    assert.deepEqual(live.errors, [], "uncaught errors");
    assert.deepEqual(live.violations, [], "violations of the content security policy");
  }
  const diagnostics = pages.flatMap((live) => live.diagnostics);
  const unexpected = diagnostics.filter(({ code }) => !expects.includes(code));
  assert.deepEqual(unexpected, [], "diagnostics of the client");
  const missing = expects.filter((code) => !diagnostics.some((diagnostic) => diagnostic.code === code));
  assert.deepEqual(missing, [], "expected diagnostics that were not reported");
}
