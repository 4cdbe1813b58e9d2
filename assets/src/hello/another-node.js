// A broadcast from one node to the clients of all, and which nodes it met on its way.
import { broadcast, meta, within } from "./connections.js";

const topic = "ping:nodes";

/** Broadcasts from the node that answers the POST, and hears of it from the node this page is connected to. */
export async function reachAnotherNode(card, connections) {
  const channel = await connections.joined("/socket", topic);
  const call = Math.random().toString(36).slice(2);
  const heard = new Promise((resolve) => {
    channel.off("send_ping");
    channel.on("send_ping", (payload) => {
      card.slot("ears").textContent = payload.from_node;
      if (payload.call === call) resolve(payload.from_node);
      else card.show("ok", `user ${payload.by} broadcast in another window; intercepted on ${payload.from_node}`);
    });
  });
  const { node } = await broadcast(topic, "request_ping", { call, by: meta("user-id") });
  card.slot("voice").textContent = node;
  const ears = await within(5000, "send_ping", heard);
  if (ears !== node) return `broadcast by ${node}, intercepted on ${ears}`;
  return `broadcast by ${node} and intercepted there; windows on other nodes hear it on theirs`;
}
