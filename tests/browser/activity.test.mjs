// The activity graph in a real Chromium: a line that rises for everybody, that can be held still, and that comes back.
import assert from "node:assert/strict";
import { programs } from "../conformance/server.mjs";
import { suite } from "./suite.mjs";

const { test, running, chromium } = suite(programs.showcase);

/** So many requests in one tick that nothing else the tests do comes near. */
const burst = 60;

function load(requests = burst) {
  const ask = () => fetch(`${running().url}/health`).then((answer) => answer.text());
  return Promise.all(Array.from({ length: requests }, ask));
}

/** A number that stands beside a line: its `reading` or its `peak`. */
function says(live, series, place) {
  return live.page.textContent(`[data-series=${series}] [data-${place}]`).then((text) => Number(text.replaceAll(",", "")));
}

/** Waits until the page says that a series was once so high. */
function reaches(live, series, value) {
  const isThere = ([series, value]) =>
    Number(document.querySelector(`[data-series=${series}] [data-peak]`).textContent.replaceAll(",", "")) >= value;
  return live.page.waitForFunction(isThere, [series, value]);
}

/** The sum of the requests in the table. */
function tabled(live) {
  return live.page.evaluate(() => {
    const cells = [...document.querySelectorAll("#numbers tbody td:nth-of-type(1)")];
    return cells.reduce((sum, cell) => sum + Number(cell.textContent), 0);
  });
}

/** How high the line of a series is drawn at its highest, as a fraction of the canvas; 0 where there is no line. */
function height(live, series) {
  return live.page.evaluate((series) => {
    const strip = document.querySelector(`[data-series=${series}]`);
    const canvas = strip.querySelector("canvas");
    const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    probe.fillStyle = getComputedStyle(strip).getPropertyValue("--plot-line");
    probe.fillRect(0, 0, 1, 1);
    const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const isLine = (at) =>
      data[at + 3] > 200 && Math.hypot(data[at] - red, data[at + 1] - green, data[at + 2] - blue) < 24;
    for (let at = 0; at < data.length; at += 4) {
      if (isLine(at)) return 1 - Math.floor(at / 4 / canvas.width) / canvas.height;
    }
    return 0;
  }, series);
}

/** The picture of a line, to compare it with another. */
function picture(live, series = "requests") {
  return live.page.evaluate((series) => document.querySelector(`[data-series=${series}] canvas`).toDataURL(), series);
}

/** Waits for ticks that come from now on. */
function ticks(live, count) {
  const wait = (count) =>
    new Promise((resolve) => {
      const listening = new AbortController();
      const hear = () => {
        count -= 1;
        if (count > 0) return;
        listening.abort();
        resolve();
      };
      window.addEventListener("phx:activity:tick", hear, { signal: listening.signal });
    });
  return live.page.evaluate(wait, count);
}

/** How many different pictures of a line there are until the next tick, once all that was there before is drawn. */
async function motions(live) {
  await ticks(live, 3);
  const look = async () => {
    const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await drawn();
    const canvas = document.querySelector("[data-series=requests] canvas");
    const pictures = new Set();
    const look = () => pictures.add(canvas.toDataURL());
    const looking = setInterval(look, 40);
    await new Promise((resolve) => window.addEventListener("phx:activity:tick", resolve, { once: true }));
    clearInterval(looking);
    return pictures.size;
  };
  return live.page.evaluate(look);
}

/** All events for the page's script that have come, in order: `[name, payload]`. */
function told(live) {
  return live.frames.received("diff").flatMap(({ payload }) => payload.e ?? []);
}

test("M007 what happens in one browser rises in another, as a line and as a number", async (open) => {
  const ben = await open("/activity", { visitor: "Ben" });
  const ann = await open("/activity", { visitor: "Ann" });
  await ticks(ben, 2);
  const before = await tabled(ben);
  const last = await ben.page.evaluate(() => document.querySelector("[data-series=requests] [data-peak]").textContent);
  for (let round = 0; round < 5; round++) await ann.page.reload();
  await load();
  await reaches(ben, "requests", Math.max(burst / 3, Number(last)));
  await ben.page.waitForFunction(
    ([before, burst]) => {
      const cells = [...document.querySelectorAll("#numbers tbody td:nth-of-type(1)")];
      return cells.reduce((sum, cell) => sum + Number(cell.textContent), 0) >= before + burst;
    },
    [before, burst],
  );
  // The line slides in within the time of a tick, and the height follows.
  await ticks(ben, 3);
  assert.ok((await height(ben, "requests")) > 0.7, `drawn up to ${await height(ben, "requests")}`);
});

