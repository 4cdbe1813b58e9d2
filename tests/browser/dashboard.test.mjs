// The dashboard in a real Chromium: many who look and one who asks, a source that goes and comes back, a card that crashes alone.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { programs } from "../conformance/server.mjs";
import { suite } from "./suite.mjs";

/** Milliseconds between two questions to the source. */
const every = 500;

const folder = mkdtempSync(join(tmpdir(), "firecrest-dashboard-"));
const file = join(folder, "dashboard.toml");
writeFileSync(
  file,
  `title = "Test board"
allow_crash = true

[[clock]]
title = "Now"

[[countdown]]
title = "Long ago"
until = 2020-01-01T00:00:00Z
then = "Over, <and> done"

[[repository]]
title = "The field guide"
repository = "observatory/field-guide"
base_url = "http://stand-in"
every = "${every} ms"

[[stream]]
title = "Probes"
url = "http://stand-in/sightings"
term = "PROBE"
text = "/text"
link = "/url"
`,
);
after(() => rmSync(folder, { recursive: true, force: true }));

const { test, running, chromium } = suite({
  ...programs.dashboard,
  args: ["--dashboard", file, "--standin", "127.0.0.1:0"],
});

const repository = "/repos/observatory/field-guide";

/** Asks the stand-in, or tells it what to do. */
async function standIn(path = "/", method = path === "/" ? "GET" : "POST") {
  const address = running().log.match(/told what to do at (http:\/\/[\d.:]+)/g)?.at(-1).split(" at ")[1];
  const answer = await fetch(address + path, { method });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return path === "/" ? answer.json() : undefined;
}

/** Lets the stream say something. */
function say(text) {
  return standIn(`/say/${encodeURIComponent(text)}`);
}

const stars = "[data-kind=repository] .figure:first-child dd";
const stale = "[data-kind=repository] .freshness .badge";
const items = "[data-kind=stream] .items li";

/** Waits until a number of stars is shown, or some more: birds come by and give stars too. */
function untilStars(live, count) {
  const isShown = ([stars, count]) => {
    const shown = Number(document.querySelector(stars)?.textContent.replaceAll(",", ""));
    return shown >= count && shown < count + 100;
  };
  return live.page.waitForFunction(isShown, [stars, count]);
}

test("D006 D015 many look, one asks, and a change is told to all at once", async (open) => {
  const viewers = [];
  for (const visitor of ["Ann", "Ben", "Eve"]) viewers.push(await open("/dashboard", { visitor }));
  const asked = async () => (await standIn()).asked[repository];
  const [before, begin] = [await asked(), performance.now()];
  let now = before;
  while (now < before + 6) {
    viewers[0].frames.clear();
    await viewers[0].frames.until(({ direction }) => direction === "received", "a frame");
    now = await asked();
  }
  const least = (now - before - 1) * every * 0.85;
  assert.ok(performance.now() - begin >= least, `${now - before} questions in ${performance.now() - begin} ms`);
  await standIn("/stars/5000");
  for (const live of viewers) await untilStars(live, 5000);
});

test("D008 D009 without its source the last answer stays and is marked, newcomers see it at once, and it comes back", async (open) => {
  const ann = await open("/dashboard", { visitor: "Ann" });
  await standIn("/stars/7000");
  await untilStars(ann, 7000);
  await standIn("/down");
  await ann.page.locator(stale).waitFor();
  assert.match(await ann.page.textContent("[data-kind=repository] .freshness"), /as of .+ ago: the source/);
  const html = await (await fetch(`${running().url}/dashboard`)).text();
  assert.match(html, />7,0\d\d</);
  const ben = await open("/dashboard", { visitor: "Ben" });
  await untilStars(ben, 7000);
  await ben.page.locator(stale).waitFor();
  await standIn("/up");
  await standIn("/stars/9000");
  for (const live of [ann, ben]) {
    await untilStars(live, 9000);
    await live.page.locator(stale).waitFor({ state: "detached" });
  }
});

test("D002 each viewer sees the time of their own zone, and it ticks", async (open) => {
  await open("/dashboard");
  for (const timezoneId of ["Asia/Tokyo", "America/Argentina/Buenos_Aires"]) {
    const context = await chromium().newContext({ timezoneId });
    try {
      const page = await context.newPage();
      await page.goto(`${running().url}/dashboard`);
      const badge = page.locator("[data-kind=clock] .zone .badge");
      await badge.filter({ hasText: timezoneId.split("/").at(-1) }).waitFor();
      // Both look at the minute as it is now, which may change meanwhile.
      await page.waitForFunction(() => {
        const local = new Date().toTimeString().slice(0, 5);
        return document.querySelector("[data-kind=clock] .time span").textContent === local;
      });
      const seconds = await page.textContent(".time .seconds");
      await page.waitForFunction((seconds) => document.querySelector(".time .seconds").textContent !== seconds, seconds);
    } finally {
      await context.close();
    }
  }
});

