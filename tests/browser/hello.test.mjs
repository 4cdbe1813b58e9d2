// The /hello page in a real Chromium: it connects, its cards work, and nothing is reported on the console.
import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startServer } from "../conformance/server.mjs";
import { launch } from "./chromium.mjs";

let server;
let browser;
let pictures;

before(async () => {
  server = await startServer();
  browser = await launch();
  pictures = await mkdtemp(join(tmpdir(), "firecrest-pictures-"));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test("H22 the page connects, pings and shows the frames without a complaint", async (t) => {
  const { page, complaints } = await open("/hello");
  await connected(page);
  await run(page, "ping", /"ping":"pong"/);
  const frames = page.locator("#frames");
  await frames.getByText("phx_join").first().waitFor();
  await frames.locator("[data-direction=received]").filter({ hasText: '"pong"' }).waitFor();
  const picture = join(pictures, "hello.png");
  await page.screenshot({ path: picture, fullPage: true });
  t.diagnostic(`screenshot: ${picture}`);
  assert.deepEqual(complaints, []);
});

test("H02 H03 H05 H06 H07 H08 H09 H10 H13 H15 the cards do what they say", async () => {
  const { page, complaints } = await open("/hello?user_id=7");
  await connected(page);
  for (const name of ["ping-phrase", "ping-word", "param-ok", "param-error", "ding", "ding-rejoin"]) await run(page, name);
  for (const name of ["unknown-event", "broken-text", "wild", "wild-words", "unrouted"]) await run(page, name);
  for (const name of ["token-good", "user-own", "user-other", "request-ping", "dedupe"]) await run(page, name);
  assert.deepEqual(complaints, []);
});

test("H12 a forged token is refused, which is all the browser complains about", async () => {
  const { page, complaints } = await open("/hello");
  await connected(page);
  await run(page, "token-forged");
  assert.ok(complaints.every((text) => /WebSocket connection to .*403/.test(text)), complaints.join("\n"));
});

test("H01 switching to long poll moves the joined channels along", async () => {
  const { page, complaints } = await open("/hello");
  await connected(page);
  await run(page, "ping");
  await page.getByLabel("Long poll").check();
  await page.getByText("connected · long poll").waitFor();
  await run(page, "ping", /"ping":"pong"/);
  await run(page, "round-trip", /long poll/);
  assert.deepEqual(complaints, []);
});

test("H19 items go through the pipeline to their user and to nobody else", async () => {
  const { page, complaints } = await open("/hello?user_id=7");
  await run(page, "pipeline", /10 items in order/);
  await run(page, "pipeline-other", /user 8: nothing arrived here/);
  assert.deepEqual(complaints, []);
});

test("H20 users see each other come, open tabs and go", async () => {
  const { page: here, complaints } = await open("/hello?user_id=7");
  const { page: there, complaints: others } = await open("/hello?user_id=8");
  await here.getByText("Come in to see who is here, and to be seen.").waitFor();
  await run(here, "come-in", /nobody else/);
  await run(there, "come-in", /1 other user/);
  await users(here, [/^User 7 you since \d\d:\d\d 1 tab$/, /^User 8 since \d\d:\d\d 1 tab$/]);
  await users(there, [/^User 8 you .* 1 tab$/, /^User 7 .* 1 tab$/]);
  await here.getByText("user 8 came in").waitFor();

  const second = await there.context().newPage();
  await second.goto(there.url());
  await run(second, "come-in");
  await users(here, [/^User 7 you .* 1 tab$/, /^User 8 .* 2 tabs$/]);
  await here.getByText("user 8 opened another tab").waitFor();

  await there.context().close();
  await users(here, [/^User 7 you .* 1 tab$/]);
  await here.getByText("user 8 left").waitFor();
  await here.context().close();
  assert.deepEqual([complaints, others], [[], []]);
});

test("H20 the list is right again on another transport", async () => {
  const { page, complaints } = await open("/hello?user_id=7");
  const { page: other } = await open("/hello?user_id=8");
  await run(page, "come-in");
  await users(page, [/^User 7 you .* 1 tab$/]);
  await page.getByLabel("Long poll").check();
  await page.getByText("connected · long poll").waitFor();
  await run(other, "come-in");
  await users(page, [/^User 7 you .* 1 tab$/, /^User 8 .* 1 tab$/]);
  await users(other, [/^User 8 you .* 1 tab$/, /^User 7 .* 1 tab$/]);
  assert.deepEqual(complaints, []);
});

test("H21 a broadcast says which nodes it met, in every window", async () => {
  const { page: here, complaints } = await open("/hello?user_id=7");
  const { page: there } = await open("/hello?user_id=8");
  const { node } = await (await fetch(`${server.url}/health`)).json();
  await run(here, "another-node", new RegExp(`broadcast by ${node} and intercepted there`));
  assert.deepEqual(await here.locator("#h21 dd").allTextContents(), [node, node, node]);
  await run(there, "another-node");
  await here.getByText(`user 8 broadcast in another window; intercepted on ${node}`).waitFor();
  assert.deepEqual(complaints, []);
});

test("H22 everything runs at once, and every technique behaves", async () => {
  const { page } = await open("/hello");
  await connected(page);
  const cards = await page.locator("[data-technique]").count();
  await page.getByRole("button", { name: "Run everything" }).click();
  await page.getByText(`${cards} of ${cards} techniques behaved`).waitFor({ timeout: 60_000 });
});

test("H22 the wire can be filtered, paused and cleared from the keyboard", async () => {
  const { page, complaints } = await open("/hello");
  await connected(page);
  await run(page, "ping");
  await run(page, "ping-topic");
  await page.locator("body").press("/");
  await page.keyboard.type("garden");
  const shown = page.locator("#frames li:visible");
  const topics = await shown.evaluateAll((lines) => lines.map((line) => line.dataset.topic));
  assert.ok(topics.length > 0 && topics.every((topic) => topic === "ping:garden"), topics.join());
  await page.getByRole("button", { name: "Pause" }).press("Enter");
  const before = await page.locator("#frames li").count();
  await run(page, "ping");
  assert.equal(await page.locator("#frames li").count(), before);
  await page.getByRole("button", { name: "Clear" }).press("Enter");
  assert.equal(await page.locator("#frames li").count(), 0);
  assert.deepEqual(complaints, []);
});

test("the index invites to the examples it has", async () => {
  const { page, complaints } = await open("/");
  const targets = await page.locator("a[href^='/']").evaluateAll((links) => links.map((link) => link.pathname));
  for (const path of new Set(targets)) assert.equal((await fetch(server.url + path)).status, 200, path);
  await page.getByRole("link", { name: "Open hello-sockets" }).click();
  await connected(page);
  assert.deepEqual(complaints, []);
});

/** A fresh page; `complaints` collects console errors, uncaught exceptions and failed loads. */
async function open(path) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
  const page = await context.newPage();
  const complaints = [];
  // Chromium reports violations of the content security policy as console errors.
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (problem) => complaints.push(String(problem)));
  const answer = await page.goto(server.url + path);
  assert.equal(answer.status(), 200, path);
  return { page, complaints };
}

/** Waits until the list of users who are here has these rows, in this order. */
async function users(page, rows) {
  const match = (sources) => {
    const shown = [...document.querySelectorAll("#h20 .user")].map((row) => [...row.children].map((part) => part.textContent).join(" "));
    return shown.length === sources.length && sources.every((source, n) => new RegExp(source).test(shown[n]));
  };
  await page.waitForFunction(match, rows.map(({ source }) => source));
}

async function connected(page) {
  await page.locator("#connection[data-state=open]").waitFor();
}

/** Clicks a card's button and waits until its outcome is ok, and matches `text` where given. */
async function run(page, name, text = /./) {
  const button = page.locator(`[data-run="${name}"]`);
  const outcome = page.locator("[data-technique]").filter({ has: button }).locator("[data-outcome]");
  await button.click();
  await page.waitForFunction(
    (name) => {
      const card = document.querySelector(`[data-run="${name}"]`).closest("[data-technique]");
      return /^(ok|error)$/.test(card.querySelector("[data-outcome]").dataset.state);
    },
    name,
  );
  const [state, words] = [await outcome.getAttribute("data-state"), await outcome.textContent()];
  assert.equal(state, "ok", `${name}: ${words}`);
  assert.match(words, text);
}
