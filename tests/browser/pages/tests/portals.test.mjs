// Content that is shown elsewhere than where it stands.
import assert from "node:assert/strict";
import { click, eventually, interrupt, isVisible, place, running, test, text } from "../pages.mjs";

/** The ids of the elements that portals have moved, in order. */
function moved(live) {
  return live.page.$$eval("#root-portal > [data-phx-teleported-src]", (all) => all.map((one) => one.dataset.phxTeleportedSrc));
}

const everything = ["modal-portal", "hook-portal", "form-portal", "tip-portal", "menu-portal", "child-portal"];

test("E056: a modal at its target opens by command and hears of changes", async (open) => {
  const live = await open("/portals");
  const html = await (await fetch(`${running().url}/portals`)).text();
  assert.match(html, /<template id="modal-portal" data-phx-portal="#root-portal"><div id="_lv_portal_wrap_modal-portal">/);
  assert.equal(await isVisible(live, "#root-portal #modal"), false);
  await click(live, "button", "Open");
  assert.equal(await isVisible(live, "#root-portal #modal"), true);
  await click(live, "button", "Count");
  assert.equal(await text(live, "#count"), "1");
  await click(live, "button", "Count later");
  await eventually(() => text(live, "#count"), "2");
  assert.equal(await isVisible(live, "#modal"), true);
});

test("E057: what was moved goes with its portal and comes back, and goes with the page", async (open) => {
  const live = await open("/portals");
  await eventually(() => moved(live), everything);
  await click(live, "button", "Toggle");
  await eventually(() => moved(live), everything.slice(1));
  await click(live, "button", "Toggle");
  await eventually(async () => (await moved(live)).toSorted(), everything.toSorted());
  await click(live, "link", "Leave");
  assert.equal(place(live), "/portals/nesting");
  await eventually(async () => (await moved(live)).filter((id) => everything.includes(id)), []);
  await live.page.goBack();
  await live.synced();
  await eventually(async () => (await moved(live)).toSorted(), everything.toSorted());
});

test("E058: clicks reach the view whose content was moved, be it inside another", async (open) => {
  const live = await open("/portals");
  await click(live, "button", "Open");
  await click(live, "button", "Count");
  await click(live, "button", "Count child");
  await click(live, "button", "Count child");
  assert.deepEqual([await text(live, "#count"), await text(live, "#child-count")], ["1", "2"]);
});

test("E059: a stream in a component that was moved takes items from near and far", async (open) => {
  const live = await open("/portals/list");
  const items = () => live.page.$$eval("#root-portal #items > li", (all) => all.map(({ id }) => id));
  assert.deepEqual(await items(), ["item-1", "item-2"]);
  await click(live, "button", "Prepend");
  await click(live, "button", "Prepend from afar");
  assert.deepEqual(await items(), ["item-4", "item-3", "item-1", "item-2"]);
});

test("F038 F058: what the items of a stream show elsewhere comes and goes with them", async (open) => {
  const live = await open("/portals/list");
  const shown = () => live.page.$$eval("#root-portal > [data-phx-teleported-src$='-portal'] > i", (all) => all.map(({ textContent }) => textContent).toSorted());
  assert.deepEqual(await shown(), ["1", "2"]);
  await click(live, "button", "Prepend");
  assert.deepEqual(await shown(), ["1", "2", "3"]);
  await click(live, "button", "Drop the last");
  await eventually(shown, ["1", "2"]);
});

test("E060: a tooltip is shown by a hook while the pointer is on what it is about", async (open) => {
  const live = await open("/portals");
  assert.equal(await isVisible(live, "#tip"), false);
  await live.page.hover("#tipped");
  await eventually(() => isVisible(live, "#tip"), true);
  await live.pushEvent("count");
  assert.equal(await text(live, "#root-portal #tip"), "counted 1");
  assert.equal(await isVisible(live, "#tip"), true);
  await live.page.hover("#away");
  await eventually(() => isVisible(live, "#tip"), false);
});

test("E061: a hook in a portal is mounted where it was moved to, and speaks to its view", async (open) => {
  const live = await open("/portals");
  await eventually(() => text(live, "#root-portal #hooked"), "heard hooked");
});

test("E021 F038: a form in a portal is recovered with what was typed", async (open) => {
  const live = await open("/portals");
  await live.page.fill("#form input", "Ann");
  await eventually(() => text(live, "#name"), "Ann");
  await interrupt(live);
  assert.equal(await live.page.inputValue("#form input"), "Ann");
  await eventually(() => text(live, "#name"), "Ann");
});

/** The texts of the levels of portals, at the target. */
function levels(live) {
  return live.page.$$eval("#root-portal > [data-phx-teleported-src] > p", (all) => all.map(({ textContent }) => textContent));
}

const counted = (count) => [1, 2, 3, 4, 5].map((level) => `level ${level} counted ${count}`);

test("E062: portals in portals are shown and updated", async (open) => {
  const live = await open("/portals/nesting");
  assert.deepEqual(await levels(live), counted(0));
  await click(live, "button", "Count");
  assert.deepEqual(await levels(live), counted(1));
  await live.pushEvent("count");
  assert.deepEqual(await levels(live), counted(2));
});

test("E063: portals in portals go with the outermost and come back with it", async (open) => {
  const live = await open("/portals/nesting");
  await click(live, "button", "Toggle");
  await eventually(() => levels(live), []);
  await click(live, "button", "Toggle");
  await eventually(() => levels(live), counted(0));
  await click(live, "button", "Count");
  assert.deepEqual(await levels(live), counted(1));
});

test("E064: a click in what was moved out of an element is none away from it", async (open) => {
  const live = await open("/portals");
  await click(live, "button", "In the menu");
  await live.page.click("#menu");
  assert.equal(await text(live, "#away"), "0");
  await live.page.click("#tipped");
  await live.synced();
  assert.equal(await text(live, "#away"), "1");
});
