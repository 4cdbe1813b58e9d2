// Traffic counters in a real Chromium: several windows side by side, windows that close, and a server that is killed.
import assert from "node:assert/strict";
import { programs } from "../conformance/server.mjs";
import { suite } from "./suite.mjs";

const { test, running, chromium } = suite(programs.showcase);

const places = ["#here .active", "#here .visits", "#site .active", "#site .visits"];

/** The numbers of a page as screen readers are told them: who is there and visits here, and those of all pages. */
async function numbers(page) {
  const texts = places.map((place) => page.textContent(`${place} .plain`));
  return (await Promise.all(texts)).map(Number);
}

/** Waits until a page shows these numbers. */
function shows(live, expected) {
  const isShown = ([places, expected]) =>
    places.every((place, index) => Number(document.querySelector(`${place} .plain`).textContent) === expected[index]);
  return live.page.waitForFunction(isShown, [places, expected]).catch(async (late) => {
    assert.deepEqual(await numbers(live.page), expected, late.message);
  });
}

test("K006 K009 in two browsers side by side the numbers rise and fall together", async (open) => {
  const ann = await open("/traffic/pond", { visitor: "Ann" });
  const [, visits, , all] = await numbers(ann.page);
  await shows(ann, [1, visits, 1, all]);
  const ben = await open("/traffic/pond", { visitor: "Ben" });
  for (const live of [ann, ben]) await shows(live, [2, visits + 1, 2, all + 1]);
  const eve = await open("/traffic/nest", { visitor: "Eve" });
  for (const live of [ann, ben]) await shows(live, [2, visits + 1, 3, all + 2]);
  assert.equal(await ann.page.title(), "(2) The pond · Firecrest");
  await ben.page.close();
  await shows(ann, [1, visits + 1, 2, all + 2]);
  await eve.page.close();
  await shows(ann, [1, visits + 1, 1, all + 2]);
  assert.equal(await ann.page.title(), "(1) The pond · Firecrest");
});

test("K007 two tabs of one visitor are two, and a reload is a visit", async (open) => {
  const ann = await open("/traffic/hedge");
  const other = await open("/traffic/hedge");
  const [, visits, , all] = await numbers(other.page);
  for (const live of [ann, other]) await shows(live, [2, visits, 2, all]);
  await other.page.reload();
  await other.synced();
  for (const live of [ann, other]) await shows(live, [2, visits + 1, 2, all + 1]);
});

test("links lead from page to page without HTTP, and each is a visit there", async (open) => {
  const ann = await open("/traffic/nest", { visitor: "Ann" });
  const ben = await open("/traffic", { visitor: "Ben" });
  const before = await numbers(ben.page);
  await shows(ben, [1, before[1], 2, before[3]]);
  const loaded = [];
  ben.page.on("request", (request) => request.resourceType() === "document" && loaded.push(request.url()));
  const [, visits] = await numbers(ann.page);
  await ben.page.getByRole("link", { name: "The nest box" }).click();
  for (const live of [ann, ben]) await shows(live, [2, visits + 1, 2, before[3] + 1]);
  await ben.page.goBack();
  await shows(ben, [1, before[1] + 1, 2, before[3] + 2]);
  await shows(ann, [1, visits + 1, 2, before[3] + 2]);
  assert.deepEqual(loaded, []);
});

test("K007 without JavaScript the numbers are right and stand still, and only the total is raised", async (open) => {
  const ann = await open("/traffic/feeder");
  const [, visits, , all] = await numbers(ann.page);
  await shows(ann, [1, visits, 1, all]);
  const context = await chromium().newContext({ javaScriptEnabled: false });
  try {
    const page = await context.newPage();
    await page.goto(`${running().url}/traffic/feeder`);
    assert.deepEqual(await numbers(page), [1, visits + 1, 1, all + 1]);
    assert.ok(await page.locator(".still").isVisible());
    assert.ok(await page.locator(".connection").isHidden());
    assert.ok(await page.locator("#here .visits .digit").first().isVisible());
    await shows(ann, [1, visits + 1, 1, all + 1]);
  } finally {
    await context.close();
  }
});

test("each column of digits stands where the number says, and rolls there unless that is too much motion", async (open) => {
  const ann = await open("/traffic/pond");
  for (const motion of ["no-preference", "reduce"]) {
    await ann.page.emulateMedia({ reducedMotion: motion });
    await ann.page.evaluate(listenForRolling);
    const before = await ann.page.textContent("#here .visits .plain");
    await fetch(`${running().url}/traffic/pond`);
    await ann.page.waitForFunction(
      (before) => document.querySelector("#here .visits .plain").textContent !== before,
      before,
    );
    await ann.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    assert.equal(await ann.page.evaluate(() => window.rolled), motion === "no-preference", motion);
    await ann.page.waitForFunction(() => document.getAnimations().length === 0);
    assert.equal(await ann.page.evaluate(digitsInSight), await ann.page.textContent("#here .visits .plain"));
  }
});

/** Runs in the page: from now on notices when a digit begins to roll. */
function listenForRolling() {
  window.rolled = false;
  document.addEventListener("transitionrun", ({ target, pseudoElement }) => {
    window.rolled ||= target.matches(".digit") && pseudoElement === "::before";
  });
}

/** Runs in the page: the number of visits as it looks, by how far each column is moved. */
function digitsInSight() {
  const digits = [...document.querySelectorAll("#here .visits .digit")];
  const rows = digits.map((digit) => {
    const { transform, translate } = getComputedStyle(digit, "::before");
    const moved = new DOMMatrix(transform).f + Number.parseFloat(translate.split(" ")[1] ?? "0");
    return Math.round(-moved / digit.offsetHeight) % 10;
  });
  return rows.reverse().join("");
}

test("the line shows who came and went", async (open) => {
  const ann = await open("/traffic/hedge", { visitor: "Ann" });
  const ben = await open("/traffic/hedge", { visitor: "Ben" });
  const line = () => ann.page.getAttribute(".history polyline", "points");
  const first = await line();
  await ann.page.waitForFunction(
    (first) => document.querySelector(".history polyline").getAttribute("points") !== first,
    first,
  );
  const [, visits, , all] = await numbers(ben.page);
  await ben.page.close();
  await shows(ann, [1, visits, 1, all]);
  assert.ok((await line()).split(" ").length > 4);
});

test("K001 K008 a server that is killed and started again has the totals, counts right, and its pages come back", async (open) => {
  const ann = await open("/traffic/pond", { visitor: "Ann" });
  const ben = await open("/traffic/pond", { visitor: "Ben" });
  const [, visits, , all] = await numbers(ben.page);
  for (const live of [ann, ben]) await shows(live, [2, visits, 2, all]);
  for (let round = 0; round < 3; round++) {
    await running().kill();
    for (const live of [ann, ben]) await live.page.locator("[data-phx-main].phx-error").waitFor({ state: "attached" });
    await running().restart();
    for (const live of [ann, ben]) await live.synced();
    for (const live of [ann, ben]) await shows(live, [2, visits, 2, all]);
  }
  const eve = await open("/traffic/pond", { visitor: "Eve" });
  for (const live of [ann, ben, eve]) await shows(live, [3, visits + 1, 3, all + 1]);
});
