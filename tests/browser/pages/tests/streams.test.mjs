// Streams: lists that only the browser keeps.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { click, eventually, interrupt, running, test } from "../pages.mjs";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Does what a script says to the list, in one turn of the view. */
async function run(live, script) {
  await live.pushEvent("do", { script });
  await live.synced();
}

/** The items of the list in order: `id:text`. */
function items(live, selector = "#list") {
  return live.page.$eval(selector, (list) => [...list.children].map(({ id, textContent }) => `${id}:${textContent.trim()}`).join(" "));
}

/** Opens a list that is filled by a script when it is mounted. */
function list(open, first = "+a:A +b:B +c:C", more = "") {
  return open(`/streams?first=${encodeURIComponent(first)}${more}`);
}

/** Fails unless the list is `expected` after each script. */
async function steps(live, expected) {
  for (const [script, then] of expected) {
    await run(live, script);
    assert.equal(await items(live), then, `after ${script}`);
  }
}

test("E067 E085: what is there is brought up to date where it stands, and deleted", async (open) => {
  const live = await list(open);
  assert.equal(await items(live), "a:A b:B c:C");
  await steps(live, [
    ["+b:B2", "a:A b:B2 c:C"],
    ["@0:c:C2", "a:A b:B2 c:C2"],
    ["-a", "b:B2 c:C2"],
    ["-a -nothing", "b:B2 c:C2"],
  ]);
});

/** The rows of the cards: `card:row,row`. */
function cards(live) {
  const read = (cards) => cards.map((card) => `${card.id}:${[...card.querySelectorAll("li")].map(({ id }) => id.replace(/.*-/, ""))}`);
  return live.page.$$eval("#cards > section", read).then((all) => all.join(" "));
}

test("E066 E068: a stream in a component is shown, updated and deleted from", async (open) => {
  const live = await open("/streams/cards");
  const html = await (await fetch(`${running().url}/streams/cards`)).text();
  assert.match(html, /<ul id="alone-rows" phx-update="stream"><li id="alone-1">1<\/li><li id="alone-2">2<\/li><\/ul>/);
  assert.equal(await items(live, "#alone-rows"), "alone-1:1 alone-2:2");
  await live.pushEvent("do", { script: "+alone-2:two -alone-1 +alone-3:3" }, "#alone h2");
  assert.equal(await items(live, "#alone-rows"), "alone-2:two alone-3:3");
  assert.equal(await cards(live), "a:1,2 b:1,2 c:1,2");
  await live.pushEvent("do", { script: "-b-1 +b-3:3" }, "#b h2");
  assert.equal(await cards(live), "a:1,2 b:2,3 c:1,2");
});

test("E077 E086: components in a stream take another order, and keep their own streams through a reset", async (open) => {
  const live = await open("/streams/cards");
  await live.pushEvent("do", { script: "-b-1 +b-3:3" }, "#b h2");
  await live.page.$eval("#b", (card) => (card.mark = "mine"));
  await live.pushEvent("do", { script: "! +c:C +b:B +a:A" });
  assert.equal(await cards(live), "c:1,2 b:2,3 a:1,2");
  assert.equal(await live.page.$eval("#b", ({ mark }) => mark), "mine");
  await live.pushEvent("do", { script: "+b-4:4" }, "#b h2");
  assert.equal(await cards(live), "c:1,2 b:2,3,4 a:1,2");
  await live.pushEvent("do", { script: "-c @0:d:D" });
  assert.equal(await cards(live), "d:1,2 b:2,3,4 a:1,2");
  assert.equal(await live.page.textContent("#b h2"), "B 2");
});

test("E069: an item moves to the front when it is deleted and put in again", async (open) => {
  await steps(await list(open), [["-c @0:c:C", "c:C a:A b:B"]]);
});

test("E070 E071 E074 E075 E076: a reset empties the list, or gives it other items or another order", async (open) => {
  await steps(await list(open), [
    ["! +c:C +a:A +b:B", "c:C a:A b:B"],
    ["! +b:B", "b:B"],
    ["@0:x:X +y:Y", "x:X b:B y:Y"],
    ["! +a:A +b:B +c:C", "a:A b:B c:C"],
    ["!", ""],
    ["+z:Z", "z:Z"],
  ]);
});

