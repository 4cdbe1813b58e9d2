// Five slow requests on one channel, with a clock, a progress bar, and a neighbour that answers meanwhile.
import { ask } from "./connections.js";

const requests = 5;

/** Longer than five requests of three seconds, one after another; milliseconds. */
const patience = 30_000;

/** Sends `event` five times on topic `slow` and resolves with how long all answers took. */
export async function slowWork(card, connections, event) {
  const channel = await connections.joined("/socket", "slow");
  const neighbour = await connections.joined("/socket", "ping:neighbour");
  const progress = card.slot("progress");
  const started = performance.now();
  const clock = setInterval(() => showElapsed(card, started), 100);
  progress.value = 0;
  try {
    const answers = Array.from({ length: requests }, async () => {
      const answer = await ask(channel, event, {}, patience);
      progress.value += 1;
      showNeighbour(card, neighbour);
      return answer;
    });
    showNeighbour(card, neighbour);
    const good = (await Promise.all(answers)).filter(({ status }) => status === "ok").length;
    if (good < requests) throw new Error(`${good} of ${requests} answered`);
    return `${requests} answered in ${seconds(started)}`;
  } finally {
    clearInterval(clock);
    showElapsed(card, started);
  }
}

function showElapsed(card, started) {
  card.slot("elapsed").textContent = seconds(started);
}

async function showNeighbour(card, neighbour) {
  const asked = performance.now();
  const { status } = await ask(neighbour, "ping");
  const took = `${Math.round(performance.now() - asked)} ms`;
  card.slot("neighbour").textContent = status === "ok" ? took : status;
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