test("M006 who comes sees at once what was before", async (open) => {
  const ann = await open("/activity", { visitor: "Ann" });
  await load();
  await reaches(ann, "requests", burst / 3);
  const peak = await says(ann, "requests", "peak");
  const ben = await open("/activity", { visitor: "Ben" });
  await reaches(ben, "requests", peak);
  const [, history] = told(ben).find(([name]) => name === "activity:history");
  for (const series of ["requests", "sockets", "messages"]) assert.equal(history[series].length, 200);
  assert.ok(Math.max(...history.requests) >= peak);
});

test("M003 M004 every tick comes once and in its turn", async (open) => {
  const ann = await open("/activity");
  await ticks(ann, 6);
  const numbers = told(ann).filter(([name]) => name === "activity:tick").map(([, { number }]) => number);
  assert.ok(numbers.length >= 6);
  numbers.forEach((number, index) => assert.equal(number, numbers[0] + index));
  assert.equal(ann.frames.sent("event").length, 0, "nobody had to ask");
});

test("M005 the line slides, and steps from tick to tick for who wants less motion", async (open) => {
  const ann = await open("/activity");
  await load(5);
  const many = await motions(ann);
  assert.ok(many > 3, `${many} pictures between two ticks`);
  await ann.page.emulateMedia({ reducedMotion: "reduce" });
  assert.equal(await motions(ann), 1);
});

test("held still nothing moves, and going on nothing is missing", async (open) => {
  const ann = await open("/activity", { visitor: "Ann" });
  await ticks(ann, 2);
  const pause = ann.page.getByRole("button", { name: "Pause" });
  await pause.click();
  assert.equal(await pause.getAttribute("aria-pressed"), "true");
  assert.match(await ann.page.textContent("[data-clock]"), /^paused at \d\d:\d\d:\d\d$/);
  const [still, peak] = [await picture(ann), await says(ann, "requests", "peak")];
  await load();
  await ticks(ann, 4);
  assert.equal(await picture(ann), still);
  assert.equal(await says(ann, "requests", "peak"), peak);
  await pause.click();
  await reaches(ann, "requests", burst / 3);
  assert.equal(await ann.page.textContent("[data-clock]"), "now");
  assert.equal(ann.frames.sent("event").length, 0, "nobody had to ask");
});

test("space and p hold the picture still, but not where they mean something else", async (open) => {
  const ann = await open("/activity");
  const pause = ann.page.getByRole("button", { name: "Pause" });
  const pressed = () => pause.getAttribute("aria-pressed");
  await ann.page.keyboard.press("Space");
  assert.equal(await pressed(), "true");
  await ann.page.keyboard.press("p");
  assert.equal(await pressed(), "false");
  await ann.page.getByRole("button", { name: "Sockets" }).focus();
  await ann.page.keyboard.press("Space");
  assert.equal(await pressed(), "false");
  assert.equal(await ann.page.getByRole("button", { name: "Sockets" }).getAttribute("aria-pressed"), "false");
  await ann.page.keyboard.press("Control+p").catch(() => {});
  assert.equal(await pressed(), "false");
});

test("each line can be switched off and on again", async (open) => {
  const ann = await open("/activity");
  for (const [name, series] of [["Requests", "requests"], ["Sockets", "sockets"], ["Messages", "messages"]]) {
    const button = ann.page.getByRole("button", { name });
    const canvas = ann.page.locator(`[data-series=${series}] canvas`);
    assert.ok(await canvas.isVisible());
    await button.click();
    assert.equal(await button.getAttribute("aria-pressed"), "false");
    assert.ok(await canvas.isHidden());
    await button.click();
    assert.ok(await canvas.isVisible());
  }
});

