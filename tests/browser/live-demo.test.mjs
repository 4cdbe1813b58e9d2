// The pages of live-demo in a real Chromium, as a visitor uses them: with pointer, keyboard and a broken connection.
import assert from "node:assert/strict";
import { test } from "./live.mjs";

/** Clicks what has this role and name, and waits until the server has answered. */
async function click(live, role, name) {
  await live.page.getByRole(role, { name, exact: true }).click();
  await live.synced();
}

/** The text of the element at `selector`, without the space around it. */
async function text(live, selector) {
  return (await live.page.textContent(selector)).trim();
}

/** Waits until `read(argument)` is true in the page. */
function until(live, read, argument) {
  return live.page.waitForFunction(read, argument);
}

/** Waits until the focus is at the element at `selector`. */
function focused(live, selector) {
  return until(live, (selector) => document.activeElement?.matches(selector), selector);
}

/** Path and query of the page. */
function place(live) {
  const { pathname, search } = new URL(live.page.url());
  return pathname + search;
}

/** From now on collects the documents that the page loads. */
function documents(live) {
  const paths = [];
  live.page.on("request", (request) => {
    if (request.resourceType() === "document") paths.push(new URL(request.url()).pathname);
  });
  return paths;
}

test("the menu leads through all pages over one socket, and marks and titles each", async (open) => {
  const live = await open("/live-demo");
  const loaded = documents(live);
  const menu = live.page.getByRole("navigation", { name: "Pages", exact: true });
  for (const name of await menu.getByRole("link").allTextContents()) {
    await menu.getByRole("link", { name, exact: true }).click();
    await live.synced();
    assert.equal(await menu.locator("[aria-current=page]").textContent(), name);
    const title = await text(live, "h1");
    assert.equal(await live.page.title(), `${title} · Firecrest`);
    assert.match(await live.page.textContent(".source pre"), /impl LiveView for/);
  }
  assert.deepEqual(loaded, []);
});

test("the counter counts, and says only the number", async (open) => {
  const live = await open("/counter");
  const before = Number(await text(live, ".count"));
  live.frames.clear();
  await click(live, "button", "One more");
  await click(live, "button", "One more");
  await click(live, "button", "One less");
  assert.equal(Number(await text(live, ".count")), before + 1);
  const [first] = live.frames.received("phx_reply");
  assert.ok(first.text.length < 120 && first.text.includes(`"${before + 1}"`), first.text);
});

test("E020 a button has its look back after a click", async (open) => {
  const live = await open("/counter");
  const end = await live.watchAttributes("button[phx-click=inc]");
  await click(live, "button", "One more");
  const classes = (await end()).filter(({ name }) => name === "class").map(({ to }) => to.trim());
  assert.deepEqual([classes[0], classes.at(-1)], ["round phx-click-loading", "round"]);
});

test("what is open on a page stays open when the server sends news", async (open) => {
  const live = await open("/live-demo/keys");
  await live.page.getByText("The source of this page").click();
  await click(live, "button", "Left");
  assert.equal(await live.page.locator(".source").getAttribute("open"), "");
});

test("E034 faults appear where the visitor has been, and after a submit everywhere", async (open) => {
  const live = await open("/live-demo/form");
  const form = live.page.locator("#visitor");
  await form.getByLabel("Name").fill("A");
  await form.getByLabel("Name").fill("");
  await live.synced();
  assert.deepEqual(await form.locator(".error").allTextContents(), ["must not be empty"]);
  assert.equal(await form.getByLabel("Email").getAttribute("aria-invalid"), null);
  await form.getByRole("button").click();
  await live.synced();
  assert.equal(await form.locator(".error").count(), 5);
  assert.equal(await form.getByLabel("Email").getAttribute("aria-invalid"), "true");
});

