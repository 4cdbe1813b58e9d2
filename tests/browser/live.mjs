// What the tests of live pages share: one live-demo and one Chromium per test file, and pages that are asked after each
// test whether anything went wrong on them.
//
//   import { test } from "./live.mjs";
//
//   test("E163: a hook may set its own id again", async (open) => {
//     const live = await open("/live-demo/hooks");
//     await live.page.getByRole("button", { name: "Add" }).click();
//     await live.synced();
//     assert.equal(await live.page.textContent("#count"), "1");
//   });
import assert from "node:assert/strict";
import { after, before, test as plainTest } from "node:test";
import { programs, startServer } from "../conformance/server.mjs";
import { launch } from "./chromium.mjs";
import { LivePage } from "./live-page.mjs";

let server;
let browser;

before(async () => {
  server = await startServer(programs.liveDemo);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The running live-demo. */
export function running() {
  return server;
}

/**
 * A test of live pages. `body` gets `open(path, {status, synced})`, which resolves with a {@link LivePage}; the pages of one
 * test share their cookies.
 *
 * Afterwards every page must be free of uncaught errors, of violations of the content security policy, of skipped nodes
 * left behind (spec §10.1), and of the client's own diagnostics of level error (spec §11.4), except for the codes in
 * `expects`, each of which must have been reported.
 */
export function test(title, body, { expects = [] } = {}) {
  plainTest(title, async (t) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const pages = [];
    const open = async (path, options) => {
      const live = await LivePage.create(context);
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
      await context.close();
    }
  });
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