test("the pointer reads all lines at one moment", async (open) => {
  const ann = await open("/activity");
  await load();
  await reaches(ann, "requests", burst / 3);
  await ticks(ann, 3);
  await ann.page.getByRole("button", { name: "Pause" }).click();
  const box = await ann.page.locator("[data-series=sockets] .u-over").boundingBox();
  const readings = new Set();
  for (let x = box.width - 2; x > box.width - 80; x -= 2) {
    await ann.page.mouse.move(box.x + x, box.y + 40);
    assert.match(await ann.page.textContent("[data-clock]"), /^\d\d:\d\d:\d\d$/);
    readings.add(await says(ann, "requests", "reading"));
  }
  assert.ok(Math.max(...readings) >= burst / 3 && readings.size > 1, [...readings].join());
  await ann.page.mouse.move(box.x + 20, box.y - 400);
  assert.match(await ann.page.textContent("[data-clock]"), /^paused at /);
});

test("sockets and messages are counted too", async (open) => {
  const ann = await open("/activity", { visitor: "Ann" });
  await ticks(ann, 2);
  const before = await says(ann, "sockets", "reading");
  assert.ok(before >= 1);
  await open("/activity", { visitor: "Ben" });
  await ann.page.waitForFunction(
    (before) => Number(document.querySelector("[data-series=sockets] [data-reading]").textContent) > before,
    before,
  );
  await reaches(ann, "messages", 1);
});

test("colours follow the visitor's scheme, and the picture the width of the window", async (open) => {
  const ann = await open("/activity");
  await load(5);
  await ticks(ann, 2);
  for (const colorScheme of ["light", "dark", "light"]) {
    await ann.page.emulateMedia({ colorScheme });
    await ann.page.waitForFunction(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true)))));
    await ticks(ann, 2);
    assert.ok((await height(ann, "requests")) > 0, `${colorScheme}: the line has its colour`);
  }
  for (const width of [400, 1000]) {
    await ann.page.setViewportSize({ width, height: 800 });
    await ann.page.waitForFunction(() => {
      const fits = (box) => Math.abs(box.clientWidth - box.querySelector(".uplot").clientWidth) <= 1;
      return [...document.querySelectorAll(".plot")].every(fits);
    });
    assert.ok(await ann.page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
  }
});

test("without JavaScript there is a table", async (open) => {
  const ann = await open("/activity");
  await load(5);
  await ticks(ann, 2);
  const context = await chromium().newContext({ javaScriptEnabled: false });
  try {
    const page = await context.newPage();
    await page.goto(`${running().url}/activity`);
    assert.ok(await page.locator("caption").isVisible());
    assert.ok(await page.locator("#numbers tbody td").first().isVisible());
    assert.ok(await page.locator("#nodes").isVisible());
    assert.ok(await page.locator(".still").isVisible());
    for (const hidden of [".monitor", ".connection"]) assert.ok(await page.locator(hidden).isHidden(), hidden);
    assert.ok((await tabled({ page })) > 0);
  } finally {
    await context.close();
  }
});

test("a tick that is lost is asked for, and none is drawn twice", async (open) => {
  const ann = await open("/activity");
  await ticks(ann, 1);
  ann.frames.clear();
  // A tick that comes too early, as if some before it had been lost on the way, and one that has come before.
  await ann.page.evaluate(() => {
    const tick = (number) => ({ number, at: Date.now(), requests: 1_000_000, sockets: 0, messages: 0 });
    for (const number of [1_000_000, 0]) window.dispatchEvent(new CustomEvent("phx:activity:tick", { detail: tick(number) }));
  });
  const asked = await ann.frames.until(({ direction, event }) => direction === "sent" && event === "event", "question");
  assert.equal(asked.payload.event, "history");
  const { payload } = await ann.frames.reply(asked);
  assert.equal(payload.response.diff.r.requests.length, 200);
  await ticks(ann, 1);
  assert.ok((await says(ann, "requests", "peak")) < 1_000_000);
});

test("a server that is killed and started again has its pages back, with a new history", async (open) => {
  const ann = await open("/activity", { visitor: "Ann" });
  await load();
  await reaches(ann, "requests", burst / 3);
  await running().kill();
  await ann.page.locator("[data-phx-main].phx-error").waitFor({ state: "attached" });
  await running().restart();
  await ann.synced();
  await ticks(ann, 2);
  // What the last server has counted went with it.
  assert.ok((await says(ann, "requests", "peak")) < burst / 3);
  await load();
  await reaches(ann, "requests", burst / 3);
});
