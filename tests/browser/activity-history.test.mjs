// What the activity graph's script keeps of what it is told, without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../assets/src/activity/history.js";
import { Slide } from "../../assets/src/activity/slide.js";

const told = { number: 10, at: 10_000, tick: 750, requests: [1, 2, 3], sockets: [4, 5, 6], messages: [3, 6, 9] };
const tick = (number, requests) => ({ number, at: 10_000 + (number - 10) * 750, requests, sockets: 7, messages: 0, nodes: 1 });

test("a tick that is due goes to the end, and the oldest goes", () => {
  const before = new History(told);
  const after = before.after(tick(11, 8));
  assert.deepEqual(after.values("requests"), [2, 3, 8]);
  assert.deepEqual(after.times, [9.25, 10, 10.75]);
  assert.deepEqual(before.values("requests"), [1, 2, 3], "what was stays what it was");
});

test("a tick that is there already changes nothing", () => {
  const history = new History(told);
  for (const number of [10, 9, 0]) assert.equal(history.after(tick(number, 99)), history);
});

test("a hole is noticed", () => {
  const history = new History(told);
  for (const number of [12, 13, 1_000]) assert.equal(history.after(tick(number, 99)), null);
});

test("counts of a tick are counts of a second when that is wanted", () => {
  assert.deepEqual(new History(told).values("messages", true), [4, 8, 12]);
});

test("the edge reaches a tick when the next is due, and goes on evenly", () => {
  const slide = new Slide();
  slide.aim(750, 750, 0);
  assert.deepEqual([0, 375, 750, 900].map((now) => slide.at(now)), [0, 375, 750, 750]);
  slide.aim(1_500, 750, 700);
  assert.equal(Math.round(slide.at(700)), 700, "a tick that comes early makes no jump");
  assert.equal(slide.at(1_450), 1_500);
});

test("after a pause, and in another time, the edge is where the line is", () => {
  const slide = new Slide();
  slide.aim(750, 750, 0);
  slide.aim(75_000, 750, 1_000);
  assert.equal(slide.at(1_000), 74_250);
  slide.aim(1_500, 750, 2_000);
  assert.equal(slide.at(2_000), 750);
  slide.finish();
  assert.ok(slide.isDone(2_000));
});
