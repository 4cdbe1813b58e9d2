// The frames that a page's WebSockets send and receive, as the browser saw them.
import assert from "node:assert/strict";
import { EventEmitter, on } from "node:events";

/** Milliseconds any single expectation may take. */
export const deadline = 10_000;

/**
 * One frame of protocol version 2: `{direction, joinRef, ref, topic, event, payload, text}`, where the direction is "sent"
 * or "received" and `text` is the frame as it travelled. A binary frame has `bytes`, its length, and nothing else.
 */
export class Frames extends EventEmitter {
  #all = [];

  /** Records the frames of every WebSocket of `page`, also after it has loaded another document. */
  constructor(page) {
    super();
    page.on("websocket", (socket) => {
      socket.on("framesent", ({ payload }) => this.#record("sent", payload));
      socket.on("framereceived", ({ payload }) => this.#record("received", payload));
    });
  }

  /** All frames so far, oldest first, without heartbeats. */
  get all() {
    return [...this.#all];
  }

  /** The frames the page has sent, of one event only where given. */
  sent(event) {
    return this.#filter("sent", event);
  }

  /** The frames the page has received, of one event only where given. */
  received(event) {
    return this.#filter("received", event);
  }

  /** Forgets what has been recorded, so that a test sees only what follows. */
  clear() {
    this.#all = [];
  }

  /** The first recorded or future frame for which `matches` is true; `what` names it in the failure. */
  async until(matches, what) {
    const known = this.#all.find(matches);
    if (known) return known;
    try {
      const future = on(this, "frame", { signal: AbortSignal.timeout(deadline) });
      for await (const [frame] of future) if (matches(frame)) return frame;
    } catch (problem) {
      if (problem.name !== "AbortError") throw problem;
      assert.fail(`no ${what} within ${deadline} ms; seen:\n${this}`);
    }
  }

  /** The reply to a sent frame. */
  reply({ ref, topic, text }) {
    const matches = (frame) => frame.event === "phx_reply" && frame.ref === ref && frame.topic === topic;
    return this.until(matches, `reply to ${text}`);
  }

  /** One line per frame, for reports. */
  toString() {
    const arrows = { sent: ">", received: "<" };
    const line = ({ direction, text, bytes }) => `${arrows[direction]} ${text ? shortened(text) : `${bytes} bytes`}`;
    return this.#all.map(line).join("\n");
  }

  #filter(direction, event) {
    const matches = (frame) => frame.direction === direction && (!event || frame.event === event);
    return this.#all.filter(matches);
  }

  #record(direction, payload) {
    const frame = { direction, ...parse(payload) };
    if (frame.topic === "phoenix") return;
    this.#all.push(frame);
    this.emit("frame", frame);
  }
}

/** The text, or its first thousand characters: most of a page is in one frame. */
function shortened(text) {
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
}

function parse(payload) {
  if (typeof payload !== "string") return { bytes: payload.length };
  const [joinRef, ref, topic, event, body] = JSON.parse(payload);
  return { joinRef, ref, topic, event, payload: body, text: payload };
}
