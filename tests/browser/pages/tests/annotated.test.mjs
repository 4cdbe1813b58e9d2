// Pages that say where in the source they come from: the client does with them what it does with others.
import assert from "node:assert/strict";
import { attribute, click, eventually, running, test, text } from "../pages.mjs";

// The server is started later, before the first test.
process.env.FIRECREST_ANNOTATE = "true";

/** All comments of a page. */
function comments(live) {
  return live.page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);
    const found = [];
    while (walker.nextNode()) found.push(walker.currentNode.data.trim());
    return found;
  });
}

test("F018 F019: comments and attributes say where everything comes from", async (open) => {
  const live = await open("/components");
  const file = "tests/browser/pages/src/pages/components.rs";
  const found = await comments(live);
  assert.ok(found.some((said) => said.startsWith("<live_pages::pages::components::Components::render> " + file)), found.join("\n"));
  assert.ok(found.includes("</live_pages::pages::components::Outer::render>"), found.join("\n"));
  assert.match(await attribute(live, "#outer-box output", "data-phx-loc"), /^\d+$/);
  assert.equal(await attribute(live, "[data-phx-main]", "data-phx-pid"), "live_pages::pages::components::Components");
  const html = await (await fetch(`${running().url}/components`)).text();
  assert.match(html, /<!-- <live_pages::document::whole> .*?document\.rs:\d+ --><!DOCTYPE html>/);
});

test("F018: components come and go, and are patched alone", async (open) => {
  const live = await open("/components");
  await click(live, "button", "Count outer");
  assert.equal(await text(live, "#outer-box output"), "1");
  await live.page.click("#outer-inside");
  await live.synced();
  assert.equal(await text(live, "#outer-inside"), "inside 1");
  await click(live, "button", "Hide outer");
  await click(live, "button", "Show outer");
  await click(live, "button", "Count outer");
  await eventually(() => live.page.locator("#outer-box").count(), 1);
});

test("F018: streams of components keep their items and their order", async (open) => {
  const live = await open("/streams/cards");
  await live.pushEvent("do", { script: "-b-1 +b-3:3" }, "#b h2");
  await live.pushEvent("do", { script: "! +c:C +b:B +a:A" });
  const read = (all) => all.map((card) => `${card.id}:${[...card.querySelectorAll("li")].map(({ id }) => id.replace(/.*-/, ""))}`);
  assert.deepEqual(await live.page.$$eval("#cards > section", read), ["c:1,2", "b:2,3", "a:1,2"]);
});

test("F018: portals move what they should", async (open) => {
  const live = await open("/portals/nesting");
  await click(live, "button", "Count");
  assert.equal(await text(live, "#root-portal #level-5"), "level 5 counted 1");
  await click(live, "button", "Toggle");
  await eventually(() => live.page.$$eval("#root-portal > *", (all) => all.length), 0);
});