test("E019 a form that is right says so on the next page, and its button waits meanwhile", async (open) => {
  const live = await open("/live-demo/form");
  const form = live.page.locator("#visitor");
  await form.getByLabel("Name").fill("Ann");
  await form.getByLabel("Email").fill("ann@example.org");
  await form.getByLabel("Password").fill("12345678");
  await form.getByRole("button").click();
  await live.synced();
  assert.deepEqual(await form.locator(".error").allTextContents(), ["must be chosen", "must be promised"]);
  assert.equal(await form.getByRole("button").textContent(), "Sign up");
  assert.equal(await form.getByRole("button").isEnabled(), true);
  await form.getByLabel("Bird").selectOption("Wren");
  await form.getByLabel("I will be quiet near the nest").check();
  await form.getByRole("button").click();
  await live.page.waitForURL("**/live-demo");
  await live.page.locator("#flash-info").getByText("Welcome, Ann! A wren is on its way.").waitFor();
  await click(live, "button", "Close");
  assert.equal(await live.page.locator(".flash").count(), 0);
});

test("E021 what was typed before a disconnect is there again", async (open) => {
  const live = await open("/live-demo/form");
  await live.page.locator("#visitor").getByLabel("Name").fill("Ann");
  await live.page.locator("#visitor").getByLabel("Bird").selectOption("Wren");
  await live.synced();
  await live.disconnect();
  await live.reconnect();
  assert.equal(await live.page.locator("#visitor").getByLabel("Name").inputValue(), "Ann");
  assert.equal(await live.page.locator("#visitor").getByLabel("Bird").inputValue(), "Wren");
});

test("a visitor is sent to the login, logs in over HTTP, and out again", async (open) => {
  const live = await open("/live-demo/pages");
  await live.page.getByRole("link", { name: "Members only" }).click();
  await live.page.waitForURL("**/live-demo/form");
  await live.page.locator("#flash-error").getByText("Members only: please log in.").waitFor();
  await live.synced();

  const form = live.page.locator("#login");
  await form.getByLabel("Name").fill("Ann");
  await form.getByLabel("Password").fill("goldcrest");
  await form.getByRole("button").click();
  await form.getByText("is another one").waitFor();
  await form.getByLabel("Password").fill("firecrest");
  await form.getByRole("button").click();
  await live.page.waitForURL("**/live-demo/members");
  await live.page.getByRole("heading", { name: "Welcome, Ann." }).waitFor();
  await live.synced();
  await live.page.getByRole("button", { name: "Log out" }).click();
  await live.page.waitForURL("**/live-demo/form");
  await live.page.locator("#login").getByLabel("Name").waitFor();
  await live.synced();
});

/** The names of the flock, in order. */
async function flock(live) {
  const entries = await live.page.locator("#flock .grow").allTextContents();
  return entries.map((entry) => entry.split(/ (?=[A-Z])/)[0]);
}

test("a bird comes, another leaves, and the list can be emptied and filled", async (open) => {
  const live = await open("/live-demo/list");
  await click(live, "button", "Add a bird");
  assert.equal((await flock(live)).at(-1), "Great tit");
  while ((await flock(live)).length > 0) {
    await live.page.locator("#flock [phx-click=remove]").first().click();
    await live.synced();
  }
  await live.page.locator(".empty").waitFor();
  await click(live, "button", "Add a bird");
  assert.deepEqual(await flock(live), ["Firecrest"]);
});

test("E040 sorted and shuffled, the entries are the same elements, and none is sent again", async (open) => {
  const live = await open("/live-demo/list");
  await live.page.evaluate(() => document.querySelectorAll("#flock li").forEach((item) => (item.mark = item.id)));
  await click(live, "button", "Sort by name");
  assert.deepEqual(await flock(live), (await flock(live)).sort());
  live.frames.clear();
  for (let round = 0; round < 10; round++) {
    await click(live, "button", "Shuffle");
    await click(live, "button", "Sort by weight");
    assert.deepEqual(await flock(live), ["Firecrest", "Goldcrest", "Wren", "Blue tit", "Siskin", "Robin"]);
  }
  for (const { text } of live.frames.received("phx_reply")) assert.doesNotMatch(text, /crest|Robin|<li/);
  assert.ok(await live.page.evaluate(() => [...document.querySelectorAll("#flock li")].every((item) => item.mark === item.id)));
  const [last] = live.frames.received("phx_reply").slice(-1);
  assert.equal(await text(live, "#wire"), `${last.text.length} bytes for the last change`);
});

