// The wire log: what every socket of the page sends and receives, newest last, the last 500 lines kept.

const capacity = 500;
const arrows = { sent: "↑", received: "↓", note: "·" };
const spoken = { sent: "sent", received: "received", note: "connection" };

export class WireLog {
  #list;
  #filter;
  #pause;
  #count;
  #seen = 0;

  constructor(root) {
    this.#list = root.getElementById("frames");
    this.#filter = root.getElementById("wire-filter");
    this.#pause = root.getElementById("wire-pause");
    this.#count = root.getElementById("wire-count");
    this.#filter.addEventListener("input", () => this.#applyFilter());
    this.#pause.addEventListener("click", () => this.#togglePause());
    root.getElementById("wire-clear").addEventListener("click", () => this.#clear());
    root.addEventListener("keydown", (event) => this.#focusFilter(event));
  }

  /** One frame of the socket at `path`; `message` is its decoded form. */
  frame(direction, path, message, frame) {
    this.#seen += 1;
    this.#add(direction, path, message.topic, describe(message, frame));
  }

  /** Something that happened to the connection itself. */
  note(path, text) {
    this.#add("note", path, "", [span("", text)]);
  }

  #add(direction, path, topic, parts) {
    if (this.#paused) return this.#showCount();
    const line = document.createElement("li");
    line.dataset.direction = direction;
    line.dataset.topic = topic;
    line.hidden = !this.#matches(topic);
    line.append(stamp(), arrow(direction), text(path, parts));
    const atEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 48;
    this.#list.append(line);
    while (this.#list.childElementCount > capacity) this.#list.firstElementChild.remove();
    if (atEnd) this.#list.scrollTop = this.#list.scrollHeight;
    this.#showCount();
  }

  get #paused() {
    return this.#pause.getAttribute("aria-pressed") === "true";
  }

  #matches(topic) {
    const wanted = this.#filter.value.trim();
    return wanted === "" || topic.includes(wanted);
  }

  #applyFilter() {
    for (const line of this.#list.children) line.hidden = !this.#matches(line.dataset.topic);
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  #togglePause() {
    this.#pause.setAttribute("aria-pressed", String(!this.#paused));
    this.#showCount();
  }

  #clear() {
    this.#list.replaceChildren();
    this.#seen = 0;
    this.#showCount();
  }

  #showCount() {
    const frames = this.#seen === 1 ? "1 frame" : `${this.#seen} frames`;
    this.#count.textContent = this.#paused ? `${frames}, paused` : frames;
  }

  #focusFilter(event) {
    if (event.key !== "/" || event.target.matches("input, textarea")) return;
    event.preventDefault();
    this.#filter.focus();
  }
}

/** The frame's own text, cut into coloured parts; bytes as hex. */
function describe({ join_ref, ref, topic, event }, frame) {
  if (typeof frame !== "string") return [span("event", `${event} `), span("", hex(frame))];
  const refs = `[${JSON.stringify(join_ref ?? null)},${JSON.stringify(ref ?? null)},`;
  const [topicText, eventText] = [JSON.stringify(topic), JSON.stringify(event)];
  const head = `${refs}${topicText},${eventText}`;
  if (!frame.startsWith(head)) return [span("", frame)];
  return [
    span("refs", refs),
    breakHere(),
    span("topic", topicText),
    span("refs", ","),
    breakHere(),
    span("event", eventText),
    span("", frame.slice(head.length)),
  ];
}

function hex(buffer) {
  const bytes = [...new Uint8Array(buffer.slice(0, 64))].map((byte) => byte.toString(16).padStart(2, "0"));
  return `${bytes.join(" ")}${buffer.byteLength > 64 ? " …" : ""} (${buffer.byteLength} bytes)`;
}

function stamp() {
  const now = new Date();
  const time = document.createElement("time");
  time.dateTime = now.toISOString();
  time.textContent = `${now.toTimeString().slice(0, 8)}.${String(now.getMilliseconds()).padStart(3, "0")}`;
  return time;
}

function arrow(direction) {
  const mark = span("arrow", arrows[direction]);
  mark.title = spoken[direction];
  return mark;
}

function text(path, parts) {
  const whole = span("text", "");
  whole.append(span("path", path), ...parts);
  return whole;
}

/** A place where a long line may break before it has to. */
function breakHere() {
  return document.createElement("wbr");
}

function span(className, content) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = content;
  return element;
}
