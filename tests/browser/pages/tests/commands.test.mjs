// Commands that the client runs by itself.
import assert from "node:assert/strict";
import { attribute, click, eventually, isVisible, test, text } from "../pages.mjs";

/** Presses a button and resolves with what changes at the modal until it is `expected` and its transition has ended. */
async function pressUntil(live, name, expected) {
  const end = await live.watchAttributes("#modal");
  await live.page.getByRole("button", { name, exact: true }).click();
  await eventually(() => modal(live), expected);
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

/** The changes of one attribute. */
function changesOf(changes, name) {
  return changes.filter((change) => change.name === name).map(({ from, to }) => [from, to]);
}

/** What the modal is now. */
async function modal(live) {
  const [expanded, isOpen] = [await attribute(live, "#modal", "aria-expanded"), await attribute(live, "#modal", "open")];
  return { isVisible: await isVisible(live, "#modal"), expanded, isOpen: isOpen === "true" };
}

const opened = { isVisible: true, expanded: "true", isOpen: true };
const closed = { isVisible: false, expanded: "false", isOpen: false };

for (const [title, open_, close] of [
  ["E037: attributes are toggled, between there and not there and between two values", "Toggle", "Toggle"],
  ["E038: attributes are set and removed, beside a transition", "Show", "Hide"],
]) {
  test(title, async (open) => {
    const live = await open("/commands");
    assert.deepEqual(await modal(live), closed);
    const opening = await pressUntil(live, open_, opened);
    assert.deepEqual(changesOf(opening, "aria-expanded"), [["false", "true"]]);
    assert.deepEqual(changesOf(opening, "open"), [[null, "true"]]);
    assert.deepEqual(changesOf(opening, "style"), [[null, "display: block;"]]);
    assert.ok(hadClass(opening, "fade-in"));

    // A patch of the element by the server leaves it as the commands made it.
    await click(live, "button", "Count");
    assert.equal(await text(live, "#modal"), "Seen 1 times");
    assert.deepEqual(await modal(live), opened);

    const closing = await pressUntil(live, close, closed);
    assert.deepEqual(changesOf(closing, "aria-expanded"), [["true", "false"]]);
    assert.deepEqual(changesOf(closing, "open"), [["true", null]]);
    assert.deepEqual(changesOf(closing, "style"), [["display: block;", "display: none;"]]);
    assert.ok(hadClass(closing, "fade-out"));
    await click(live, "button", "Count");
    assert.deepEqual(await modal(live), closed);
  });
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
