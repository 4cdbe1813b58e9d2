// Who is here: the official client's Presence, and a list that follows it.
import { Presence } from "phoenix";
import { join, meta, within } from "./connections.js";

/** Most users on the list; the others are counted. */
const capacity = 12;

/** The page's own presence, once it has come in. */
let inside;

/** Joins `tracked`, once for the whole page; resolves when the page's user is on the list. */
export async function comeIn(card, connections) {
  inside ??= enter(card, connections);
  try {
    return describe(await inside);
  } catch (problem) {
    inside = undefined;
    throw problem;
  }
}

async function enter(card, connections) {
  const channel = connections.socket("/auth_socket").channel("tracked");
  const presence = new Presence(channel);
  const list = new UserList(card.slot("users"));
  const listed = new Promise((resolve) => {
    presence.onSync(() => {
      const news = list.show(usersOf(presence));
      if (news && list.isFollowed) card.show("ok", news);
      if (presence.state[meta("user-id")]) resolve();
    });
  });
  channel.onError(() => list.wait());
  channel.onClose(() => {
    inside = undefined;
    list.show([]);
  });
  const { status, response } = await join(channel);
  if (status !== "ok") throw new Error(`join of tracked: ${status} ${JSON.stringify(response)}`);
  await within(5000, "presence_diff", listed);
  list.isFollowed = true;
  return presence;
}

function describe(presence) {
  const others = Object.keys(presence.state).length - 1;
  if (others === 0) return "you are here, and nobody else: open a second tab";
  return `you are here, with ${counted(others, "other user", "other users")}`;
}

/** Who is here, the page's own user first: `{id, tabs, since}`. */
function usersOf(presence) {
  const users = presence.list((id, { metas }) => {
    const since = Math.min(...metas.map(({ online_at }) => online_at));
    return { id, tabs: metas.length, since: new Date(since * 1000) };
  });
  return users.sort((one, other) => isMe(other) - isMe(one) || one.id - other.id);
}

class UserList {
  /** Whether the card tells who comes and goes. */
  isFollowed = false;
  #list;
  #tabs = new Map();

  constructor(list) {
    this.#list = list;
  }

  /** Shows these users; returns in words what has changed, if anything has. */
  show(users) {
    const before = this.#tabs;
    this.#tabs = new Map(users.map(({ id, tabs }) => [id, tabs]));
    const rows = users.slice(0, capacity).map((user) => row(user, !before.has(user.id)));
    const more = users.length - capacity;
    if (more > 0) rows.push(element("li", "more", `and ${counted(more, "more user", "more users")}`));
    this.#list.replaceChildren(...rows);
    this.#list.removeAttribute("aria-busy");
    return changes(before, this.#tabs);
  }

  /** The connection is gone: the list is what it was, until there is news. */
  wait() {
    this.#list.setAttribute("aria-busy", "true");
  }
}

function row(user, isNew) {
  const name = element("span", "name", `User ${user.id}`);
  if (isMe(user)) name.append(" ", element("span", "me", "you"));
  const row = element("li", isNew ? "user new" : "user");
  row.append(name, sinceWhen(user.since), element("span", "tabs", counted(user.tabs, "tab", "tabs")));
  return row;
}

/** What has happened between two lists of tabs, in words. */
function changes(before, now) {
  const told = [];
  for (const id of new Set([...before.keys(), ...now.keys()])) {
    const [had, has] = [before.get(id) ?? 0, now.get(id) ?? 0];
    if (had !== has) told.push(`${isMe({ id }) ? "you" : `user ${id}`} ${change(had, has)}`);
  }
  return told.length > 3 ? `${told.length} users came, left or changed tabs` : told.join(", ");
}

function change(had, has) {
  if (had === 0) return "came in";
  if (has === 0) return "left";
  return has > had ? "opened another tab" : "closed a tab";
}

function isMe({ id }) {
  return id === meta("user-id");
}

/** The time of day, with the date unless that is today's. */
function sinceWhen(date) {
  const isToday = date.toDateString() === new Date().toDateString();
  const day = isToday ? "" : `${date.toLocaleDateString()} `;
  const time = element("time", "since", `since ${day}${date.toTimeString().slice(0, 5)}`);
  time.dateTime = date.toISOString();
  return time;
}

function counted(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
