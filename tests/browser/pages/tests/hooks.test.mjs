// Hooks and the elements they are at.
import assert from "node:assert/strict";
import { click, eventually, test, text } from "../pages.mjs";

test("E163: an element whose hook sets its id to what it is stays the same over patches", async (open) => {
  const live = await open("/hook-id");
  const element = await live.page.$("#hooked");
  const lifecycle = () => live.page.evaluate(() => window.sameId);
  assert.equal(await text(live, "#hooked"), "count is 0");
  await eventually(lifecycle, { mounted: 1, updated: 0, destroyed: 0 });
  await click(live, "button", "Increment");
  assert.equal(await text(live, "#hooked"), "count is 1");
  assert.equal(await element.evaluate((element) => element.isConnected), true);
  assert.deepEqual(await lifecycle(), { mounted: 1, updated: 1, destroyed: 0 });
});
