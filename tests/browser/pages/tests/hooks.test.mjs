// Hooks and the elements they are at.
import assert from "node:assert/strict";
import { click, eventually, isVisible, test, text } from "../pages.mjs";

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

test("E001 F024: a hook beside its template formats an input, and another comes when it is needed", async (open) => {
  const live = await open("/hooks/runtime");
  await live.page.locator("#phone").pressSequentially("3015x551");
  assert.equal(await live.page.inputValue("#phone"), "301-5551");
  await click(live, "button", "Show");
  await eventually(() => text(live, "#answer"), "who: you");
  await eventually(() => text(live, "#said"), "here");
});

test("E002: a script beside its template runs the commands in an event's payload", async (open) => {
  const live = await open("/hooks/runtime");
  assert.equal(await isVisible(live, "#target"), true);
  await click(live, "button", "Run");
  await eventually(() => isVisible(live, "#target"), false);
});
