// Components that come and go faster than the client can say so.
import assert from "node:assert/strict";
import { test } from "../pages.mjs";

async function click(live, name) {
  await live.page.getByRole("button", { name, exact: true }).click();
  await live.synced();
}

function cid(live, selector) {
  return live.page.getAttribute(selector, "data-phx-component");
}

/** Has the page say `event` at once whenever the main view has said `before`, and says of which components it was. */
function sayAfter(live, before, event) {
  return live.page.evaluate(
    ([before, event]) => {
      window.said = [];
      const view = window.liveSocket.main;
      const push = view.pushWithReply;
      view.pushWithReply = function (refGenerator, name, payload) {
        const pushed = push.apply(this, [refGenerator, name, payload]);
        if (payload?.cids) window.said.push([name, payload.cids]);
        if (name === before) view.pushHookEvent(document.body, document.querySelector("#outer-view"), event, {});
        return pushed;
      };
    },
    [before, event],
  );
}

test("F130 F131 F133 a component is patched alone, and so is the one inside it", async (open) => {
  const live = await open("/components");
  live.frames.clear();
  await click(live, "Count outer");
  await live.page.click("#outer-inside");
  await live.synced();
  assert.equal(await live.page.textContent("#outer-box output"), "1");
  assert.equal(await live.page.textContent("#outer-inside"), "inside 1");
  const replies = live.frames.received("phx_reply").map(({ text }) => text);
  assert.ok(replies.every((text) => text.includes('"c":{') && text.length < 120), replies.join("\n"));
});

test("E109 a component toggled quickly is not deleted by late news", async (open) => {
  const live = await open("/components");
  await click(live, "Count outer");
  const before = await cid(live, "#outer-box");
  // Neither waits for the other's answer.
  await live.page.evaluate(() => {
    for (const name of ["Hide outer", "Show outer", "Hide outer", "Show outer"]) {
      [...document.querySelectorAll("button")].find((button) => button.textContent === name).click();
    }
  });
  await live.synced();
  await live.page.waitForSelector("#outer-box");
  await click(live, "Count outer");
  assert.equal(await live.page.textContent("#outer-box output"), "2");
  assert.equal(await cid(live, "#outer-box"), before);
});

test("E165 a component revived between the two steps of its deletion", async (open) => {
  const live = await open("/components");
  await click(live, "Count outer");
  await live.page.click("#outer-inside");
  await live.synced();
  const before = [await cid(live, "#outer-box"), await cid(live, "#outer-inside")];
  await sayAfter(live, "cids_will_destroy", "show");
  await live.page.getByRole("button", { name: "Hide outer", exact: true }).click();
  await live.page.waitForFunction(() => window.said.length > 0 && document.querySelector("#outer-box"));
  await live.synced();
  assert.deepEqual([await cid(live, "#outer-box"), await cid(live, "#outer-inside")], before);
  assert.equal(await live.page.textContent("#outer-inside"), "inside 1");
  await live.page.click("#outer-inside");
  await click(live, "Count outer");
  assert.equal(await live.page.textContent("#outer-box output"), "2");
  assert.equal(await live.page.textContent("#outer-inside"), "inside 2");
});

test("F132 what is gone for good is deleted, and begins anew", async (open) => {
  const live = await open("/components");
  await click(live, "Count outer");
  const before = Number(await cid(live, "#outer-box"));
  live.frames.clear();
  await click(live, "Hide outer");
  const isDeleted = () => live.frames.received("phx_reply").some(({ text }) => text.includes('"cids":['));
  while (!isDeleted()) await live.page.waitForTimeout(20);
  await click(live, "Show outer");
  assert.equal(await live.page.textContent("#outer-box output"), "0");
  assert.ok(Number(await cid(live, "#outer-box")) > before);
});

test("F132 a component in a stream that is back before its end is announced still changes", async (open) => {
  const live = await open("/streams/cards");
  // Neither waits for the other's answer.
  await live.page.evaluate(() => {
    const view = window.liveSocket.main;
    const say = (script) => view.pushHookEvent(document.body, view.el, "do", { script });
    return Promise.all([say("-b"), say("+b:B")]);
  });
  await live.synced();
  assert.equal(live.frames.sent("cids_will_destroy").length, 1);
  for (const turn of [1, 2]) {
    await live.pushEvent("do", { script: `+b-${turn}5:x` }, "#b h2");
    assert.equal(await live.page.textContent("#b h2"), `B ${turn}`);
  }
});

test("E146 deleted components of view and nested view do not get mixed up", async (open) => {
  const live = await open("/components");
  assert.equal(await cid(live, "#outer-box"), await cid(live, "#inner-box"));
  await click(live, "Count outer");
  live.frames.clear();
  await click(live, "Hide inner");
  while (!live.frames.received("phx_reply").some(({ text }) => text.includes('"cids":['))) {
    await live.page.waitForTimeout(20);
  }
  await click(live, "Count outer");
  assert.equal(await live.page.textContent("#outer-box output"), "2");
  await click(live, "Show inner");
  await click(live, "Count inner");
  assert.equal(await live.page.textContent("#inner-box output"), "1");
});
