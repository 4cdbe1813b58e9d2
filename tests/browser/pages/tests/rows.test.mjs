// Rows of a form that the server adds and removes.
import assert from "node:assert/strict";
import { assertHas, click, interrupt, test } from "../pages.mjs";

/** Name and value of every field that is sent, in order; the last of several with the same name. */
function formData(live) {
  return live.page.$eval("form", (form) => Object.fromEntries(new FormData(form)));
}

const empty = { "team[name]": "", "team[users_drop][]": "" };

test("E031: rows come and go by named buttons", async (open) => {
  await addAndRemove(await open("/form/rows"), "button");
});

test("E032: rows come and go by checkboxes", async (open) => {
  await addAndRemove(await open("/form/rows?checkboxes"), "checkbox");
});

/** Adds three rows by controls of this role and removes the second. */
async function addAndRemove(live, role) {
  assert.deepEqual(await formData(live), empty);
  await live.page.fill("#team_name", "Test");
  await click(live, role, "Add");
  assertHas(await formData(live), { "team[name]": "Test", "team[users][0][name]": "" });
  await live.page.fill("#team_users_0_name", "Ann");
  await click(live, role, "Add");
  await click(live, role, "Add");
  await live.page.fill("#team_users_1_name", "Ben");
  await live.page.fill("#team_users_2_name", "Cat");
  await live.synced();
  const rows = { "team[users][0][name]": "Ann", "team[users][1][name]": "Ben", "team[users][2][name]": "Cat" };
  assertHas(await formData(live), { ...empty, "team[name]": "Test", ...rows });
  await live.page.getByRole(role, { name: "Remove" }).nth(1).click();
  await live.synced();
  const data = await formData(live);
  assertHas(data, { "team[users][0][name]": "Ann", "team[users][1][name]": "Cat" });
  assert.equal("team[users][2][name]" in data, false);
}

test("E033: a reconnect adds no row again", async (open) => {
  const live = await open("/form/rows");
  await live.page.fill("#team_name", "Test");
  await click(live, "button", "Add");
  assertHas(await formData(live), { "team[name]": "Test", "team[users][0][name]": "" });
  await interrupt(live);
  const data = await formData(live);
  assertHas(data, { "team[name]": "Test", "team[users][0][name]": "" });
  assert.equal("team[users][1][name]" in data, false);
});
