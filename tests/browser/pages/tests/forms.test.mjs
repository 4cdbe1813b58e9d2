// Forms while they are filled in and submitted: what the client locks and marks, and what the server says.
import assert from "node:assert/strict";
import { attribute, click, eventually, fields, isVisible, running, test, text } from "../pages.mjs";

/** The pages of the form: alone, and in a nested view. */
const paths = ["/form", "/form/nested"];

/** The changes of one attribute, each from what to what. */
function changesOf(changes, name) {
  return changes.filter(({ name: changed, from, to }) => changed === name && from !== to).map(({ from, to }) => [from, to]);
}

for (const path of paths) {
  test(`E018: fields of ${path} are read-only during a submit, and afterwards as they were`, async (open) => {
    const live = await open(path);
    for (const _ of ["once", "again"]) {
      const [endA, endB] = [await live.watchAttributes("[name=a]"), await live.watchAttributes("[name=b]")];
      await live.page.click("#submit");
      await live.synced();
      const [a, b] = [await endA(), await endB()];
      assert.deepEqual(changesOf(a, "data-phx-readonly"), [[null, "true"], ["true", null]]);
      assert.deepEqual(changesOf(b, "data-phx-readonly"), [[null, "false"], ["false", null]]);
      assert.deepEqual(changesOf(b, "readonly"), [[null, ""], ["", null]]);
      assert.equal(await attribute(live, "[name=a]", "readonly"), "");
      assert.equal(await attribute(live, "[name=b]", "readonly"), null);
    }
  });

  test(`E019: the submit button of ${path} is disabled during a submit, and afterwards as it was`, async (open) => {
    const live = await open(path);
    const end = await live.watchAttributes("#submit");
    await live.page.click("#submit");
    await live.synced();
    const changes = await end();
    assert.deepEqual(changesOf(changes, "data-phx-disabled"), [[null, "false"], ["false", null]]);
    assert.deepEqual(changesOf(changes, "disabled"), [[null, ""], ["", null]]);
    assert.deepEqual(changesOf(changes, "data-phx-disable-with-restore"), [[null, "Submit"], ["Submit", null]]);
    assert.deepEqual(changesOf(changes, "class").at(0), [null, "phx-submit-loading"]);
    assert.equal((await attribute(live, "#submit", "class")) ?? "", "");
    assert.equal(await text(live, "#submit"), "Submit");
  });

  test(`E020: a plain button of ${path} is disabled during a click, and afterwards as it was`, async (open) => {
    const live = await open(path);
    const end = await live.watchAttributes("#plain");
    await live.page.click("#plain");
    await live.synced();
    const changes = await end();
    assert.deepEqual(changesOf(changes, "data-phx-disabled"), [[null, "false"], ["false", null]]);
    assert.deepEqual(changesOf(changes, "disabled"), [[null, ""], ["", null]]);
    assert.deepEqual(changesOf(changes, "class").at(0), [null, "phx-click-loading"]);
    assert.equal((await attribute(live, "#plain", "class")) ?? "", "");
    assert.equal(await text(live, "#plain"), "Plain");
  });

  test(`E028: a submit button of ${path} that has commands submits, too`, async (open) => {
    const live = await open(path);
    assert.equal(await isVisible(live, "#submitted"), false);
    await click(live, "button", "Submit with commands");
    assert.equal(await isVisible(live, "#submitted"), true);
  });

  test(`E029: locks and loading classes of ${path} go with the answer they wait for`, async (open) => {
    const live = await open(path);
    const { result: key } = await live.pushEvent("sandbox:eval", { value: "block" }, "#test-form");
    const release = (event) => live.page.request.post(`${running().url}/eval`, { data: { code: `release ${key} ${event}` } });
    const classes = (selector) => live.page.$eval(selector, (element) => [...element.classList].sort().join(" "));
    const has = (selector, name) => live.page.$eval(selector, (element, name) => element.hasAttribute(name), name);
    const refs = ["data-phx-ref-src", "data-phx-ref-loading", "data-phx-ref-lock"];
    const hasRefs = (selector) => Promise.all(refs.map((name) => has(selector, name)));

    await live.page.fill("[name=b]", "test");
    await eventually(() => classes("#test-form"), "mine phx-change-loading");
    assert.deepEqual(await hasRefs("#test-form"), [true, true, true]);
    assert.deepEqual(await hasRefs("[name=b]"), [true, true, true]);
    await live.page.click("#submit");
    await eventually(() => classes("#test-form"), "mine phx-change-loading phx-submit-loading");

    await release("validate");
    await eventually(() => classes("#test-form"), "mine phx-submit-loading");
    assert.deepEqual(await hasRefs("#test-form"), [true, true, false]);
    assert.equal(await classes("#submit"), "phx-submit-loading");
    assert.deepEqual(await hasRefs("#submit"), [true, true, true]);
    assert.equal(await attribute(live, "#submit", "data-phx-disable-with-restore"), "Submit");
    assert.equal(await has("#submit", "disabled"), true);
    assert.equal(await text(live, "#submit"), "Submitting");
    assert.equal(await isVisible(live, "#submitted"), false);

    await release("save");
    await live.synced();
    assert.equal(await isVisible(live, "#submitted"), true);
    assert.equal(await classes("#test-form"), "mine");
    assert.equal(await classes("#submit"), "");
    for (const selector of ["#test-form", "#submit", "[name=b]"]) {
      assert.deepEqual(await hasRefs(selector), [false, false, false], selector);
    }
    assert.equal(await has("#submit", "data-phx-disable-with-restore"), false);
    assert.equal(await has("#submit", "disabled"), false);
    assert.equal(await text(live, "#submit"), "Submit");
    assert.equal(await live.page.inputValue("[name=b]"), "test");
  });
}

