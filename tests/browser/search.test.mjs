// The search that takes its time in a real Chromium: typed quickly, cancelled, failed.
import assert from "node:assert/strict";
import { test } from "./live.mjs";

/** Waits until the answer is `text`. */
function answered(live, text) {
  return live.page.waitForFunction((text) => document.querySelector("#answer").textContent.trim() === text, text);
}

/** The names of the birds that were found. */
function birds(live) {
  return live.page.$$eval(".hits h2", (names) => names.map((name) => name.innerText.split(" ")[0]));
}

test("who types is not kept waiting, and only the last answer counts", async (open) => {
  const live = await open("/live-demo/search");
  await live.page.getByRole("searchbox").pressSequentially("winter", { delay: 60 });
  await live.synced();
  assert.equal(await live.page.inputValue("#q"), "winter");
  await answered(live, "3 of 14 birds for “winter”");
  assert.equal((await live.page.$$(".hits mark")).length, 3);
  assert.equal(new URL(live.page.url()).search, "?q=winter");
  // The archive looks for 2.4 s for the first letter.
  const [asked] = (await live.page.textContent("#asked")).match(/^\d+ asked/);
  assert.equal(asked, "6 asked");
  await live.page.evaluate(() => {
    window.answers = new Set();
    const answer = document.querySelector("#answer");
    new MutationObserver(() => window.answers.add(answer.textContent)).observe(answer, { subtree: true, characterData: true, childList: true });
  });
  await live.page.getByRole("link", { name: "crest" }).click();
  await answered(live, "2 of 14 birds for “crest”");
  const answers = await live.page.evaluate(() => [...window.answers].map((text) => text.trim()));
  assert.deepEqual(answers, ["Looking for “crest” …", "2 of 14 birds for “crest”"]);
});

test("a question is cancelled, and asked again", async (open) => {
  const live = await open("/live-demo/search?q=a");
  await live.page.getByRole("button", { name: "Cancel" }).click();
  await answered(live, "Nothing about “a”: cancelled.");
  await live.page.getByRole("button", { name: "Ask again" }).click();
  await answered(live, "14 of 14 birds for “a”");
});

test("a question without an answer leaves what was there", async (open) => {
  const live = await open("/live-demo/search?q=wren");
  await answered(live, "1 of 14 birds for “wren”");
  await live.page.getByRole("link", { name: "dodo" }).click();
  await answered(live, "Nothing about “dodo”: the page has been torn out.");
  assert.deepEqual(await birds(live), ["Wren"]);
});

test("what was asked is asked again after the connection was lost", async (open) => {
  const live = await open("/live-demo/search?q=crest");
  await answered(live, "2 of 14 birds for “crest”");
  await live.disconnect();
  await live.reconnect();
  await answered(live, "2 of 14 birds for “crest”");
  assert.deepEqual(await birds(live), ["Firecrest", "Goldcrest"]);
});
