// Uploads: the published client with a real server, one file input.
import assert from "node:assert/strict";
import { attribute, click, eventually, story, test } from "../pages.mjs";

/** A text file. */
function file(name, content = "foo") {
  return { name, mimeType: name.endsWith(".md") ? "text/markdown" : "text/plain", buffer: Buffer.from(content) };
}

/** Chooses files as a visitor does, and waits until the view knows. */
async function choose(live, ...files) {
  await live.page.setInputFiles("#upload input", files);
  await live.synced();
}

/** The files that are chosen: `name progress`, then what is wrong. */
function entries(live) {
  const read = (entries) => entries.map((entry) => [...entry.querySelectorAll("b, i, em")].map((part) => part.textContent).join(" "));
  return live.page.$$eval(".entry", read);
}

function errors(live) {
  return live.page.$$eval(".error", (all) => all.map((error) => error.textContent));
}

/** What was saved, by name. */
function saved(live) {
  return live.page.$$eval(".saved", (all) => Object.fromEntries(all.map((one) => [one.title, one.textContent])));
}

const input = (live, kind) => attribute(live, "#upload input", `data-phx-${kind}-refs`);

test("E093: a file is chosen, checked and submitted, and what is there is the same", async (open) => {
  const live = await open("/uploads");
  const content = "0123456789".repeat(10) + "é";
  await choose(live, file("a.txt", content));
  assert.deepEqual(await entries(live), ["a.txt 0%"]);
  await click(live, "button", "Save");
  await eventually(() => saved(live), { "a.txt": content });
  assert.deepEqual([await entries(live), await input(live, "active")], [[], ""]);
});

/** Drags, or drops, something over an element. */
function drag(live, selector, type, { files = [], to = null } = {}) {
  return live.page.evaluate(
    ([selector, type, files, to]) => {
      const dataTransfer = new DataTransfer();
      for (const { name, text } of files) dataTransfer.items.add(new File([text], name, { type: "text/plain" }));
      const relatedTarget = to && document.querySelector(to);
      const target = selector === "window" ? document.documentElement : document.querySelector(selector);
      target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer, relatedTarget, clientX: -1, clientY: -1 }));
    },
    [selector, type, files, to],
  );
}

const isMarked = (live) => live.page.$eval("#drop", (drop) => drop.classList.contains("phx-drop-target-active"));

test("E094: a file that is dropped is chosen", async (open) => {
  const live = await open("/uploads");
  await drag(live, "#drop", "drop", { files: [{ name: "dropped.txt", text: "dropped" }] });
  await eventually(() => entries(live), ["dropped.txt 0%"]);
  await click(live, "button", "Save");
  await eventually(() => saved(live), { "dropped.txt": "dropped" });
});

test("E095: the mark of the drop target goes when what is dragged leaves it", async (open) => {
  const live = await open("/uploads");
  await drag(live, "#drop", "dragenter", { files: [{ name: "a.txt", text: "a" }] });
  await eventually(() => isMarked(live), true);
  await drag(live, "#drop", "dragleave");
  await eventually(() => isMarked(live), false);
});

test("E096: the mark stays while what is dragged crosses what is inside", async (open) => {
  const live = await open("/uploads");
  await drag(live, "#drop", "dragenter", { files: [{ name: "a.txt", text: "a" }] });
  await drag(live, "#inside", "dragenter", { files: [{ name: "a.txt", text: "a" }] });
  await eventually(() => isMarked(live), true);
  await drag(live, "#drop", "dragleave", { to: "#inside" });
  // Marks come and go with the next frame.
  await live.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.equal(await isMarked(live), true);
});

test("E097: two files come at the same time", async (open) => {
  const live = await open("/uploads");
  const long = "b".repeat(200);
  await choose(live, file("a.txt", "a".repeat(100)), file("b.md", long));
  await click(live, "button", "Save");
  await eventually(() => saved(live), { "a.txt": "a".repeat(100), "b.md": long });
});

test("E098: too many files are an error of the upload, and nothing is sent", async (open) => {
  const live = await open("/uploads");
  await choose(live, file("a.txt"), file("b.txt"), file("c.txt"));
  assert.deepEqual([(await entries(live)).length, await errors(live)], [3, ["too many files"]]);
  live.frames.clear();
  await click(live, "button", "Save");
  assert.deepEqual(story(live).filter((line) => line.includes("chunk")), []);
  assert.deepEqual(await saved(live), {});
});