test("an entry is moved by the keyboard, keeps the focus, and says where it is", async (open) => {
  const live = await open("/live-demo/list");
  const handle = live.page.getByRole("button", { name: "Move Wren", exact: true });
  await handle.focus();
  await handle.press("ArrowUp");
  await live.page.getByText("Wren is now 2 of 6.").waitFor();
  await live.synced();
  await focused(live, "#wren [data-handle]");
  await handle.press("End");
  await live.page.getByText("Wren is now 6 of 6.").waitFor();
  assert.equal((await flock(live)).at(-1), "Wren");
});

test("an entry is dragged by its handle", async (open) => {
  const live = await open("/live-demo/list");
  const box = async (name) => live.page.getByRole("button", { name: `Move ${name}`, exact: true }).boundingBox();
  const [from, to] = [await box("Firecrest"), await box("Blue tit")];
  await live.page.mouse.move(from.x + 10, from.y + 10);
  await live.page.mouse.down();
  await live.page.mouse.move(to.x + 10, to.y + to.height, { steps: 4 });
  await live.page.mouse.up();
  await live.page.getByText("Firecrest is now 4 of 6.").waitFor();
  assert.deepEqual((await flock(live)).slice(0, 4), ["Robin", "Wren", "Blue tit", "Firecrest"]);
});

test("E041 E043 tabs and pages are addresses, birds are views, and back leads through them without HTTP", async (open) => {
  const live = await open("/live-demo/pages/wren");
  const loaded = documents(live);
  await click(live, "link", "Sightings");
  assert.equal(place(live), "/live-demo/pages/wren?tab=sightings&page=0");
  const first = await text(live, "tbody");
  live.frames.clear();
  await click(live, "link", "3");
  assert.equal(place(live), "/live-demo/pages/wren?tab=sightings&page=2");
  assert.notEqual(await text(live, "tbody"), first);
  assert.deepEqual([live.frames.sent("live_patch").length, live.frames.sent("phx_join").length], [1, 0]);
  await click(live, "link", "Blue tit →");
  assert.equal(await text(live, "h1"), "Blue tit");
  assert.deepEqual([live.frames.sent("phx_leave").length, live.frames.sent("phx_join").length], [1, 1]);
  await live.page.goBack();
  await until(live, () => document.querySelector("h1").textContent === "Wren" && document.querySelector("tbody"));
  await live.synced();
  assert.deepEqual(loaded, []);
});

test("E047 leafing through sightings replaces the address, so one step back leaves them", async (open) => {
  const live = await open("/live-demo/pages/wren");
  await click(live, "link", "Sightings");
  const length = await live.page.evaluate(() => window.history.length);
  for (const page of ["2", "3", "4"]) await click(live, "link", page);
  assert.equal(await live.page.evaluate(() => window.history.length), length);
  await live.page.goBack();
  await live.page.waitForURL("**/live-demo/pages/wren");
  await live.synced();
  assert.equal(await live.page.locator("tbody").count(), 0);
});

test("a message comes along, over the socket and with a page load", async (open) => {
  const live = await open("/live-demo/pages/robin");
  const loaded = documents(live);
  await click(live, "button", "Anywhere");
  await live.page.locator("#flash-info").getByText("This came along from the robin.").waitFor();
  assert.notEqual(await text(live, "h1"), "Robin");
  assert.deepEqual(loaded, []);
  const here = place(live);
  await live.page.getByRole("button", { name: "Reload" }).click();
  await live.page.locator("#flash-info").getByText("The page was loaded anew, and this came along.").waitFor();
  await live.synced();
  assert.deepEqual([place(live), loaded], [here, [here]]);
});

test("a bird that there is not is not found", async (open) => {
  await open("/live-demo/pages/dodo", { status: 404 });
});

const dropped = { expects: ["view.crashed"] };

