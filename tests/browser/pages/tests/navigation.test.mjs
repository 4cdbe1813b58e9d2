// Ways from address to address and from view to view, over the socket where that is possible.
import assert from "node:assert/strict";
import { click, eventually, place, requests, story, test, text } from "../pages.mjs";

/** Entries in the browser's history. */
function historyLength(live) {
  return live.page.evaluate(() => window.history.length);
}

test("E041: a patch and a navigation go over the open socket, without HTTP", async (open) => {
  const live = await open("/navigation/a");
  assert.deepEqual(story(live), ["sent phx_join", "received phx_reply"]);
  const seen = requests(live);

  live.frames.clear();
  const length = await historyLength(live);
  await click(live, "link", "Patch");
  assert.deepEqual(story(live), ["sent live_patch", "received phx_reply"]);
  assert.equal(await historyLength(live), length + 1);
  assert.equal(place(live), `/navigation/a?param=${await text(live, "#param")}`);

  live.frames.clear();
  await click(live, "link", "To B");
  assert.equal(place(live), "/navigation/b");
  // The old view's end and the new view's beginning may come in any order.
  const expected = ["received phx_close", "received phx_reply", "received phx_reply", "sent phx_join", "sent phx_leave"];
  await eventually(() => story(live).sort(), expected);
  const [[leave], [join]] = [live.frames.sent("phx_leave"), live.frames.sent("phx_join")];
  assert.equal(join.topic, leave.topic);
  assert.match(join.payload.redirect, /\/navigation\/b$/);
  assert.equal((await live.frames.reply(join)).payload.status, "ok");
  const [close] = live.frames.received("phx_close");
  assert.deepEqual([close.joinRef, close.ref], [leave.joinRef, leave.joinRef]);
  assert.deepEqual(seen.all, []);
});

test("E042: a view that patches itself for ever crashes, and the page is loaded at the wanted address", async (open) => {
  const live = await open("/navigation/loop");
  const seen = requests(live);
  live.frames.clear();
  await live.page.getByRole("link", { name: "Round and round" }).click();
  await live.page.waitForSelector("#message");
  await live.synced();
  assert.equal(await text(live, "#message"), "Too many patches");
  assert.deepEqual(seen.documents, ["GET /navigation/loop?round=1"]);
  assert.equal(live.frames.received("phx_error").length, 1);
  // Had the client been told of one of the patches, it would take the wanted address for reached.
  assert.deepEqual(live.frames.received("live_patch"), []);
});

test("F112, E043: back and forward lead through patches and views, without HTTP", async (open) => {
  const live = await open("/navigation/a");
  const seen = requests(live);
  const visited = [place(live)];
  for (const link of ["Patch", "To B"]) {
    await click(live, "link", link);
    visited.push(place(live));
  }
  assert.deepEqual([visited[0], visited[2]], ["/navigation/a", "/navigation/b"]);
  assert.match(visited[1], /^\/navigation\/a\?param=/);
  const arrive = async (index, heading) => {
    await eventually(() => place(live), visited[index]);
    await eventually(() => text(live, "h1"), heading);
    await live.synced();
  };
  await live.page.goBack();
  await arrive(1, "A");
  assert.equal(`/navigation/a?param=${await text(live, "#param")}`, visited[1]);
  await live.page.goBack();
  await arrive(0, "A");
  await eventually(() => text(live, "#param"), "");
  await live.page.goForward();
  await arrive(1, "A");
  await live.page.goForward();
  await arrive(2, "B");
  assert.deepEqual(seen.all, []);
});

test("E047: a patch that replaces leaves the history as long as it was", async (open) => {
  const live = await open("/navigation/a");
  const length = await historyLength(live);
  const visited = new Set([place(live)]);
  for (const [role, name] of [["link", "Replace"], ["button", "Server replaces"]]) {
    await click(live, role, name);
    await eventually(() => place(live).startsWith("/navigation/a?param=") && !visited.has(place(live)), true);
    visited.add(place(live));
    assert.equal(await historyLength(live), length, name);
  }
  const pushed = live.frames.received("live_patch").map(({ payload }) => payload);
  assert.deepEqual(pushed, [{ to: place(live), kind: "replace" }]);
});

test("E048: a view of another live session is reached over HTTP", async (open) => {
  const live = await open("/navigation/a");
  const seen = requests(live);
  live.frames.clear();
  await live.page.getByRole("link", { name: "Elsewhere" }).click();
  await eventually(() => text(live, "h1"), "Elsewhere");
  await live.synced();
  assert.deepEqual(seen.documents, ["GET /elsewhere"]);
  assert.equal(live.frames.sent("phx_leave")[0].topic.startsWith("lv:phx-"), true);
  const [join] = live.frames.sent("phx_join");
  assert.match(join.payload.redirect, /\/elsewhere$/);
  const refusal = await live.frames.reply(join);
  assert.deepEqual(refusal.payload, { status: "error", response: { reason: "unauthorized" } });
}, { expects: ["view.unauthorized-live-redirect"] });

test("E054: the way back through the entries of one view is patches only", async (open) => {
  const live = await open("/navigation/a");
  const seen = requests(live);
  const visited = [];
  for (const _ of ["once", "again"]) {
    visited.push(place(live));
    await click(live, "link", "Patch");
  }
  for (const address of visited.reverse()) {
    await live.page.goBack();
    await eventually(() => place(live), address);
    const param = new URLSearchParams(address.split("?")[1]).get("param") ?? "";
    await eventually(() => text(live, "#param"), param);
    await live.synced();
  }
  assert.equal(live.frames.sent("live_patch").length, 4);
  assert.deepEqual(live.frames.sent("phx_leave"), []);
  assert.equal(live.frames.sent("phx_join").length, 1);
  assert.deepEqual(seen.all, []);
});

test("E153: a patch may be answered with another page", async (open) => {
  const live = await open("/patch-redirect");
  const seen = requests(live);
  await live.page.getByRole("link", { name: "Patch" }).click();
  await eventually(() => place(live), "/navigation/a");
  await live.synced();
  assert.deepEqual(seen.documents, ["GET /navigation/a"]);
  const [patch] = live.frames.sent("live_patch");
  const answer = await live.frames.reply(patch);
  assert.deepEqual(answer.payload, { status: "ok", response: { redirect: { to: "/navigation/a" } } });
});
