// Forms after a reconnect: the view is a new one, and the client tells it what was typed.
import assert from "node:assert/strict";
import { assertHas, attribute, eventually, fields, interrupt, isVisible, place, test } from "../pages.mjs";

/** The pages of the form: alone, in a nested view, in a component, in a component of a nested view, and in a portal. */
const paths = ["/form", "/form/nested", "/form/component", "/form/nested?in-component", "/form?in-portal"];

/** The address of a page whose form is like this. */
function like(path, look) {
  return `${path}${path.includes("?") ? "&" : "?"}${look}`;
}

/** Types into the field `b` and leaves it: a field that has the focus is not patched. */
async function typeB(live) {
  await live.page.fill("[name=b]", "test");
  await live.page.locator("[name=b]").blur();
  await live.synced();
}

for (const path of paths) {
  test(`E021: what was typed into ${path} is there again`, async (open) => {
    const live = await open(path);
    for (const [name, value] of [["b", "test"], ["e", "inside"], ["f", "outside"], ["c", "hello world"]]) {
      await live.page.fill(`[name=${name}]`, value);
    }
    await live.page.selectOption("[name=d]", "bar");
    await live.synced();
    await interrupt(live);

    const values = { b: "test", c: "hello world", d: "bar", e: "inside", f: "outside" };
    for (const [name, value] of Object.entries(values)) {
      assert.equal(await live.page.inputValue(`[name=${name}]`), value);
    }
    if (path === "/form") {
      assert.equal(await live.page.evaluate(() => document.activeElement.getAttribute("name")), "c");
    }
    const events = live.frames.sent("event");
    assert.deepEqual(events.map(({ payload }) => payload.event), ["validate"]);
    assert.deepEqual(fields(events[0]), { _unused_a: "", a: "foo", ...values });
    // The first field that is seen.
    assert.equal(events[0].payload.meta._target, "a");
    const join = live.frames.sent("phx_join").find(({ topic }) => topic === events[0].topic);
    assert.equal(events[0].joinRef, join.ref);
  });

  test(`E022: the form of ${path} recovers by a command, too`, async (open) => {
    const live = await open(like(path, "js-change"));
    assert.match(await attribute(live, "form", "phx-change"), /push/);
    await typeB(live);
    await interrupt(live);
    assert.equal(await live.page.inputValue("[name=b]"), "test");
  });

  test(`E023: the form of ${path} does not recover without an id`, async (open) => {
    const live = await open(like(path, "no-id"));
    await typeB(live);
    assert.equal(await live.page.inputValue("[name=b]"), "test");
    await interrupt(live);
    assert.equal(await live.page.inputValue("[name=b]"), "bar");
    assert.deepEqual(live.frames.sent("event"), []);
  });

  test(`E024: the form of ${path} does not recover without a change binding`, async (open) => {
    const live = await open(like(path, "no-change"));
    await typeB(live);
    await interrupt(live);
    assert.equal(await live.page.inputValue("[name=b]"), "bar");
    assert.deepEqual(live.frames.sent("event"), []);
  });

  test(`E025: the form of ${path} recovers by the event it names`, async (open) => {
    const live = await open(like(path, "recover=recover"));
    await typeB(live);
    await interrupt(live);
    assert.equal(await live.page.inputValue("[name=b]"), "recovered by the server");
    const events = live.frames.sent("event");
    assert.deepEqual(events.map(({ payload }) => payload.event), ["recover"]);
    assertHas(fields(events[0]), { _unused_a: "", a: "foo", b: "test" });
  });

  test(`E026: a disabled fieldset of ${path} is left out of the recovery`, async (open) => {
    const live = await open(like(path, "disabled-fieldset"));
    await live.page.fill("[name=c]", "hello world");
    await live.page.selectOption("[name=d]", "bar");
    await live.synced();
    await interrupt(live);
    const events = live.frames.sent("event");
    assert.equal(events.length, 1);
    const expected = { c: "hello world", d: "bar", _unused_e: "", e: "", _unused_f: "", f: "" };
    assert.deepEqual(fields(events[0]), expected);
    assert.equal(await live.page.inputValue("[name=d]"), "bar");
  });
}

test("E027: a recovery that patches the address is followed", async (open) => {
  const live = await open("/form?recover=recover_by_patch");
  await live.disconnect();
  live.frames.clear();
  await live.page.evaluate(() => window.liveSocket.connect());
  await eventually(() => place(live), "/form?patched=1");
  await live.synced();
  const [patch] = live.frames.received("live_patch");
  assert.deepEqual(patch.payload, { to: "/form?patched=1", kind: "push" });
  const event = live.frames.sent("event")[0];
  const reply = await live.frames.reply(event);
  assert.equal(reply.payload.status, "ok");
  // The address changes before the event is answered (spec §5.2).
  assert.ok(live.frames.all.indexOf(patch) < live.frames.all.indexOf(reply));
});

test("E142: a form without a field keeps nothing waiting when it recovers", async (open) => {
  const live = await open("/form/empty");
  await live.disconnect();
  assert.equal(await live.page.locator(".phx-loading").count(), 1);
  await live.page.evaluate(() => {
    const push = () => window.liveSocket.js().push(window.liveSocket.main.el, "reconnected");
    window.addEventListener("phx:page-loading-stop", push, { once: true });
    window.liveSocket.connect();
  });
  await live.synced();
  await eventually(() => isVisible(live, "#reconnected"), true);
});