test("E099: a file of a wrong type shows it", async (open) => {
  const live = await open("/uploads");
  await choose(live, { ...file("a.png"), mimeType: "image/png" });
  assert.deepEqual(await entries(live), ["a.png 0% files of this type are not accepted"]);
});

test("E100: a file sends itself", async (open) => {
  const live = await open("/uploads?auto");
  await choose(live, file("a.txt", "a".repeat(50)));
  await eventually(() => entries(live), ["a.txt 100%"]);
  await click(live, "button", "Save");
  await eventually(() => saved(live), { "a.txt": "a".repeat(50) });
});

/** What the uploader was told. */
const told = (live) => live.page.evaluate(() => window.uploads);

test("E101: the uploader is told that a file was cancelled", async (open) => {
  const live = await open("/uploads?auto&elsewhere");
  await choose(live, file("a.txt"), file("b.txt"));
  await eventually(() => entries(live), ["a.txt 50%", "b.txt 50%"]);
  await click(live, "button", "Cancel a.txt");
  await eventually(() => told(live), [
    { name: "a.txt", told: ["started", "cancelled"] },
    { name: "b.txt", told: ["started"] },
  ]);
});

test("E102: the uploader is told that the page has gone elsewhere", async (open) => {
  const live = await open("/uploads?auto&elsewhere");
  await choose(live, file("a.txt"));
  await eventually(() => entries(live), ["a.txt 50%"]);
  await click(live, "link", "Elsewhere");
  await eventually(() => told(live), [{ name: "a.txt", told: ["started", "cancelled"] }]);
});

test("E103: a file that was cancelled does not come back", async (open) => {
  const live = await open("/uploads");
  await choose(live, file("a.txt"), file("b.txt"));
  await click(live, "button", "Cancel a.txt");
  assert.deepEqual(await entries(live), ["b.txt 0%"]);
  await choose(live, file("c.txt"));
  assert.deepEqual(await entries(live), ["b.txt 0%", "c.txt 0%"]);
});

test("E104: submitting what is invalid again and again does no harm", async (open) => {
  const live = await open("/uploads");
  await choose(live, { ...file("a.png"), mimeType: "image/png" });
  for (let times = 0; times < 3; times += 1) await click(live, "button", "Save");
  assert.deepEqual(await entries(live), ["a.png 0% files of this type are not accepted"]);
  assert.deepEqual(live.errors, []);
});

test("E105: without what was too much, a form that sends its files itself can be submitted", async (open) => {
  const live = await open("/uploads?auto");
  await choose(live, file("a.txt", "a"), file("b.txt", "b"), file("c.txt", "c"));
  assert.deepEqual(await errors(live), ["too many files"]);
  await click(live, "button", "Cancel c.txt");
  assert.deepEqual(await errors(live), []);
  await click(live, "button", "Save");
  await eventually(() => saved(live), { "a.txt": "a", "b.txt": "b" });
});

test("E093: what a script has made is sent, too", async (open) => {
  const live = await open("/uploads?any");
  await live.page.evaluate(() => window.chooseBlob("made by a script"));
  await eventually(() => entries(live), ["0 0%"]);
  await click(live, "button", "Save");
  await eventually(() => saved(live), { 0: "made by a script" });
});

test("E097: a hundred and fifty files come at the same time", async (open) => {
  const live = await open("/uploads?many");
  await choose(live, ...Array.from({ length: 150 }, (_, at) => file(`${at}.txt`, `${at}`.repeat(10))));
  await click(live, "button", "Save");
  await eventually(async () => Object.keys(await saved(live)).length, 150);
  assert.equal((await saved(live))["149.txt"], "149".repeat(10));
});

test("E105: without what may go nowhere, the other files of the form are sent", async (open) => {
  const live = await open("/uploads?elsewhere");
  await choose(live, file("nowhere.txt"), file("whole.txt"));
  await click(live, "button", "Save");
  await eventually(() => entries(live), ["nowhere.txt 0% the file cannot be taken", "whole.txt 0%"]);
  await click(live, "button", "Cancel nowhere.txt");
  await click(live, "button", "Save");
  await eventually(() => saved(live), { "whole.txt": "elsewhere" });
});
