// A view that stays while pages come and go, with the unmodified client (F123).
import assert from "node:assert/strict";
import { test } from "../pages.mjs";

/** Follows a link of the menu. */
async function go(live, name) {
  await live.page.getByRole("link", { name, exact: true }).click();
  await live.page.waitForSelector(`h1:text-is("${name}")`);
  await live.synced();
}

async function click(live, name) {
  await live.page.getByRole("button", { name, exact: true }).click();
  await live.synced();
}

async function turn(live) {
  await live.page.click("#turns");
  await live.synced();
}

/** What the player shows, and whether it is the element that was there first. */
function player(live) {
  return live.page.evaluate(() => {
    const element = document.getElementById("player");
    window.first ??= element;
    return element && {
      same: element === window.first,
      in: element.closest("[data-phx-main] :is(header, footer)").localName,
      count: element.querySelector("#count").textContent,
      turns: element.querySelector("#turns").textContent,
      note: element.querySelector("#note").value,
    };
  });
}

/** The joins of a view so far. */
function joins(live, id) {
  return live.frames.sent("phx_join").filter(({ topic }) => topic === `lv:${id}`);
}

test("F123: it is the same element, with all that is in it, wherever the next layout has it", async (open) => {
  const live = await open("/sticky/top");
  await player(live);
  await click(live, "Count");
  await turn(live);
  await live.page.fill("#note", "mine");
  await go(live, "Bottom");
  assert.deepEqual(await player(live), { same: true, in: "footer", count: "1", turns: "1", note: "mine" });
  await click(live, "Count");
  await turn(live);
  await live.page.fill("#note", "mine");
  await go(live, "Top");
  await live.page.goBack();
  await live.page.waitForSelector('h1:text-is("Bottom")');
  await live.synced();
  assert.deepEqual(await player(live), { same: true, in: "footer", count: "2", turns: "2", note: "mine" });
  assert.deepEqual([joins(live, "player").length, joins(live, "dial").length], [1, 1]);
  assert.equal(joins(live, "player")[0].payload.sticky, true);
});

test("F123: a page that does not show it ends it, and the next one begins anew", async (open) => {
  const live = await open("/sticky/top");
  await click(live, "Count");
  await go(live, "Nowhere");
  assert.equal(await player(live), null);
  assert.equal(live.frames.sent("phx_leave").filter(({ topic }) => topic === "lv:player").length, 1);
  await go(live, "Bottom");
  await live.page.waitForSelector("#turns");
  assert.equal((await player(live)).count, "0");
  await click(live, "Count");
  assert.equal((await player(live)).count, "1");
});

test("F123: it can take the page elsewhere, and stays", async (open) => {
  const live = await open("/sticky/top");
  await player(live);
  await click(live, "Away");
  await live.page.waitForSelector('h1:text-is("Bottom")');
  await live.synced();
  const { same, count } = await player(live);
  assert.deepEqual({ same, count }, { same: true, count: "1" });
  await click(live, "Count");
  assert.equal((await player(live)).count, "2");
});

test("F123: after a lost connection it is there again, without a page load", async (open) => {
  const live = await open("/sticky/top");
  await player(live);
  await click(live, "Count");
  await go(live, "Bottom");
  await live.disconnect();
  await live.reconnect();
  const { same, count } = await player(live);
  assert.deepEqual({ same, count }, { same: true, count: "0" });
  await click(live, "Count");
  assert.equal((await player(live)).count, "1");
  await go(live, "Top");
  assert.equal((await player(live)).count, "1");
});

test("F123: it survives the crash of the view around it, and its own is nobody else's", async (open) => {
  const live = await open("/sticky/top");
  await player(live);
  await click(live, "Count");
  await crash(live, "[data-phx-main]");
  await live.synced();
  assert.equal((await player(live)).count, "1");
  await crash(live, "#player");
  await live.page.waitForFunction(() => document.querySelector("#count").textContent === "0");
  await live.synced();
  assert.equal(await live.page.textContent("h1"), "Top");
  assert.ok((await player(live)).same);
}, { expects: ["view.crashed"] });

/** Makes the view at `selector` crash, by an event that it does not understand, and waits until it is joined again. */
async function crash(live, selector) {
  const joined = () => live.page.evaluate((selector) => {
    const view = window.liveSocket.owner(document.querySelector(selector));
    return view.joinCount;
  }, selector);
  const before = await joined();
  await live.page.evaluate((selector) => {
    const view = window.liveSocket.owner(document.querySelector(selector));
    view.channel.push("event", { type: "click", event: "explode", value: {} });
  }, selector);
  const isJoined = ([selector, before]) => window.liveSocket.owner(document.querySelector(selector)).joinCount > before;
  await live.page.waitForFunction(isJoined, [selector, before]);
}
