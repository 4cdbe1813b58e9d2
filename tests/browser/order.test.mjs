// The order in a real Chromium: rows by button, key and pointer, and a browser without JavaScript.
import assert from "node:assert/strict";
import { test as plainTest } from "node:test";
import { LivePage } from "./live-page.mjs";
import { chromium, running, test } from "./live.mjs";

const nuts = "Peanuts, 1 kg";
const bath = "Bird bath";
const box = "Nest box for tits";

/** Clicks what has this role and name, and waits until the server has answered. */
async function press(live, name) {
  await live.page.getByRole("button", { name, exact: true }).click();
  await live.synced();
}

/** Chooses an item, and how many, in the line at this place, counted from 1. */
async function fill(live, place, item, quantity) {
  const line = live.page.locator("#lines > li").nth(place - 1);
  await line.locator("select").selectOption(item);
  await line.locator("input[type=number]").fill(quantity);
  await live.synced();
}

/** What is chosen in each line, and how many. */
function lines(live) {
  return live.page.$$eval("#lines > li", (lines) =>
    lines.map((line) => `${line.querySelector("input[type=number]").value} ${line.querySelector("select").value}`.trim()),
  );
}

/** The order of the lines, by the ids of their elements. */
function ids(live) {
  return live.page.$$eval("#lines > li", (lines) => lines.map(({ id }) => id.replace("order_lines_", "")).join(" "));
}

/** The name that the focused element has for a screen reader. */
function focused(live) {
  return live.page.evaluate(() => document.activeElement.getAttribute("aria-label"));
}

const total = (live) => live.page.locator(".total b").textContent();
const errors = (live) => live.page.locator(".order .error").allTextContents();

test("F033 F142: lines come, go and move, the total follows, and each element stays what it is", async (open) => {
  const live = await open("/live-demo/order");
  await fill(live, 1, nuts, "2");
  await fill(live, 2, bath, "1");
  assert.equal(await total(live), "€ 43.70");
  await live.page.evaluate(() => (document.querySelector("#order_lines_1").mine = true));
  await press(live, "Up, line 2 of 3");
  assert.deepEqual(await lines(live), [`1 ${bath}`, `2 ${nuts}`, ""]);
  assert.equal(await live.page.evaluate(() => document.querySelector("#lines > li").mine), true);
  live.frames.clear();
  await press(live, "Remove line 2 of 3");
  const [sent] = live.frames.sent("event");
  assert.equal(new URLSearchParams(sent.payload.value).getAll("order[lines_drop][]").join(), "1,@1");
  assert.deepEqual(await lines(live), [`1 ${bath}`, ""]);
  await press(live, "Add a line");
  assert.deepEqual([await ids(live), await total(live)], ["1 2 3", "€ 32.90"]);
});

test("F032: a line shows its own faults, and only where somebody was", async (open) => {
  const live = await open("/live-demo/order");
  await fill(live, 2, nuts, "100");
  assert.deepEqual(await errors(live), ["must be 1 to 99"]);
  await press(live, "Add a line");
  await press(live, "Down, line 2 of 4");
  assert.deepEqual(await errors(live), ["must be 1 to 99"]);
  assert.equal(await live.page.locator("#lines > li:nth-child(3) .error").count(), 1);
  await press(live, "Send the order");
  assert.equal((await errors(live)).length, 8, "the name, and two for each blank line");
  await press(live, "Remove line 3 of 4");
  assert.equal((await errors(live)).length, 7);
});

test("F033: what somebody types in goes on while other lines change", async (open) => {
  const live = await open("/live-demo/order");
  await fill(live, 1, nuts, "1");
  const name = live.page.getByLabel("Your name");
  await name.focus();
  await live.page.keyboard.type("An");
  // A line goes while the name has the focus, and what is typed next is sent before the answer is there.
  await live.page.evaluate(() => document.querySelector("[aria-label='Remove line 3 of 3']").click());
  await live.page.keyboard.type("na");
  await live.synced();
  assert.deepEqual([await name.inputValue(), (await lines(live)).length], ["Anna", 2]);
  assert.equal(await name.evaluate((input) => input === document.activeElement), true);
});