test("a list that is made anew takes the place of the one before", async (open) => {
  await steps(await list(open), [
    ["= +x:X +b:B2", "x:X b:B2"],
    ["@0:y:Y", "y:Y x:X b:B2"],
    ["=", ""],
    ["+z:Z", "z:Z"],
    ["!", ""],
  ]);
});

test("E072: what stays through a reset is the same element with its new attributes", async (open) => {
  const live = await list(open);
  await live.page.$eval("#b", (item) => (item.mark = "mine"));
  await run(live, "! +b:B +d:D");
  const { mark, turn } = await live.page.$eval("#b", ({ mark, dataset }) => ({ mark, turn: dataset.turn }));
  assert.deepEqual([mark, turn], ["mine", "1"]);
});

test("E073: a reset when the address changes", async (open) => {
  const live = await list(open);
  await click(live, "link", "Another");
  assert.equal(await items(live), "x:X y:Y");
  await live.page.goBack();
  await live.synced();
  await run(live, "! +a:A");
  assert.equal(await items(live), "a:A");
});

test("E078 E084: several items keep their order at any place, with and without limits", async (open) => {
  await steps(await list(open), [
    ["@1:d:D,e:E,f:F", "a:A d:D e:E f:F b:B c:C"],
    ["@0:g:G,h:H", "g:G h:H a:A d:D e:E f:F b:B c:C"],
    ["@99:i:I", "g:G h:H a:A d:D e:E f:F b:B c:C i:I"],
    ["<5 @2:j:J", "g:G h:H j:J a:A d:D"],
    ["<-4 @1:k:K", "h:H j:J a:A d:D"],
  ]);
});

test("E079: a limit applies once the page is connected; its first HTML shows all", async (open) => {
  const path = `/streams?first=${encodeURIComponent("<-2 +a:A +b:B +c:C")}`;
  const html = await (await fetch(running().url + path)).text();
  for (const id of ["a", "b", "c"]) assert.match(html, new RegExp(`<li id="${id}"`));
  assert.equal(await items(await open(path)), "b:B c:C");
});

test("E080 E081 E082 E083: a limit drops at the other end, and what comes at a full end is dropped itself", async (open) => {
  await steps(await list(open), [
    ["<-3 +d:D", "b:B c:C d:D"],
    ["@0:e:E", "b:B c:C d:D"],
    ["<3 @0:f:F", "f:F b:B c:C"],
    ["+g:G", "f:F b:B c:C"],
    ["<0 +h:H", "f:F b:B c:C h:H"],
  ]);
});

test("E087: an item that comes back says no farewell", async (open) => {
  const live = await list(open, "+a:A +b:B +c:C", "&farewell");
  await live.page.evaluate(() => {
    window.farewells = 0;
    document.addEventListener("farewell", () => (window.farewells += 1));
  });
  await run(live, "! +c:C +a:A +b:B");
  await run(live, "-a +a:A");
  assert.equal(await items(live), "c:C b:B a:A");
  assert.equal(await live.page.evaluate(() => window.farewells), 0);
  await run(live, "-b");
  await eventually(() => live.page.evaluate(() => window.farewells), 1);
  await eventually(() => items(live), "c:C a:A");
});

test("E089: children that are no items stay, behind the items", async (open) => {
  const live = await list(open, "+a:A +b:B", "&mixed");
  assert.equal(await items(live), "a:A b:B above:above below:below 0");
  await steps(live, [
    ["+c:C", "a:A b:B c:C above:above below:below 1"],
    ["@0:d:D", "d:D a:A b:B c:C above:above below:below 2"],
    ["!", "above:above below:below 3"],
    ["+e:E", "e:E above:above below:below 4"],
  ]);
});

test("E090: what commands did to an item survives a rejoin", async (open) => {
  const live = await list(open);
  await live.page.click("#b");
  await interrupt(live);
  assert.equal(await items(live), "a:A b:B c:C");
  assert.equal(await live.page.getAttribute("#b", "class"), "touched");
});

test("E091: updates change what is there and ignore what is not", async (open) => {
  await steps(await list(open), [
    ["~b:B2 ~nothing:X", "a:A b:B2 c:C"],
    ["-b ~b:B3", "a:A c:C"],
  ]);
});

