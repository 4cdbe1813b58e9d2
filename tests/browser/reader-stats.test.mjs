// The blog in a real Chromium, with two seconds in place of ten: who is counted, where readers are, and a server that is killed.
import assert from "node:assert/strict";
import { programs } from "../conformance/server.mjs";
import { suite } from "./suite.mjs";

const { test, running, chromium } = suite({ ...programs.readerStats, args: ["--dwell", "2"] });

const post = "/blog/who-is-a-reader";
const other = "/blog/coming-back";

const waiting = "Stay for 2 s, and you are a reader.";

/** How many have read the post. */
async function readers(live) {
  return Number(await live.page.textContent(".readers b"));
}

/** Waits until so many have read it. */
function untilReaders(live, count) {
  const isShown = (count) => document.querySelector(".readers b")?.textContent === String(count);
  return live.page.waitForFunction(isShown, count);
}

/** Waits until the reader is told something else than before. */
function untilDecided(live) {
  const isDecided = (waiting) => document.querySelector(".status").textContent !== waiting;
  return live.page.waitForFunction(isDecided, waiting);
}

/** Shows the page or hides it, as a browser does when another tab is in front. */
function show(live, isVisible) {
  return live.page.evaluate((isVisible) => {
    Object.defineProperty(document, "hidden", { get: () => !isVisible, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isVisible);
}

/** Somebody new reads the post, whose time is up after that of all who came before, and is shown what the server knows then. */
async function readNow(open, visitor, path = post) {
  const live = await open(path, { visitor });
  await untilDecided(live);
  await live.page.waitForFunction(async () => {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const [shown, known] = [document, page].map((page) => Number(page.querySelector(".readers b").textContent));
    return shown >= known;
  });
  return live;
}

/** The places of all tags, from top to bottom: fractions of the page. */
function tags(live) {
  return live.page.evaluate(() =>
    [...document.querySelectorAll(".tags circle")].map((tag) => Number(tag.getAttribute("cy").replace("%", "")) / 100).sort(),
  );
}

/** Waits until the tags are at these places, to a hundredth. */
function untilTags(live, places) {
  const areThere = (places) => {
    const tags = [...document.querySelectorAll(".tags circle")];
    const found = tags.map((tag) => parseFloat(tag.getAttribute("cy")) / 100).sort();
    return found.length === places.length && found.every((place, index) => Math.abs(place - places[index]) < 0.01);
  };
  return live.page.waitForFunction(areThere, places).catch(async (late) => {
    assert.deepEqual(await tags(live), places, late.message);
  });
}

/** Scrolls to a fraction of the page. */
function scroll(live, at) {
  return live.page.evaluate((at) => {
    const { scrollHeight, clientHeight } = document.documentElement;
    window.scrollTo({ top: (scrollHeight - clientHeight) * at, behavior: "instant" });
  }, at);
}

test("B007 in two browsers side by side the number rises when one has read, and nowhere else", async (open) => {
  const ann = await readNow(open, "Ann");
  const count = await readers(ann);
  const eve = await open(other, { visitor: "Eve" });
  await show(eve, false);
  const ben = await open(post, { visitor: "Ben" });
  assert.equal(await readers(ben), count);
  for (const live of [ann, ben]) await untilReaders(live, count + 1);
  await untilDecided(ben);
  assert.equal(await ben.page.textContent(".status"), "You are a reader now.");
  assert.equal(await readers(eve), 0);
});

test("B009 who leaves before is not counted", async (open) => {
  const ann = await open(post, { visitor: "Ann" });
  const count = await readers(ann);
  await ann.page.close();
  const ben = await open(post, { visitor: "Ben" });
  await ben.page.getByRole("link", { name: "Posts" }).click();
  await ben.synced();
  assert.equal(await readers(await readNow(open, "Eve")), count + 1);
  assert.equal(new URL(ben.page.url()).pathname, "/blog");
});

test("B009 time in a hidden tab does not count", async (open) => {
  const ann = await open(post, { visitor: "Ann" });
  await show(ann, false);
  const count = await readers(ann);
  assert.equal(await readers(await readNow(open, "Ben")), count + 1);
  assert.equal(await ann.page.textContent(".status"), waiting);
  await show(ann, true);
  await untilReaders(ann, count + 2);
});

test("B009 navigation to another post begins anew and counts that one", async (open) => {
  const ann = await open(post, { visitor: "Ann" });
  const count = await readers(ann);
  await ann.page.getByRole("navigation", { name: "Other posts" }).getByRole("link").click();
  await ann.page.waitForURL("**/one-page-many-readers");
  await ann.synced();
  const elsewhere = await readers(ann);
  await untilReaders(ann, elsewhere + 1);
  assert.equal(await readers(await readNow(open, "Ben")), count + 1);
});

test("B010 a reload and a second tab do not count again", async (open) => {
  const ann = await readNow(open, "Ann");
  const count = await readers(ann);
  await ann.page.reload();
  await ann.synced();
  await untilDecided(ann);
  assert.equal(await ann.page.textContent(".status"), "You have been counted as a reader today.");
  const again = await readNow(open, "Ann");
  assert.deepEqual([await readers(ann), await readers(again)], [count, count]);
});

test("B010 what a console says counts nothing", async (open) => {
  const ann = await open(post, { visitor: "Ann" });
  await show(ann, false);
  const count = await readers(ann);
  for (let again = 0; again < 50; again++) {
    await ann.pushEvent("visibility", { visible: true });
    await ann.pushEvent("visibility", { visible: false });
  }
  assert.equal(await readers(await readNow(open, "Ben")), count + 1);
  assert.equal(await ann.page.textContent(".status"), waiting);
});

test("B014 tags show where all readers are, and mark the own", async (open) => {
  const ann = await open(other, { visitor: "Ann" });
  const ben = await open(other, { visitor: "Ben" });
  for (const live of [ann, ben]) await untilTags(live, [0, 0]);
  await scroll(ann, 0.5);
  for (const live of [ann, ben]) await untilTags(live, [0, 0.5]);
  await scroll(ben, 1);
  for (const live of [ann, ben]) await untilTags(live, [0.5, 1]);
  const own = (live) => live.page.locator(".tags circle[data-own]").getAttribute("cy");
  assert.deepEqual([parseFloat(await own(ann)), parseFloat(await own(ben))].map(Math.round), [50, 100]);
  const look = await ann.page.locator(".tags circle").first().evaluate((tag) => {
    const { fillOpacity, fill } = getComputedStyle(tag);
    return [fillOpacity, fill];
  });
  assert.equal(look[0], "0.5");
  assert.match(look[1], /^rgb/);
});

test("B017 a tag goes at once when its reader does", async (open) => {
  const ann = await open(other, { visitor: "Ann" });
  const ben = await open(other, { visitor: "Ben" });
  const eve = await open(other, { visitor: "Eve" });
  await scroll(ben, 0.3);
  await scroll(eve, 0.6);
  await untilTags(ann, [0, 0.3, 0.6]);
  assert.equal(await ann.page.textContent(".here"), "3 reading now");
  await ben.page.close();
  await untilTags(ann, [0, 0.6]);
  await eve.page.getByRole("link", { name: "Posts" }).click();
  await untilTags(ann, [0]);
  assert.equal(await ann.page.textContent(".here"), "1 reading now");
});

test("B015 a reader who scrolls reports at most twenty times a second, and the last place always", async (open) => {
  const ann = await open(other, { visitor: "Ann" });
  ann.frames.clear();
  const started = Date.now();
  const place = await ann.page.evaluate(async () => {
    const { scrollHeight, clientHeight } = document.documentElement;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let step = 1; step <= 60; step++) {
      window.scrollTo({ top: step * 20, behavior: "instant" });
      await frame();
    }
    return (60 * 20) / (scrollHeight - clientHeight);
  });
  await untilTags(ann, [place]);
  const reports = ann.frames.sent("event").filter(({ payload }) => payload.event === "scroll");
  const most = (Date.now() - started) / 50 + 1;
  assert.ok(reports.length > 1 && reports.length <= most, `${reports.length} reports, at most ${most}`);
  assert.ok(reports.length < 60, "fewer than there were places");
});

test("B015 a console that floods is not told to others more than twenty times a second, and disturbs nobody", async (open) => {
  const ann = await open(other, { visitor: "Ann" });
  const ben = await open(other, { visitor: "Ben" });
  await untilTags(ben, [0, 0]);
  ben.frames.clear();
  const started = Date.now();
  const floods = Array.from({ length: 500 }, (_, at) => ann.pushEvent("scroll", { at: at / 1000 }, "#read-position"));
  await Promise.all(floods);
  const most = (Date.now() - started) / 50 + 2;
  const told = ben.frames.received("diff").length;
  assert.ok(told > 0 && told <= most, `${told} times, at most ${most}`);
  const [, furthest] = await tags(ben);
  await scroll(ben, 0.9);
  await untilTags(ann, [furthest, 0.9]);
});

test("B001 a server that is killed comes back with its numbers, and knows who was counted", async (open) => {
  const ann = await readNow(open, "Ann", other);
  const count = await readers(ann);
  assert.ok(count > 0);
  await running().kill();
  await ann.page.waitForSelector("[data-phx-main].phx-error", { state: "attached" });
  await running().restart();
  await ann.synced();
  assert.equal(await readers(ann), count);
  await untilDecided(ann);
  assert.equal(await ann.page.textContent(".status"), "You have been counted as a reader today.");
  const ben = await readNow(open, "Ben", other);
  for (const live of [ann, ben]) await untilReaders(live, count + 1);
});

test("B013 the operator's bars grow while somebody reads", async (open) => {
  const operator = await open("/blog/stats", { visitor: "Operator" });
  const bar = (nth) => operator.page.locator(".bars rect").nth(nth).getAttribute("width").then(parseFloat);
  const reads = () => operator.page.locator("tbody tr").nth(2).locator(".number").first().textContent().then(Number);
  const before = await reads();
  await Promise.all(["Ann", "Ben", "Eve"].map((visitor) => readNow(open, visitor, "/blog/fifty-milliseconds")));
  await operator.page.waitForFunction(
    (count) => document.querySelectorAll("tbody tr")[2].querySelector(".number").textContent === String(count),
    before + 3,
  );
  const rows = await operator.page.locator("tbody td:nth-child(2)").allTextContents();
  const largest = Math.max(...rows.map(Number));
  for (const [nth, row] of rows.entries()) {
    assert.ok(Math.abs((await bar(nth)) - (Number(row) / largest / 1.1) * 100) < 0.1, `${nth}`);
  }
});

test("B021 without JavaScript a post is whole, with its number", async (open) => {
  const ann = await readNow(open, "Ann");
  const context = await chromium().newContext({ javaScriptEnabled: false });
  try {
    const page = await context.newPage();
    await page.goto(running().url + post);
    assert.equal(Number(await page.textContent(".readers b")), await readers(ann));
    assert.ok(await page.getByRole("heading", { name: "Once is enough" }).isVisible());
    assert.ok(await page.locator(".connection").isHidden());
    await page.getByRole("link", { name: "One page, many readers" }).click();
    await page.waitForURL("**/one-page-many-readers");
    assert.equal(await page.textContent("h1"), "One page, many readers");
  } finally {
    await context.close();
  }
});
