// The radio of live-demo's layout, in a real Chromium: it stays while pages change, and is not in anybody's way (F123).
import assert from "node:assert/strict";
import { test } from "./live.mjs";

const radio = (live) => live.page.getByRole("region", { name: "Radio", exact: true });

async function press(live, name) {
  await radio(live).getByRole("button", { name, exact: true }).click();
  await live.synced();
}

/** Follows a link of the menu. */
async function go(live, name) {
  await live.page.getByRole("navigation", { name: "Pages", exact: true }).getByRole("link", { name, exact: true }).click();
  await live.page.waitForSelector(`.tabs [aria-current=page]:text-is("${name}")`);
  await live.synced();
}

/** Seconds that the song has been played. */
async function played(live) {
  const [minutes, seconds] = (await live.page.textContent(".radio-time")).split(":").map(Number);
  return minutes * 60 + seconds;
}

/** Waits until the song has been played for so many seconds. */
function until(live, seconds) {
  const isThere = (seconds) => {
    const [minutes, rest] = document.querySelector(".radio-time").textContent.split(":").map(Number);
    return minutes * 60 + rest >= seconds;
  };
  return live.page.waitForFunction(isThere, seconds);
}

test("F123: the radio plays on from page to page: one element, one view, no flash", async (open) => {
  const live = await open("/live-demo");
  await press(live, "Play the radio");
  await press(live, "Next song");
  await until(live, 1);
  await live.page.evaluate(() => {
    const element = document.getElementById("radio");
    window.kept = { element, section: element.querySelector(".radio"), classes: new Set(), title: element.querySelector("b") };
    const note = () => window.kept.classes.add(element.className);
    new MutationObserver(note).observe(element, { attributes: true, attributeFilter: ["class"] });
    note();
  });
  for (const page of ["Counter", "List", "Views", "Keys"]) {
    const before = await played(live);
    await go(live, page);
    assert.ok((await played(live)) >= before, page);
  }
  await until(live, 3);
  const kept = await live.page.evaluate(() => {
    const { element, section, title, classes } = window.kept;
    const isKept = document.getElementById("radio") === element && document.querySelector(".radio") === section;
    return { isKept, title: document.querySelector(".radio b") === title && title.textContent, classes: [...classes] };
  });
  assert.deepEqual(kept, { isKept: true, title: "Before the Sun", classes: ["phx-connected"] });
  assert.equal(live.frames.sent("phx_join").filter(({ topic }) => topic === "lv:radio").length, 1);
  await press(live, "Pause");
  assert.ok(await radio(live).getByRole("button", { name: "Play the radio" }).isVisible());
});

test("F123: a page that crashes does not silence the radio, and a radio that crashes disturbs nobody", async (open) => {
  const live = await open("/counter");
  await press(live, "Play the radio");
  await until(live, 1);
  const explode = (selector) => live.page.evaluate((selector) => {
    const view = window.liveSocket.owner(document.querySelector(selector));
    window.joined = [view, view.joinCount];
    view.channel.push("event", { type: "click", event: "explode", value: {} });
  }, selector);
  const isBack = () => window.joined[0].joinCount > window.joined[1];
  await explode("[data-phx-main]");
  await live.page.waitForFunction(isBack);
  await live.synced();
  assert.ok((await played(live)) >= 1);
  const count = await live.page.textContent(".count");
  await explode("#radio");
  await live.page.waitForFunction(isBack);
  await live.synced();
  assert.equal(await live.page.locator(".radio-time").count(), 0);
  assert.equal(await live.page.textContent(".count"), count);
  await press(live, "Play the radio");
  await until(live, 1);
}, { expects: ["view.crashed"] });

test("the radio is played by keyboard, and stands still for those who want that", async (open) => {
  const live = await open("/counter");
  await radio(live).getByRole("button").focus();
  await live.page.keyboard.press("Enter");
  await live.page.waitForSelector(".radio[data-plays]");
  await live.synced();
  await live.page.keyboard.press("Tab");
  assert.equal(await live.page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Next song");
  await live.page.keyboard.press("Space");
  await live.page.waitForSelector('.radio b:text-is("Before the Sun")');
  const moving = () => live.page.evaluate(() => document.querySelector(".radio").getAnimations({ subtree: true }).length);
  assert.ok((await moving()) > 0);
  await live.page.emulateMedia({ reducedMotion: "reduce" });
  assert.equal(await moving(), 0);
});

test("on a small screen the radio is inside it and hides no end of a page", async (open) => {
  const live = await open("/counter");
  await live.page.setViewportSize({ width: 400, height: 700 });
  await press(live, "Play the radio");
  await press(live, "Next song");
  const box = await radio(live).boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 400 && box.y + box.height <= 700, JSON.stringify(box));
  await live.page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  const last = await live.page.locator(".source").boundingBox();
  assert.ok(last.y + last.height <= box.y, `${last.y + last.height} > ${box.y}`);
});
