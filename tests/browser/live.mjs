// What the tests of live-demo's pages share.
//
//   import { test } from "./live.mjs";
//
//   test("E163: a hook may set its own id again", async (open) => {
//     const live = await open("/live-demo/hooks");
//     await live.page.getByRole("button", { name: "Add" }).click();
//     await live.synced();
//     assert.equal(await live.page.textContent("#count"), "1");
//   });
import { programs } from "../conformance/server.mjs";
import { suite } from "./suite.mjs";

export const { test, running, chromium } = suite(programs.liveDemo);