test("E014 a dropped clock is wound up again, and the others have not noticed", async (open) => {
  const live = await open("/live-demo/nested");
  const age = (city) => live.page.locator(`[id="clock-${city}"] p`).evaluate((line) => Number(line.textContent.match(/\d+/)[0]));
  await until(live, () => [...document.querySelectorAll(".clocks p")].every((line) => Number(line.textContent.match(/\d+/)[0]) >= 2));
  live.frames.clear();
  await live.page.getByRole("button", { name: "Drop the clock of Kathmandu" }).click();
  const joined = await live.frames.until(({ direction, event }) => direction === "sent" && event === "phx_join", "another join");
  assert.equal(joined.topic, "lv:clock-Kathmandu");
  await live.frames.reply(joined);
  await until(live, () => document.querySelector("[id='clock-Kathmandu'].phx-connected"));
  const [ours, other] = [await age("Kathmandu"), await age("Tokyo")];
  assert.ok(ours < other && other >= 2, `${ours} ${other}`);
  assert.equal(live.frames.sent("phx_join").length, 1);
}, dropped);

test("a colour is chosen on one page and there on another", async (open) => {
  const [one, other] = [await open("/live-demo/nested"), await open("/live-demo")];
  for (const colour of ["sky", "plum", "flame"]) {
    await one.page.getByRole("button", { name: colour }).click();
    for (const live of [one, other]) {
      await until(live, (colour) => document.querySelector(`.body .crest-feathers[data-colour=${colour}]`), colour);
      await live.page.locator(`.swatch[data-colour=${colour}][aria-pressed=true]`).waitFor();
    }
  }
  const late = await open("/live-demo");
  assert.equal(await late.page.locator(".body .crest-feathers").getAttribute("data-colour"), "flame");
});

test("E008 a dialog takes the focus, keeps it, and gives it back, and the server hears nothing", async (open) => {
  const live = await open("/live-demo/modal");
  live.frames.clear();
  const button = live.page.getByRole("button", { name: "Open the cage" });
  for (const close of ["Escape", "a click beside it", "its button"]) {
    await button.click();
    await live.page.getByRole("dialog", { name: "Let it fly?" }).waitFor();
    await focused(live, "#cage-panel .quiet");
    await live.page.keyboard.press("Tab");
    await live.page.keyboard.press("Tab");
    await focused(live, "#cage-panel .quiet");
    await live.page.keyboard.press("Shift+Tab");
    await focused(live, "#cage-panel button:not(.quiet)");
    if (close === "Escape") await live.page.keyboard.press("Escape");
    else if (close === "its button") await live.page.getByRole("button", { name: "Not yet" }).click();
    else await live.page.mouse.click(20, 400);
    await live.page.locator("#cage").waitFor({ state: "hidden" });
    await focused(live, "[phx-click]:not(.quiet)");
  }
  assert.deepEqual(live.frames.all, []);
  await button.click();
  await live.page.getByRole("button", { name: "Release" }).click();
  await live.page.getByText("1 released").waitFor();
  assert.equal(live.frames.sent("event").length, 1);
});

test("E009 a focus trap has its hook and a sentinel on each side, also when a link has led here", async (open) => {
  const live = await open("/live-demo");
  await live.page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Commands", exact: true }).click();
  await live.synced();
  assert.equal(place(live), "/live-demo/modal");
  for (const id of ["menu", "cage-wrap"]) {
    const trap = await live.page.$eval(`#${id}`, ({ attributes, firstElementChild, lastElementChild }) => {
      const sentinel = ({ id, tabIndex, ariaHidden }) => [id, tabIndex, ariaHidden];
      return [attributes["phx-hook"].value, sentinel(firstElementChild), sentinel(lastElementChild)];
    });
    assert.deepEqual(trap, ["Phoenix.FocusWrap", [`${id}-start`, 0, "true"], [`${id}-end`, 0, "true"]]);
  }
});

test("E056 E057 a dialog is at the end of the document, belongs to its card, and goes with its page", async (open) => {
  const live = await open("/live-demo/modal");
  const dialogs = () => live.page.$$eval("body > #dialogs > [data-phx-teleported-src]", (all) => all.map(({ id }) => id));
  assert.deepEqual(await dialogs(), ["_lv_portal_wrap_cage-portal"]);
  await live.page.setViewportSize({ width: 400, height: 700 });
  await live.page.getByRole("button", { name: "Open the cage" }).click();
  const dialog = live.page.getByRole("dialog", { name: "Let it fly?" });
  await dialog.waitFor();
  const { x, width } = await dialog.boundingBox();
  assert.ok(x >= 0 && x + width <= 400, `${x} + ${width}`);
  await live.page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await live.page.goto(new URL("/live-demo/modal", live.page.url()).href);
  await live.synced();
  await live.page.getByRole("link", { name: "Counter", exact: true }).click();
  await live.synced();
  assert.deepEqual(await dialogs(), []);
});

