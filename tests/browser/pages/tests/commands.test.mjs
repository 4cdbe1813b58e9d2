// Commands that the client runs by itself.
import assert from "node:assert/strict";
import { attribute, click, eventually, isVisible, test, text } from "../pages.mjs";

/** Presses a button and resolves with what changes at the modal until its transition has ended. */
async function press(live, name, transition) {
  const end = await live.watchAttributes("#modal");
  const ended = await live.page.evaluateHandle((event) => {
    const modal = document.querySelector("#modal");
    return { promise: new Promise((resolve) => modal.addEventListener(event, () => resolve(), { once: true })) };
  }, `phx:${transition}-end`);
  // The first frames of a page are slow.
  await live.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await live.page.getByRole("button", { name, exact: true }).click();
  await ended.evaluate(({ promise }) => promise);
  // The last class goes with the next frame.
  await eventually(() => live.page.$eval("#modal", (modal) => modal.className), "closed");
  return end();
}

/** Whether the element had this class once and has not any more. */
function hadClass(changes, name) {
  const has = (list) => (list ?? "").split(" ").includes(name);
  const [came, went] = [[false, true], [true, false]];
  const seen = changesOf(changes, "class").map(([from, to]) => [has(from), has(to)]);
  return [came, went].every((change) => seen.some(([from, to]) => from === change[0] && to === change[1]));
}

/** The changes of one attribute, each from what to what. */
function changesOf(changes, name) {
  return changes.filter(({ name: changed, from, to }) => changed === name && from !== to).map(({ from, to }) => [from, to]);
}

/** What the modal is now. */
async function modal(live) {
  const [expanded, isOpen] = [await attribute(live, "#modal", "aria-expanded"), await attribute(live, "#modal", "open")];
  return { isVisible: await isVisible(live, "#modal"), expanded, isOpen: isOpen === "true" };
}

const opened = { isVisible: true, expanded: "true", isOpen: true };
const closed = { isVisible: false, expanded: "false", isOpen: false };

test("E037: attributes are toggled, between there and not there and between two values", async (open) => {
  await openAndClose(await open("/commands"), "Toggle", "Toggle");
});

test("E038: attributes are set and removed, beside a transition", async (open) => {
  await openAndClose(await open("/commands"), "Show", "Hide");
});

/** Opens and closes the modal by these buttons; the server patches it each time. */
async function openAndClose(live, opener, closer) {
  assert.deepEqual(await modal(live), closed);
  const opening = await press(live, opener, "show");
  assert.deepEqual(await modal(live), opened);
  assert.deepEqual(changesOf(opening, "aria-expanded"), [["false", "true"]]);
  assert.deepEqual(changesOf(opening, "open"), [[null, "true"]]);
  assert.deepEqual(changesOf(opening, "style"), [[null, "display: block;"]]);
  assert.ok(hadClass(opening, "fade-in"));
  await click(live, "button", "Count");
  assert.equal(await text(live, "#modal"), "Seen 1 times");
  assert.deepEqual(await modal(live), opened);

  const closing = await press(live, closer, "hide");
  assert.deepEqual(await modal(live), closed);
  assert.deepEqual(changesOf(closing, "aria-expanded"), [["true", "false"]]);
  assert.deepEqual(changesOf(closing, "open"), [["true", null]]);
  assert.deepEqual(changesOf(closing, "style"), [["display: block;", "display: none;"]]);
  assert.ok(hadClass(closing, "fade-out"));
  await click(live, "button", "Count");
  assert.deepEqual(await modal(live), closed);
}

test("E039: an attribute that is ignored stays as the browser has made it", async (open) => {
  const live = await open("/commands");
  const isOpen = () => live.page.$eval("#details", (details) => details.open);
  assert.equal(await isOpen(), false);
  await live.page.click("#details summary");
  assert.equal(await isOpen(), true);
  await live.page.click("#details button");
  await live.synced();
  assert.equal(await text(live, "#details button"), "1");
  assert.equal(await isOpen(), true);
});
