// Items that go through the server's pipeline to one user.
import { joinOnce, meta, pushThrough, within } from "./connections.js";

const items = 10;

/** How long to listen for what must not come; milliseconds. */
const silence = 500;

/** Pushes ten items to this page's user, who must get them in order. */
export function pushTen(_card, connections) {
  return listening(connections, async (channel) => {
    const numbers = [];
    const complete = arrivals(channel, (number) => numbers.push(number) === items);
    const started = performance.now();
    for (let number = 1; number <= items; number += 1) await pushThrough(meta("user-id"), complete.item(number));
    await within(5000, "push_timed", complete.promise);
    if (!numbers.every((number, place) => number === place + 1)) throw new Error(`out of order: ${numbers.join(", ")}`);
    return `${items} items in order, ${Math.round(performance.now() - started)} ms after the first was handed over`;
  });
}

/** Pushes an item to another user, of which this page must not hear. */
export function pushToAnother(_card, connections) {
  return listening(connections, async (channel) => {
    const other = Number(meta("user-id")) + 1;
    let isHeard = false;
    const own = arrivals(channel, () => (isHeard = true));
    await pushThrough(other, own.item(1));
    await new Promise((resolve) => setTimeout(resolve, silence));
    if (isHeard) throw new Error(`heard what is for user ${other}`);
    return `handed over for user ${other}: nothing arrived here`;
  });
}

/** Calls `isLast` with the number of each item of this run that arrives; `promise` resolves after the last. */
function arrivals(channel, isLast) {
  const run = Math.random().toString(36).slice(2);
  const promise = new Promise((resolve) => {
    channel.on("push_timed", ({ data }) => {
      if (data.run === run && isLast(data.number)) resolve();
    });
  });
  return { promise, item: (number) => ({ run, number }) };
}

/** Listens on the user's topic meanwhile. On a socket of its own: another card joins and leaves that topic. */
async function listening(connections, work) {
  const socket = connections.open("/auth_socket", undefined, "/auth_socket, pipeline");
  try {
    const { channel, status } = await joinOnce(socket, `user:${meta("user-id")}`);
    if (status !== "ok") throw new Error(`the join was answered ${status}`);
    return await work(channel);
  } finally {
    socket.disconnect();
  }
}
