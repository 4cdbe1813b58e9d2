// Lists that the server puts into another order.
import assert from "node:assert/strict";
import { click, test } from "../pages.mjs";

for (const tab of ["all_keyed", "rows_keyed", "no_keyed"]) {
  test(`E040: after ten random changes the tables are as the server has them: ${tab}`, async (open) => {
    const live = await open(`/loops?tab=${tab}`);
    for (let round = 0; round < 10; round++) await click(live, "button", "Randomize");
    const { result: items } = await live.pushEvent("sandbox:eval", { value: "items" });
    assert.equal(items.length, 10);
    const tables = await live.page.$$eval("table", (tables) =>
      tables.map(({ rows }) => [...rows].map(({ cells }) => [...cells].map(({ textContent }) => textContent))),
    );
    const expected = [1, 2].map((table) => items.map(({ name }) => [`10 × ${name} in ${table}`, "10"]));
    assert.deepEqual(tables, expected);
  });
}