test("F033: lines are moved by keys and by buttons, which keep the focus", async (open) => {
  const live = await open("/live-demo/order");
  await fill(live, 1, nuts, "1");
  await live.page.getByRole("button", { name: "Move line 1 of 3", exact: true }).focus();
  await live.page.keyboard.press("ArrowDown");
  await live.page.locator("#order_lines_0:nth-child(2)").waitFor();
  await live.synced();
  await live.page.waitForFunction(() => document.activeElement.getAttribute("aria-label") === "Move line 2 of 3");
  await live.page.keyboard.press("End");
  await live.page.locator("#order_lines_0:nth-child(3)").waitFor();
  await live.synced();
  await live.page.getByRole("button", { name: "Up, line 3 of 3" }).focus();
  for (const place of [2, 1]) {
    await live.page.keyboard.press("Enter");
    await live.page.locator(`#order_lines_0:nth-child(${place})`).waitFor();
    await live.synced();
    assert.equal(await focused(live), `Up, line ${place} of 3`);
  }
  await live.page.keyboard.press("Enter");
  await live.synced();
  assert.deepEqual([await lines(live), await focused(live)], [[`1 ${nuts}`, "", ""], "Up, line 1 of 3"]);
});

test("F033: a line is dragged to another place", async (open) => {
  const live = await open("/live-demo/order");
  await fill(live, 1, box, "1");
  const handle = await live.page.getByRole("button", { name: "Move line 1 of 3", exact: true }).boundingBox();
  const last = await live.page.locator("#order_lines_2").boundingBox();
  await live.page.mouse.move(handle.x + 5, handle.y + 5);
  await live.page.mouse.down();
  await live.page.mouse.move(handle.x + 5, last.y + last.height - 4, { steps: 5 });
  await live.page.mouse.up();
  await live.page.locator("#order_lines_0:nth-child(3)").waitFor();
  await live.synced();
  assert.deepEqual(await lines(live), ["", "", `1 ${box}`]);
});

test("E021 E033: an order that was begun is there again after a reconnect", async (open) => {
  const live = await open("/live-demo/order");
  await fill(live, 1, nuts, "2");
  await press(live, "Remove line 2 of 3");
  await press(live, "Down, line 1 of 2");
  await live.disconnect();
  await live.reconnect();
  assert.deepEqual([await lines(live), await ids(live), await total(live)], [["", `2 ${nuts}`], "2 0", "€ 10.80"]);
  assert.deepEqual(await errors(live), []);
});

test("F030: an order is sent, and another can be begun", async (open) => {
  const live = await open("/live-demo/order");
  await live.page.getByLabel("Your name").fill("Ann");
  await fill(live, 1, nuts, "3");
  await press(live, "Remove line 3 of 3");
  await press(live, "Remove line 2 of 2");
  await press(live, "Send the order");
  await live.page.getByText("Thank you, Ann! The birds are looking forward to € 16.20.").waitFor();
  await press(live, "Order something else");
  assert.deepEqual(await lines(live), ["", "", ""]);
});

test("the order fits a small screen", async (open) => {
  const live = await open("/live-demo/order");
  await live.page.setViewportSize({ width: 320, height: 700 });
  await press(live, "Send the order");
  const isWider = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
  assert.equal(await live.page.evaluate(isWider), false);
});

plainTest("F030 F145: without JavaScript an order is sent, too", async () => {
  const context = await chromium().newContext({ javaScriptEnabled: false });
  try {
    const { page } = new LivePage(await context.newPage());
    await page.goto(`${running().url}/live-demo/order`);
    assert.equal(await page.getByRole("button", { name: "Remove line 1 of 3" }).count(), 0);
    await page.locator("select").first().selectOption(nuts);
    await page.getByRole("button", { name: "Add a line" }).click();
    assert.equal(await page.locator("#lines > li").count(), 4);
    assert.equal(await page.locator("select").first().inputValue(), nuts);
    await page.getByRole("button", { name: "Send the order" }).click();
    assert.deepEqual(await page.locator(".order .error").allTextContents(), ["must not be empty", "must be 1 to 99"]);
    await page.getByLabel("Your name").fill("Ann");
    await page.locator("input[type=number]").first().fill("2");
    await page.getByRole("button", { name: "Send the order" }).click();
    await page.getByText("Thank you, Ann! The birds are looking forward to € 10.80.").waitFor();
  } finally {
    await context.close();
  }
});
