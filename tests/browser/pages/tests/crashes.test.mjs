// Views that panic: what is mounted again, what is left alone, and when the page is loaded.
import assert from "node:assert/strict";
import { eventually, isVisible, requests, test, text } from "../pages.mjs";

/** The numbers of the mounts that the page shows: of the outer view and of the one inside. */
async function mounts(live) {
  return [await text(live, "#outer"), await text(live, "#inner")];
}

/** The frames of one view's join, by the end of the view's topic. */
function joins(live, name) {
  return live.frames.sent("phx_join").filter(({ topic }) => topic.endsWith(name));
}

function diagnosed(live, code) {
  return live.diagnostics.filter((diagnostic) => diagnostic.code === code).length;
}

test("E010: a panic in the mount for the page is a 500", async (open) => {
  const live = await open("/errors?page=panic", { status: 500 });
  assert.equal(await text(live, "h1"), "500");
});

test("E011: a panic in the mount for the socket loads the page again and again", async (open) => {
  const live = await open("/errors?socket=panic", { synced: false });
  const seen = requests(live);
  await eventually(() => diagnosed(live, "view.reload-failsafe") > 0, true);
  const { metadata } = live.diagnostics.find(({ code }) => code === "view.reload-failsafe");
  assert.deepEqual(metadata, { tries: 5, maxReloads: 5 });
  // From then on it goes slowly, but does not end.
  await eventually(() => seen.documents.length >= 5, true);
  assert.ok(seen.documents.every((request) => request === "GET /errors?socket=panic"), seen.documents.join());
  const [failed] = live.frames.sent("phx_join");
  const refusal = await live.frames.reply(failed);
  assert.deepEqual(refusal.payload, { status: "error", response: { reason: "join crashed" } });
}, { expects: ["view.join-failed", "view.reload-failsafe"] });

test("E012: a nested view whose mount fails twice is joined by the third", async (open) => {
  const live = await open("/errors?nested=2", { synced: false });
  const seen = requests(live);
  await live.page.waitForSelector("#joined");
  await live.synced();
  assert.equal(joins(live, ":inside").length, 3);
  assert.equal(diagnosed(live, "view.join-failed"), 2);
  assert.deepEqual(seen.documents, []);
}, { expects: ["view.join-failed"] });

test("E013: a nested view whose mount always fails is given up, and the page stays", async (open) => {
  const live = await open("/errors?nested=100", { synced: false });
  const seen = requests(live);
  await eventually(() => diagnosed(live, "view.mount-attempts-exhausted"), 1);
  const tries = joins(live, ":inside").length;
  assert.deepEqual([tries, diagnosed(live, "view.join-failed")], [3, 3]);
  // The outer view goes on.
  assert.equal(await live.page.evaluate(() => window.liveSocket.main.isConnected()), true);
  assert.equal(await isVisible(live, "#joined"), false);
  assert.deepEqual(seen.documents, []);
}, { expects: ["view.join-failed", "view.mount-attempts-exhausted"] });

test("E014: a panic of a nested view in an event mounts that view again, and no other", async (open) => {
  const live = await open("/errors?nested");
  const seen = requests(live);
  const [outer, inner] = await mounts(live);
  live.frames.clear();
  await live.page.getByRole("button", { name: "Crash the nested view" }).click();
  await eventually(async () => (await text(live, "#inner")) !== inner, true);
  await live.synced();
  assert.equal(await text(live, "#outer"), outer);
  assert.deepEqual(live.frames.sent("phx_join").map(({ topic }) => topic), ["lv:inside"]);
  assert.deepEqual(live.frames.received("phx_error").map(({ topic }) => topic), ["lv:inside"]);
  assert.deepEqual(seen.documents, []);
}, { expects: ["view.crashed"] });

test("E015: a panic of the main view in an event mounts it and the view inside again", async (open) => {
  const live = await open("/errors?nested");
  const seen = requests(live);
  const [outer, inner] = await mounts(live);
  live.frames.clear();
  await live.page.getByRole("button", { name: "Crash the outer view" }).click();
  await eventually(async () => (await text(live, "#inner")) !== inner, true);
  await live.synced();
  assert.notEqual(await text(live, "#outer"), outer);
  const topics = live.frames.sent("phx_join").map(({ topic }) => topic);
  assert.deepEqual([topics.length, topics[0].startsWith("lv:phx-"), topics[1]], [2, true, "lv:inside"]);
  assert.equal(live.frames.sent("phx_join")[0].payload.params._mounts, 1);
  assert.deepEqual(seen.documents, []);
}, { expects: ["view.crashed"] });

test("E016: a panic of a nested view that is tied to the outer one takes that along", async (open) => {
  const live = await open("/errors?nested=tied");
  const seen = requests(live);
  const [outer, inner] = await mounts(live);
  await live.page.getByRole("button", { name: "Crash the nested view" }).click();
  await eventually(async () => (await text(live, "#outer")) !== outer, true);
  await eventually(async () => (await text(live, "#inner")) !== inner, true);
  await live.synced();
  assert.deepEqual(seen.documents, []);
}, { expects: ["view.crashed"] });
