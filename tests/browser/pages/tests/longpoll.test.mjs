// Pages where no WebSocket gets through: everything over long polling.
import assert from "node:assert/strict";
import { click, eventually, interrupt, place, requests, test, text } from "../pages.mjs";

/** Runs in the page before the client does: a browser, or a network, without WebSockets. */
function withoutWebSocket() {
  delete window.WebSocket;
}

const unable = { init: withoutWebSocket };

/** How the page's client is connected. */
function transport(live) {
  return live.page.evaluate(() => window.liveSocket.socket.transport.name);
}

/** The methods of the requests for the socket, and the documents that were loaded besides. */
function polls({ all, documents }) {
  const methods = all.filter((line) => line.includes(" /live/longpoll")).map((line) => line.split(" ")[0]);
  return { methods: [...new Set(methods)].sort(), documents };
}

test("F170: a page is joined, patched and left over long polling", async (open) => {
  const live = await open("/navigation/a", unable);
  assert.match(await transport(live), /LongPoll/);
  assert.equal(live.frames.all.length, 0, "there is no WebSocket");
  const seen = requests(live);
  await click(live, "link", "Patch");
  await eventually(async () => place(live), `/navigation/a?param=${await text(live, "#param")}`);
  await click(live, "button", "Server replaces");
  await eventually(async () => place(live), `/navigation/a?param=${await text(live, "#param")}`);
  await click(live, "link", "To B");
  await eventually(() => text(live, "h1"), "B");
  await eventually(() => polls(seen), { methods: ["GET", "POST"], documents: [] });
});

test("F170: a view that crashes comes back over long polling, and so does a lost session", async (open) => {
  const live = await open("/errors", unable);
  const first = await text(live, "#outer");
  await live.page.getByRole("button", { name: "Crash the outer view" }).click();
  await eventually(async () => (await text(live, "#outer")) !== first, true);
  await live.synced();
  const second = await text(live, "#outer");
  await interrupt(live);
  await eventually(async () => (await text(live, "#outer")) !== second, true);
  assert.match(await transport(live), /LongPoll/);
}, { expects: ["view.crashed"] });