test("D015 a tick is a few bytes, and only what has changed", async (open) => {
  const live = await open("/dashboard");
  live.frames.clear();
  const isTick = ({ direction, event, topic }) => direction === "received" && event === "diff" && topic.startsWith("lv:clock-1");
  const { text } = await live.frames.until((frame) => isTick(frame) && !frame.text.includes(":00"), "a tick");
  assert.ok(text.length < 90, text);
});

test("D003 what has come is alive, with text from the file as text", async (open) => {
  const live = await open("/dashboard");
  assert.equal(await live.page.textContent("[data-kind=countdown] .then"), "Over, <and> done");
});

test("D010 D011 D012 the stream shows what contains the term, links lead elsewhere, and newcomers see it at once", async (open) => {
  const ann = await open("/dashboard", { visitor: "Ann" });
  await say("nothing of interest");
  await say("a Probe of <b>text</b>");
  const item = ann.page.locator(items).filter({ hasText: "a Probe of <b>text</b>" });
  await item.waitFor();
  const link = item.getByRole("link");
  const [target, rel] = [await link.getAttribute("target"), await link.getAttribute("rel")];
  assert.deepEqual([target, rel.split(" ").includes("noopener")], ["_blank", true]);
  for (const text of await ann.page.locator(items).allTextContents()) assert.match(text, /probe/i);
  const ben = await open("/dashboard", { visitor: "Ben" });
  assert.equal(await ben.page.locator(items).first().textContent(), "a Probe of <b>text</b>");
});

test("D014 a firehose is readable: some are shown, the others counted, ten are kept", async (open) => {
  const live = await open("/dashboard");
  await standIn("/burst/300/probe");
  await live.page.locator(items).filter({ hasText: "probe 300" }).waitFor();
  await live.page.waitForFunction(() => {
    const skipped = document.querySelector("[data-kind=stream] .skipped")?.textContent.match(/[\d,]+/)?.[0];
    return Number(skipped?.replaceAll(",", "")) >= 296;
  });
  assert.ok((await live.page.locator(items).count()) <= 10);
});

test(
  "D016 a card that crashes says so on every page, the others go on, and it can be tried again",
  async (open) => {
    const [ann, ben] = [await open("/dashboard", { visitor: "Ann" }), await open("/dashboard", { visitor: "Ben" })];
    await ann.page.evaluate(() => {
      const target = document.querySelector("[data-kind=countdown] .face");
      window.liveSocket.owner(target).pushHookEvent(document.body, target, "crash", {}).catch(() => {});
    });
    for (const live of [ann, ben]) {
      await live.page.locator("[data-kind=countdown] .crashed").waitFor();
      assert.equal(await live.page.locator(".crashed").count(), 1);
      const seconds = await live.page.textContent(".time .seconds");
      await live.page.waitForFunction((seconds) => document.querySelector(".time .seconds").textContent !== seconds, seconds);
    }
    await ben.page.getByRole("button", { name: "Try again" }).click();
    for (const live of [ann, ben]) await live.page.locator("[data-kind=countdown] .then").waitFor();
  },
  { expects: ["view.crashed"] },
);

test("D017 without JavaScript the page is filled, and says that it stands still", async (open) => {
  const ann = await open("/dashboard");
  await ann.page.locator(stars).waitFor();
  const context = await chromium().newContext({ javaScriptEnabled: false });
  try {
    const page = await context.newPage();
    await page.goto(`${running().url}/dashboard`);
    assert.match(await page.textContent(".time"), /^\d\d:\d\d:\d\d$/);
    assert.match(await page.textContent(stars), /^[\d,]+$/);
    assert.ok(await page.locator(".still").isVisible());
    assert.ok(await page.locator(".connection").isHidden());
  } finally {
    await context.close();
  }
});

test("the page fits a small screen", async (open) => {
  const live = await open("/dashboard");
  await live.page.setViewportSize({ width: 360, height: 700 });
  assert.ok(await live.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
});

test("a server that is killed and started again has its page back, with all cards", async (open) => {
  const live = await open("/dashboard");
  await live.page.locator(stars).waitFor();
  await running().kill();
  await live.page.locator("[data-phx-main].phx-error").waitFor({ state: "attached" });
  await running().restart();
  await live.synced();
  await live.page.waitForFunction(() => document.querySelectorAll(".board .face.phx-connected").length === 4);
  await live.page.locator(stars).waitFor();
});
