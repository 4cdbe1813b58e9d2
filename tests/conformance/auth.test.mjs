// Sockets that know their user: signed tokens in the parameters and in the subprotocol.
import assert from "node:assert/strict";
import { createHmac, pbkdf2Sync } from "node:crypto";
import { test } from "node:test";
import { WebSocketServer } from "ws";
import * as h from "./harness.mjs";

h.useServer();

const path = "/auth_socket/websocket?vsn=2.0.0";

for (const [name, transport] of h.transports) {
  test(`H12 H13 a good token opens the auth socket for the own topic only over ${name}`, async () => {
    const { token, userId } = await h.page("?user_id=7");
    assert.equal(userId, "7");
    const socket = h.client("/auth_socket", { transport, params: { token } });
    await h.joined(socket, "user:7");
    for (const topic of ["user:8", "user:77", "user:", "user:x"]) {
      const other = await h.join(socket, topic);
      other.channel.leave();
      assert.deepEqual([other.status, other.response], ["error", { reason: "unauthorized" }], topic);
    }
  });

  test(`H12 C137 C170 a forged token never opens the auth socket over ${name}`, async () => {
    const { token } = await h.page();
    const socket = h.client("/auth_socket", { connect: false, transport, params: { token: forge(token) } });
    let opens = 0;
    socket.onOpen(() => (opens += 1));
    const failed = h.next(socket, "onError");
    socket.connect();
    await failed;
    assert.equal(opens, 0);
  });
}

test("H12 missing, forged and wrongly salted tokens get 403, a good one 101", async () => {
  const { token } = await h.page("?user_id=7");
  const bad = { missing: undefined, empty: "", garbage: "x.y.z", forged: forge(token), salt: signed("another salt", "7") };
  for (const [what, text] of Object.entries(bad)) {
    const query = text === undefined ? "" : `&token=${encodeURIComponent(text)}`;
    assert.equal(await h.upgradeStatus(path + query), 403, what);
  }
  assert.equal(await h.upgradeStatus(`${path}&token=${encodeURIComponent(token)}`), 101);
});

test("H12 tokens of two users open two different topics", async () => {
  for (const id of ["1", "2"]) {
    const { token } = await h.page(`?user_id=${id}`);
    await h.joined(h.client("/auth_socket", { params: { token } }), `user:${id}`);
  }
});

test("C240 C264 a fixed authToken travels as an unpadded subprotocol", async () => {
  assert.deepEqual(await offeredProtocols("1234"), ["phoenix", "base64url.bearer.phx.MTIzNA"]);
});

test("C265 an authToken function is asked when connecting", async () => {
  const offered = await offeredProtocols(() => "5678");
  assert.deepEqual(offered, ["phoenix", "base64url.bearer.phx.NTY3OA"]);
});

for (const [name, transport] of h.transports) {
  test(`C264 C265 C300 the server takes the token from authToken over ${name}`, async () => {
    const { token } = await h.page("?user_id=9");
    const socket = h.client("/auth_socket", { transport, authToken: () => token });
    await h.joined(socket, "user:9");
  });
}

/** The subprotocols an official client offers to a bare WebSocket server. */
async function offeredProtocols(authToken) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  const listening = new Promise((resolve) => server.once("listening", resolve));
  const offered = new Promise((resolve) => {
    server.once("connection", (_, { headers }) => resolve(headers["sec-websocket-protocol"].split(/,\s*/)));
  });
  await listening;
  try {
    const socket = h.client("/socket", { origin: `ws://127.0.0.1:${server.address().port}`, authToken });
    const protocols = await h.soon(offered, "connection");
    await new Promise((resolve) => socket.disconnect(resolve));
    return protocols;
  } finally {
    server.close();
  }
}

/** The same token with one character of its signature changed. */
function forge(token) {
  const at = token.length - 5;
  return token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
}

/** A well-formed token over a string, signed with the server's secret under `salt` (spec section 6.2). */
function signed(salt, text) {
  const word = Buffer.from(text);
  const time = Buffer.alloc(6);
  time.writeUIntLE(Date.now(), 0, 6);
  const payload = Buffer.concat([
    Buffer.from([131, 104, 3, 109, 0, 0, 0, word.length]),
    word,
    Buffer.from([110, 6, 0]),
    time,
    Buffer.from([98, 0, 1, 0x51, 0x80]),
  ]);
  const content = `SFMyNTY.${payload.toString("base64url")}`;
  const key = pbkdf2Sync(h.running().secret, salt, 1000, 32, "sha256");
  return `${content}.${createHmac("sha256", key).update(content).digest("base64url")}`;
}
