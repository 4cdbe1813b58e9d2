// Items that go through the server's pipeline to one user.
import { meta, pushThrough, within } from "./connections.js";

const items = 10;

/** How long to listen for what must not come; milliseconds. */
const silence = 500;

/** Pushes ten items to this page's user, who must get them in order. */
export async function pushTen(_card, connections) {
  const channel = await own(connections);
  const batch = Math.random().toString(36).slice(2);
  const numbers = [];
  const complete = new Promise((resolve) => {
    channel.off("push_timed");
    channel.on("push_timed", ({ data }) => {
      if (data.batch !== batch) return;
      numbers.push(data.number);
      if (numbers.length === items) resolve();
    });
  });
  const started = performance.now();
  for (let number = 1; number <= items; number += 1) await pushThrough(meta("user-id"), { batch, number });
  await within(5000, "push_timed", complete);
  if (!numbers.every((number, place) => number === place + 1)) throw new Error(`out of order: ${numbers.join(", ")}`);
  return `${items} items in order, ${Math.round(performance.now() - started)} ms after the first was handed over`;
}

/** Pushes an item to another user, of which this page must not hear. */
export async function pushToAnother(_card, connections) {
  const channel = await own(connections);
  const other = Number(meta("user-id")) + 1;
  const batch = Math.random().toString(36).slice(2);
  let isHeard = false;
  channel.off("push_timed");
  channel.on("push_timed", ({ data }) => (isHeard ||= data.batch === batch));
  await pushThrough(other, { batch, number: 1 });
  await new Promise((resolve) => setTimeout(resolve, silence));
  if (isHeard) throw new Error(`heard what is for user ${other}`);
  return `handed over for user ${other}: nothing arrived here`;
}

function own(connections) {
  return connections.joined("/auth_socket", `user:${meta("user-id")}`);
}