test("E092: whitespace between items does not pile up", async (open) => {
  const live = await list(open);
  const texts = () => live.page.$eval("#list", (list) => [...list.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).length);
  const before = await texts();
  for (const id of ["d", "e", "f"]) await run(live, `+${id}:${id} @0:${id}0:${id}`);
  assert.ok((await texts()) <= before);
});

test("E088: tasks in the background fill streams in a loop", async (open) => {
  const live = await open("/streams/loading");
  for (const name of ["birds", "flies", "trees"]) {
    const rows = [1, 2, 3].map((number) => `${name}-${number}`);
    await eventually(() => live.page.$$eval(`#${name} > li`, (items) => items.map(({ id }) => id)), rows);
  }
});

test("E030: items in a form appear when its last change is answered, and their hooks wait for their turn", async (open) => {
  const live = await open("/streams/slow");
  const { key } = await live.pushEvent("block");
  const release = (event) => {
    const body = JSON.stringify({ code: `release ${key} ${event}` });
    return fetch(`${running().url}/eval`, { method: "POST", headers: { "content-type": "application/json" }, body });
  };
  const said = () => items(live, "#said");
  const replies = () => live.frames.received("phx_reply").length;
  live.frames.clear();
  await live.page.fill("#text", "a");
  await live.page.fill("#text", "ab");
  await live.page.press("#text", "Enter");
  await release("validate");
  await eventually(() => replies(), 1);
  assert.equal(await said(), "");
  await release("validate");
  await eventually(said, "said-1:typed a said-2:typed ab");
  // What their hooks say waits behind the handler that saves.
  await eventually(() => live.frames.sent("event").length, 5);
  assert.deepEqual([replies(), await live.page.textContent("#heard")], [2, ""]);
  await release("save");
  await eventually(said, "said-1:typed a said-2:typed ab said-3:saved ab");
  await eventually(() => live.page.textContent("#heard"), "said-1 said-2 said-3");
});

/** Does things to the list, each in a turn, by events of the element at `selector`, all before the first is answered. */
async function overlap(live, selector, scripts) {
  await live.page.evaluate(
    ([selector, scripts]) => {
      const element = document.querySelector(selector);
      const view = window.liveSocket.owner(element);
      return Promise.all(scripts.map((script) => view.pushHookEvent(element, element, "do", { script })));
    },
    [selector, scripts],
  );
  await live.synced();
}

test("what comes for a list while it waits for an answer of its own loses its place; beside it, nothing is lost", async (open) => {
  const live = await list(open);
  await overlap(live, "#turn", ["@0:x:X", "+y:Y"]);
  assert.equal(await items(live), "x:X a:A b:B c:C y:Y");
  // This is how the client is, and why the guide says that lists have no events: when it changes, so does the guide.
  await overlap(live, "#list", ["@0:z:Z", ""]);
  assert.equal(await items(live), "x:X a:A b:B c:C y:Y z:Z");
  await overlap(live, "#list", ["<-3 +p:P", ""]);
  assert.equal(await items(live), "x:X a:A b:B c:C y:Y z:Z p:P");
  await overlap(live, "#list", ["<0 +q:Q", "-a", ""]);
  assert.equal(await items(live), "x:X b:B c:C y:Y z:Z p:P a:A q:Q");
});

test("the client's lists are those that were expected, whatever is done to them", async (open) => {
  const live = await open("/streams");
  const stories = await traces();
  assert.ok(stories.length >= 100, `only ${stories.length} stories`);
  for (const { scripts, shown } of stories) {
    await live.pushEvent("do", { script: "! <0" });
    for (const [turn, script] of scripts.entries()) {
      await live.pushEvent("do", { script });
      assert.equal(await items(live), shown[turn], `turn ${turn} of ${JSON.stringify(scripts)}`);
    }
  }
});

/** Random things that are done to a list, and what is to be seen after each turn. */
async function traces() {
  const arguments_ = ["run", "--quiet", "--package", "firecrest-live", "--example", "stream_traces"];
  const cargo = spawn(process.env.CARGO ?? "cargo", arguments_, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve, reject) => cargo.once("error", reject).once("close", resolve));
  const found = [];
  for await (const line of createInterface({ input: cargo.stdout })) found.push(JSON.parse(line));
  assert.equal(await ended, 0, "the example that writes the traces failed");
  return found;
}
