// The list without an end in a real Chromium: scrolled by wheel and keyboard, and gone through by leaps.
import assert from "node:assert/strict";
import { test } from "./live.mjs";

/** The numbers in the page, in order. */
function numbers(live) {
  const read = (badges) => badges.map((badge) => Number(badge.textContent.replaceAll(",", "")));
  return live.page.$$eval("#rows > li > .badge", read);
}

/** The numbers of the rows that are seen. */
function seen(live) {
  return live.page.$eval("#rows", (list) => {
    const { top, bottom } = list.getBoundingClientRect();
    const rows = [...list.children].filter((row) => {
      const place = row.getBoundingClientRect();
      return place.bottom > top && place.top < bottom;
    });
    return rows.map((row) => Number(row.ariaPosInSet));
  });
}

function position(live) {
  return live.page.textContent("#position");
}

/** Fails unless the page has two hundred rows that follow one another. */
async function assertOrder(live) {
  const all = await numbers(live);
  assert.deepEqual(all, Array.from({ length: 200 }, (_, index) => all[0] + index));
  assert.equal(await position(live), `Rows ${all[0].toLocaleString("en")} to ${all[199].toLocaleString("en")} of 1,000,000`);
}

/** Scrolls with the keyboard until `row` has come into the page, and waits for what comes of it. */
async function press(live, key, row) {
  const isHere = (row) => document.querySelector(`#rows > [aria-posinset="${row}"]`) !== null;
  const late = Date.now() + 20_000;
  while (!(await live.page.evaluate(isHere, row))) {
    assert.ok(Date.now() < late, `row ${row} does not come: ${await position(live)}, seen ${await seen(live)}`);
    await live.page.keyboard.press(key);
    await live.synced();
  }
}

test("a list without an end is scrolled by the keyboard, down and up, with two hundred rows at a time", async (open) => {
  const live = await open("/live-demo/endless");
  await assertOrder(live);
  await live.page.focus("#rows");
  await press(live, "PageDown", 400);
  await assertOrder(live);
  assert.ok((await numbers(live))[0] > 1);
  await press(live, "PageUp", 1);
  await assertOrder(live);
  assert.equal((await numbers(live))[0], 1);
});

test("a leap leads to an end of the list or to any row, which has the focus then", async (open) => {
  const live = await open("/live-demo/endless");
  await live.page.getByRole("link", { name: "Last" }).focus();
  await live.page.keyboard.press("Enter");
  await live.page.waitForFunction(() => document.activeElement?.ariaPosInSet === "1000000");
  await assertOrder(live);
  assert.ok((await seen(live)).includes(1_000_000));
  await live.page.getByLabel("Row", { exact: true }).fill("500000");
  await live.page.getByRole("button", { name: "Go" }).click();
  await live.page.waitForFunction(() => document.activeElement?.ariaPosInSet === "500000");
  assert.ok((await seen(live)).includes(500_000));
  await assertOrder(live);
  assert.equal(new URL(live.page.url()).search, "?row=500000");
  await live.page.getByRole("link", { name: "First" }).click();
  await live.page.waitForFunction(() => document.activeElement?.ariaPosInSet === "1");
  await live.page.goBack();
  await live.page.waitForFunction(() => document.activeElement?.ariaPosInSet === "500000");
  await live.page.reload();
  await live.synced();
  await assertOrder(live);
});

test("a step in the list is a few kilobytes, however far one has come", async (open) => {
  const live = await open("/live-demo/endless?row=700000");
  await live.page.focus("#rows");
  live.frames.clear();
  await press(live, "PageDown", 700_300);
  const steps = live.frames.received("phx_reply").filter(({ text }) => text.includes('"stream"'));
  assert.ok(steps.length >= 3);
  for (const { text } of steps) assert.ok(text.length < 20_000, `${text.length} bytes`);
});

test("the list is as it was after the connection was lost", async (open) => {
  const live = await open("/live-demo/endless?row=5000");
  await assertOrder(live);
  await live.disconnect();
  await live.reconnect();
  await assertOrder(live);
  assert.ok((await numbers(live)).includes(5_000));
});

test("a way up that ends at the first row goes on, however slow the connection is", async (open) => {
  const live = await open("/live-demo/endless?row=5000");
  const [first] = await numbers(live);
  await live.page.evaluate(() => window.liveSocket.enableLatencySim(400));
  // Up in two steps, the second of which comes before any answer.
  await live.page.$eval("#rows", async (list) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    list.scrollTop /= 2;
    await frame();
    list.scrollTop = 0;
    await frame();
  });
  await live.page.waitForFunction((row) => document.querySelector(`#rows > [aria-posinset="${row}"]`) !== null, first - 50);
  await live.page.evaluate(() => window.liveSocket.disableLatencySim());
  await live.synced();
  await assertOrder(live);
});
