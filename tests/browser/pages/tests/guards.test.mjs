// Navigation that scripts of the page hear of, and may cancel.
import assert from "node:assert/strict";
import { click, eventually, place, requests, test, text } from "../pages.mjs";

/** From now on collects what the page's scripts are told of navigation, and cancels it while told to. */
function listen(live) {
  return live.page.evaluate(() => {
    window.heard = { before: [], after: [], cancels: false };
    window.addEventListener("phx:before-navigate", (event) => {
      window.heard.before.push(event.detail);
      if (window.heard.cancels) event.preventDefault();
    });
    window.addEventListener("phx:navigate", ({ detail }) => window.heard.after.push(detail));
  });
}

/** What was heard, with paths for addresses. */
async function heard(live) {
  const { before, after } = await live.page.evaluate(() => window.heard);
  const short = ({ href, ...rest }) => ({ ...rest, to: href.replace(/^https?:\/\/[^/]+/, "") });
  return { before: before.map(short), after: after.map(short) };
}

function cancel(live, cancels) {
  return live.page.evaluate((cancels) => (window.heard.cancels = cancels), cancels);
}

test("E044: a click on a link to another view can be cancelled", async (open) => {
  const live = await open("/navigation/a");
  const seen = requests(live);
  await listen(live);
  await cancel(live, true);
  live.frames.clear();
  await click(live, "link", "To B");
  const asked = { to: "/navigation/b", patch: false, pop: false, direction: "forward" };
  assert.deepEqual(await heard(live), { before: [asked], after: [] });
  assert.equal(place(live), "/navigation/a");
  assert.deepEqual(live.frames.all, []);

  await cancel(live, false);
  await click(live, "link", "To B");
  assert.equal(place(live), "/navigation/b");
  assert.deepEqual(await heard(live), { before: [asked, asked], after: [asked] });
  assert.deepEqual(seen.all, []);
});

test("E045: the way back to another view can be cancelled", async (open) => {
  const live = await open("/navigation/a");
  await click(live, "link", "To B");
  assert.equal(place(live), "/navigation/b");
  const seen = requests(live);
  await listen(live);
  await cancel(live, true);
  live.frames.clear();
  await live.page.goBack();
  const asked = { to: "/navigation/a", patch: false, pop: true, direction: "backward" };
  await eventually(async () => (await heard(live)).before, [asked]);
  await eventually(() => place(live), "/navigation/b");
  assert.equal(await text(live, "h1"), "B");
  assert.deepEqual((await heard(live)).after, []);
  assert.deepEqual(live.frames.all, []);

  await cancel(live, false);
  await live.page.goBack();
  await eventually(() => text(live, "h1"), "A");
  await live.synced();
  assert.equal(place(live), "/navigation/a");
  assert.deepEqual(seen.all, []);
});

test("E046: navigation by the server is not asked about", async (open) => {
  const live = await open("/navigation/a");
  await listen(live);
  await cancel(live, true);
  live.frames.clear();
  await live.page.getByRole("button", { name: "Server navigates" }).click();
  await eventually(() => text(live, "h1"), "B");
  await live.synced();
  assert.equal(place(live), "/navigation/b");
  assert.deepEqual((await heard(live)).before, []);
  const [event] = live.frames.sent("event");
  // Where to go is the answer itself.
  const answer = await live.frames.reply(event);
  assert.deepEqual(answer.payload.response, { live_redirect: { to: "/navigation/b", kind: "push" } });
});

test("E055: scripts are told direction and kind of each navigation", async (open) => {
  const live = await open("/navigation/b");
  const seen = requests(live);
  await listen(live);
  await click(live, "link", "To A");
  await click(live, "link", "Patch");
  const patched = place(live);
  const way = [["goBack", "/navigation/a"], ["goBack", "/navigation/b"], ["goForward", "/navigation/a"], ["goForward", patched]];
  for (const [step, to] of way) {
    const known = (await heard(live)).after.length;
    await live.page[step]();
    await eventually(async () => (await heard(live)).after.length, known + 1);
    await live.synced();
    assert.equal(place(live), to);
  }
  assert.deepEqual((await heard(live)).after, [
    { to: "/navigation/a", patch: false, pop: false, direction: "forward" },
    { to: patched, patch: true, pop: false, direction: "forward" },
    { to: "/navigation/a", patch: true, pop: true, direction: "backward" },
    { to: "/navigation/b", patch: false, pop: true, direction: "backward" },
    { to: "/navigation/a", patch: false, pop: true, direction: "forward" },
    { to: patched, patch: true, pop: true, direction: "forward" },
  ]);
  assert.deepEqual(seen.all, []);
  assert.equal(live.frames.sent("phx_leave").length, 3);
  assert.equal(live.frames.sent("live_patch").length, 3);
});

test("E017: a form that is not saved asks before the view, or the page, is left", async (open) => {
  const live = await open("/form/unsaved");
  const asked = () => live.page.evaluate(() => window.asked);
  const write = async (note) => {
    await live.page.fill("#note", note);
    await live.synced();
    assert.equal(await text(live, "#said"), note);
  };
  await write("draft");
  const seen = requests(live);
  live.frames.clear();
  const [question] = await Promise.all([
    live.page.waitForEvent("dialog").then(async (dialog) => (await dialog.dismiss(), dialog)),
    live.page.getByRole("link", { name: "Leave" }).click(),
  ]);
  assert.deepEqual([question.type(), question.message()], ["confirm", "Leave without saving?"]);
  assert.equal(place(live), "/form/unsaved");
  assert.deepEqual([seen.all, live.frames.all], [[], []]);
  const href = new URL("/form/unsaved/left", live.page.url()).href;
  const left = { href, patch: false, pop: false, direction: "forward" };
  assert.deepEqual(await asked(), [left]);

  await write("draft after the link");
  const [warning] = await Promise.all([
    live.page.waitForEvent("dialog").then(async (dialog) => (await dialog.dismiss(), dialog)),
    live.page.close({ runBeforeUnload: true }),
  ]);
  assert.equal(warning.type(), "beforeunload");
  assert.equal(live.page.isClosed(), false);
  assert.deepEqual(await asked(), [left, "beforeunload"]);
  assert.equal(await live.page.inputValue("#note"), "draft after the link");
  const state = () => live.page.evaluate(() => [window.liveSocket.isConnected(), window.liveSocket.isUnloaded()]);
  assert.deepEqual(await state(), [true, false]);
  await write("draft after the page");
});