test("E034: feedback is about used inputs only, and goes with a reset", async (open) => {
  const live = await open("/form/feedback");
  const isShown = () => isVisible(live, "#feedback");
  assert.equal(await isShown(), false);
  await click(live, "button", "+");
  assert.deepEqual([await text(live, "#count"), await isShown()], ["1", false]);
  await live.page.fill("[name=name]", "Test");
  await live.synced();
  assert.deepEqual([await text(live, "#validated"), await isShown()], ["1", false]);
  await live.page.fill("[name=about]", "Test");
  await live.synced();
  assert.deepEqual([await text(live, "#validated"), await isShown()], ["2", true]);

  await live.page.reload();
  await live.synced();
  assert.equal(await isShown(), false);
  await click(live, "button", "Submit");
  assert.deepEqual([await text(live, "#submitted"), await isShown()], ["1", true]);
  await click(live, "button", "Reset");
  await eventually(isShown, false);
  assert.equal(await live.page.inputValue("[name=about]"), "");

  await live.page.reload();
  await live.synced();
  assert.equal(await isShown(), false);
  await click(live, "button", "Toggle");
  assert.equal(await isShown(), true);
  await click(live, "button", "Toggle");
  assert.equal(await isShown(), false);
});

test("E035: a form leaves out the marks of its unused fields", async (open) => {
  const live = await open("/form?no-unused");
  await live.page.fill("[name=b]", "test");
  await live.synced();
  const frames = live.frames.sent("event");
  assert.deepEqual(frames.map(fields), [{ a: "foo", b: "test", c: "baz", d: "foo", e: "", f: "" }]);
});

test("E036: an input leaves out its mark", async (open) => {
  const live = await open("/form?no-unused-c");
  await live.page.fill("[name=b]", "test");
  await live.synced();
  const [frame, ...others] = live.frames.sent("event");
  assert.deepEqual(others, []);
  const unused = Object.keys(fields(frame)).filter((name) => name.startsWith("_unused_"));
  assert.deepEqual(unused, ["_unused_a", "_unused_d", "_unused_e", "_unused_f"]);
});

test("E065: a select has the class of its error, as long as it has one", async (open) => {
  const live = await open("/select");
  const choose = async (value) => {
    await live.page.selectOption("#order_amount", value);
    await live.synced();
  };
  const hasError = () => live.page.$eval("#order_amount", (select) => select.classList.contains("has-error"));
  assert.deepEqual([await live.page.inputValue("#order_amount"), await hasError()], ["2", false]);
  await choose("3");
  assert.equal(await hasError(), true);
  await choose("6");
  assert.equal(await hasError(), false);
});

test("E106: selects of which one depends on the other are both empty after a submit", async (open) => {
  const live = await open("/select/two");
  const options = (id) => live.page.$$eval(`#${id} option`, (options) => options.map(({ value }) => value));
  const values = async () => [await live.page.inputValue("#demo_kind"), await live.page.inputValue("#demo_word")];
  const choose = async (id, value) => {
    await live.page.selectOption(`#${id}`, value);
    await live.synced();
  };
  assert.deepEqual(await values(), ["", ""]);
  assert.deepEqual([await options("demo_kind"), await options("demo_word")], [["", "greetings", "goodbyes"], [""]]);
  await choose("demo_kind", "greetings");
  assert.deepEqual(await options("demo_word"), ["", "hello", "hallo", "hei"]);
  await choose("demo_word", "hei");
  assert.deepEqual(await values(), ["greetings", "hei"]);
  await click(live, "button", "Submit");
  assert.deepEqual(await values(), ["", ""]);
  assert.deepEqual(await options("demo_word"), [""]);
  await choose("demo_kind", "goodbyes");
  assert.deepEqual(await options("demo_word"), ["", "goodbye", "auf wiedersehen", "ha det bra"]);
});

test("E114: a select keeps the user's choice when something else changes", async (open) => {
  const live = await open("/select/kept");
  assert.equal(await live.page.inputValue("select"), "ONE");
  await live.page.focus("select");
  await live.page.selectOption("select", "TWO");
  await live.synced();
  assert.equal(await live.page.isEnabled("button"), true);
  assert.equal(await live.page.inputValue("select"), "TWO");
});

test("E140: foo and foo[bar] in one form are targets of their own", async (open) => {
  const live = await open("/form/target");
  for (const [input, keys] of [["#a", "foo"], ["#b", "foo bar"]]) {
    await live.page.fill(input, "x");
    await live.synced();
    assert.equal(await text(live, "#target"), keys);
  }
});

test("E155: a debounced input outside of its form is submitted with it", async (open) => {
  const live = await open("/form/debounced");
  await live.page.fill("#name", "123");
  await click(live, "button", "Save");
  assert.equal(await text(live, "#saved"), "123");
});
