// The blog as the showcase has it, with its ten seconds.
import assert from "node:assert/strict";
import { programs } from "../conformance/server.mjs";
import { suite } from "./suite.mjs";

const { test } = suite(programs.showcase);

test("B005 after ten seconds somebody is a reader, and everybody who has the post open sees it", async (open) => {
  const started = Date.now();
  const ann = await open("/blog/who-is-a-reader", { visitor: "Ann" });
  const ben = await open("/blog/who-is-a-reader", { visitor: "Ben" });
  for (const live of [ann, ben]) assert.equal(await live.page.textContent(".readers b"), "0");
  for (const live of [ann, ben]) {
    const isOne = () => Number(document.querySelector(".readers b").textContent) > 0;
    await live.page.waitForFunction(isOne, null, { timeout: 20_000 });
  }
  assert.ok(Date.now() - started >= 10_000);
});

test("the showcase leads to the blog, and the blog from list to post to readers over one socket", async (open) => {
  const live = await open("/", { synced: false });
  await live.page.getByRole("link", { name: "Open reader-stats" }).click();
  await live.synced();
  const loaded = [];
  live.page.on("request", (request) => request.resourceType() === "document" && loaded.push(request.url()));
  await live.page.getByRole("link", { name: "Fifty milliseconds" }).click();
  await live.page.waitForURL("**/blog/fifty-milliseconds");
  await live.synced();
  assert.equal(await live.page.title(), "Fifty milliseconds · Firecrest");
  await live.page.getByRole("link", { name: "Readers", exact: true }).click();
  await live.page.waitForURL("**/blog/stats");
  await live.synced();
  assert.equal(await live.page.locator(".bars rect").count(), 4);
  await live.page.goBack();
  await live.synced();
  assert.equal(await live.page.textContent("h1"), "Fifty milliseconds");
  assert.deepEqual(loaded, []);
});
