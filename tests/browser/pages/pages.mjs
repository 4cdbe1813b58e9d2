// What the tests of these pages share: the program, and how they wait and ask.
//
//   import { eventually, test } from "../pages.mjs";
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { programs } from "../../conformance/server.mjs";
import { deadline } from "../frames.mjs";
import { suite } from "../suite.mjs";

export const { test, running } = suite(programs.livePages);

/** Milliseconds between two looks at something that no event announces. */
const pause = 10;

/** Waits until `read()` resolves with what deeply equals `expected`. */
export async function eventually(read, expected) {
  const late = Date.now() + deadline;
  for (;;) {
    const actual = await read();
    if (isDeepStrictEqual(actual, expected)) return;
    if (Date.now() > late) assert.deepEqual(actual, expected);
    await setTimeout(pause);
  }
}

/** The text of the element at `selector`, without the space around it. */
export async function text(live, selector) {
  return (await live.page.textContent(selector)).trim();
}

/** An attribute of the element at `selector`; null when it is not there. */
export function attribute(live, selector, name) {
  return live.page.getAttribute(selector, name);
}

/** Clicks the button, or link, with exactly this name and waits until the server has answered. */
export async function click(live, role, name) {
  await live.page.getByRole(role, { name, exact: true }).click();
  await live.synced();
}

/** Whether the one element at `selector` is seen. */
export function isVisible(live, selector) {
  return live.page.locator(selector).isVisible();
}

/** Path, query and fragment of the page. */
export function place(live) {
  const { pathname, search, hash } = new URL(live.page.url());
  return pathname + search + hash;
}

/** From now on collects the documents, and everything else, that the page asks for over HTTP: as `METHOD path`. */
export function requests(live) {
  const seen = { documents: [], all: [] };
  live.page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    const line = `${request.method()} ${pathname}${search}`;
    seen.all.push(line);
    if (request.resourceType() === "document") seen.documents.push(line);
  });
  return seen;
}

/** Loses the connection, as when the network fails, and gets it back. Only frames from then on are recorded. */
export async function interrupt(live) {
  await live.disconnect();
  live.frames.clear();
  await live.reconnect();
}

/** The frames since the last {@link Frames.clear}, as `direction event`, in order. */
export function story(live) {
  return live.frames.all.map(({ direction, event }) => `${direction} ${event}`);
}

/** The fields of the form in an `event` frame, as the client has encoded them. */
export function fields({ payload }) {
  return Object.fromEntries(new URLSearchParams(payload.value));
}

/** Fails unless `actual` has all of `expected`'s entries; it may have more. */
export function assertHas(actual, expected) {
  const shared = Object.keys(expected).filter((key) => key in actual);
  assert.deepEqual(Object.fromEntries(shared.map((key) => [key, actual[key]])), expected);
}