test("E007 a menu takes the focus at its first entry, Tab stays inside, and Escape leaves it", async (open) => {
  const live = await open("/live-demo/modal");
  const button = live.page.locator("#menu-button");
  await button.press("Enter");
  await focused(live, "#menu button:nth-of-type(1)");
  assert.equal(await button.getAttribute("aria-expanded"), "true");
  for (const at of [2, 3, 1]) {
    await live.page.keyboard.press("Tab");
    await focused(live, `#menu button:nth-of-type(${at})`);
  }
  await live.page.keyboard.press("Escape");
  await live.page.locator("#menu").waitFor({ state: "hidden" });
  await focused(live, "#menu-button");
  assert.equal(await button.getAttribute("aria-expanded"), "false");
});

test("E037 what switches have changed outlives the server's news", async (open) => {
  const live = await open("/live-demo/modal");
  await live.page.getByRole("switch", { name: "Night" }).click();
  await live.page.getByRole("button", { name: "Details" }).click();
  await live.page.locator("#more").waitFor();
  await live.page.getByRole("button", { name: "Open the cage" }).click();
  await live.page.getByRole("button", { name: "Release" }).click();
  await live.page.getByText("1 released").waitFor();
  await live.page.locator("#cage").waitFor({ state: "hidden" });
  assert.equal(await live.page.getByRole("switch", { name: "Night" }).getAttribute("aria-checked"), "true");
  assert.match(await live.page.locator("#nest").getAttribute("class"), /night/);
  assert.ok(await live.page.locator("#more").isVisible());
});

test("keys anywhere on the page move the bird, and the page does not scroll", async (open) => {
  const live = await open("/live-demo/keys");
  await live.page.setViewportSize({ width: 1280, height: 480 });
  const where = () => live.page.locator(".meadow").getAttribute("aria-label");
  assert.equal(await where(), "The bird is in column 7 of row 4.");
  for (const key of ["ArrowLeft", "w", "ArrowDown", "ArrowDown", "d", "x"]) {
    await live.page.keyboard.press(key);
    await live.synced();
  }
  assert.equal(await where(), "The bird is in column 7 of row 5.");
  assert.equal(await live.page.evaluate(() => window.scrollY), 0);
  for (let row = 0; row < 8; row++) await click(live, "button", "Up");
  assert.equal(await where(), "The bird is in column 7 of row 1.");
});

test("a fly is caught where the bird is, and another comes", async (open) => {
  const live = await open("/live-demo/keys");
  const places = (selector) =>
    live.page.locator(selector).evaluateAll((all) => all.map((one) => one.getAttribute("transform").match(/\d+/g).map(Number)));
  const [[bird], [fly]] = [await places(".bird"), await places(".fly")];
  for (const [axis, [less, more]] of [["ArrowLeft", "ArrowRight"], ["ArrowUp", "ArrowDown"]].entries()) {
    for (let at = bird[axis]; at !== fly[axis]; at += Math.sign(fly[axis] - at)) {
      await live.page.keyboard.press(fly[axis] < at ? less : more);
      await live.synced();
    }
  }
  assert.match(await text(live, "#caught"), /^[1-9]\d* caught$/);
  assert.equal((await places(".fly")).length, 5);
});

test("the server asks a hook of the page, and the hook answers", async (open) => {
  const live = await open("/live-demo/keys");
  live.frames.clear();
  await live.page.getByRole("button", { name: "Viewport" }).click();
  await live.page.getByText("Your viewport is 1280 × 900.").waitFor();
  const [asked, answered] = live.frames.sent("event");
  assert.deepEqual([asked.payload.type, answered.payload.type], ["click", "hook"]);
  await live.synced();
});
