// Where a page is scrolled to after navigation.
import assert from "node:assert/strict";
import { click, eventually, place, test, text } from "../pages.mjs";

/** How far the page, or the element at `selector`, is scrolled. */
function scrolled(live, selector) {
  const read = (selector) => (selector ? document.querySelector(selector) : document.documentElement).scrollTop;
  return live.page.evaluate(read, selector);
}

/** How far the page is to be scrolled for the 42nd entry to be near the top. */
function nearTop(live) {
  return live.page.$eval("#item-42", (item) => item.offsetTop - 200);
}

/** Scrolls the page and waits until the client has noted how far, which it does when scrolling has stopped. */
async function scrollTo(live, offset) {
  await live.page.evaluate((offset) => window.scrollTo(0, offset), offset);
  await live.page.waitForFunction((offset) => window.history.state?.scroll === offset, offset);
}

/** Whether the 42nd entry is on the screen. */
function seesItem(live) {
  return live.page.$eval("#item-42", (item) => {
    const { top, bottom } = item.getBoundingClientRect();
    // Browsers scroll by whole pixels.
    return Math.ceil(top) >= 0 && Math.floor(bottom) <= window.innerHeight;
  });
}

test("E049: the way back leads to where the page was scrolled to", async (open) => {
  const live = await open("/navigation/b");
  assert.equal(await scrolled(live), 0);
  const offset = await nearTop(live);
  await scrollTo(live, offset);
  await click(live, "link", "Item 42");
  assert.equal(await text(live, "#shown"), "Item 42");
  await live.page.goBack();
  await eventually(() => place(live), "/navigation/b");
  await live.synced();
  await eventually(() => scrolled(live), offset);
});

test("E050: an element that scrolls inside the page begins at its top again", async (open) => {
  const live = await open("/navigation/b?container=1");
  const offset = await nearTop(live);
  await live.page.$eval("#container", (container, offset) => container.scrollTo(0, offset), offset);
  assert.equal(await scrolled(live, "#container"), offset);
  await click(live, "link", "Item 42");
  await live.page.goBack();
  await eventually(() => place(live), "/navigation/b?container=1");
  await live.page.waitForSelector("#item-42");
  await live.synced();
  assert.equal(await scrolled(live, "#container"), 0);
});

test("E051: a link to a fragment scrolls there, and so does loading the page with it", async (open) => {
  const live = await open("/navigation/b");
  await live.page.getByRole("link", { name: "Jump to 42" }).click();
  await eventually(() => place(live), "/navigation/b#item-42");
  assert.notEqual(await scrolled(live), 0);
  assert.equal(await seesItem(live), true);

  const origin = new URL(live.page.url()).origin;
  await live.goto(`${origin}/navigation/a`);
  await live.goto(`${origin}/navigation/b#item-42`);
  assert.equal(await seesItem(live), true);
});

test("E052: a fragment is scrolled to after navigation, too", async (open) => {
  const live = await open("/navigation/a");
  await click(live, "link", "To 42");
  await eventually(() => place(live), "/navigation/b#item-42");
  await eventually(() => seesItem(live), true);
});

test("E053: the way back from a page without a view leads to where the page was scrolled to", async (open) => {
  const live = await open("/navigation/b");
  const offset = await nearTop(live);
  await scrollTo(live, offset);
  await live.page.getByRole("link", { name: "Dead" }).click();
  await eventually(() => text(live, "h1"), "Dead");
  await live.page.goBack();
  await live.synced();
  assert.equal(place(live), "/navigation/b");
  await eventually(() => scrolled(live), offset);
}, { expects: ["view.unauthorized-live-redirect"] });
