// Presence on several nodes, as the official client sees it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LongPoll, collect, joined, push, until } from "../conformance/harness.mjs";
import { engines } from "./engines.mjs";
import { patient, useCluster } from "./nodes.mjs";
import { Guest, agree } from "./presence.mjs";

for (const engine of engines) {
  describe(engine, () => {
    const cluster = useCluster(engine, ["a", "b", "c"], patient);
    const nodes = () => Object.values(cluster().nodes);

    test(`H20 P047 P066 C190 C229 joins and leaves are seen on all nodes, each once (${engine})`, async () => {
      const { a, b, c } = cluster().nodes;
      const topic = "lobby:comings";
      const ann = await Guest.enter(a, "ann", topic);
      await agree(topic, nodes(), [ann]);
      const ben = await Guest.enter(b, "ben", topic);
      await agree(topic, nodes(), [ann, ben]);
      const eve = await Guest.enter(c, "eve", topic);
      await agree(topic, nodes(), [ann, ben, eve]);
      const { response } = await push(ann.channel, "list");
      assert.deepEqual(response, await c.presence(topic));
      assert.deepEqual(Object.keys(response.eve.metas[0]).sort(), ["node", "online_at", "phx_ref", "status"]);
      await ben.leave();
      await agree(topic, nodes(), [ann, eve]);
      await new Promise((resolve) => eve.socket.disconnect(resolve));
      await agree(topic, nodes(), [ann]);
      const told = ann.events.map(({ join, leave }) => (join ? `+${join}` : `-${leave}`));
      assert.deepEqual(told, ["+ann", "+ben", "+eve", "-ben", "-eve"]);
    });

    test(`P063 P074 C313 who comes later is shown all who are there (${engine})`, async () => {
      const topic = "lobby:late";
      const early = await Promise.all(nodes().flatMap((node) => ["x", "y"].map((at) => Guest.enter(node, `${at} ${node.name}`, topic))));
      await agree(topic, nodes(), early);
      const late = await Guest.enter(cluster().nodes.b, "late", topic);
      const polling = cluster().nodes.c.client("polling", { transport: LongPoll });
      const later = await Guest.enter(cluster().nodes.c, "polling", topic, polling);
      await agree(topic, nodes(), [...early, late, later]);
    });

    test(`P015 P071 C314 one key on two nodes has several metas, the oldest first on every node (${engine})`, async () => {
      const { a, b, c } = cluster().nodes;
      const topic = "lobby:devices";
      const guests = [];
      for (const node of [b, a, c, a]) {
        guests.push(await Guest.enter(node, "ann", topic));
        await agree(topic, nodes(), guests);
      }
      for (const node of nodes()) {
        const { metas } = (await node.presence(topic)).ann;
        assert.deepEqual(metas.map(({ node }) => node), ["b", "a", "c", "a"]);
        assert.deepEqual(await node.count(topic), { keys: 1, connections: 4 });
      }
      for (const guest of guests) assert.equal(guest.presence.list().length, 1);
      await guests[1].leave();
      guests.splice(1, 1);
      await agree(topic, nodes(), guests);
    });

    test(`P007 P053 C196 C227 an update is a join and a leave of one key, everywhere (${engine})`, async () => {
      const { a, b } = cluster().nodes;
      const topic = "lobby:updates";
      const guests = [await Guest.enter(a, "ann", topic), await Guest.enter(b, "ben", topic)];
      const [ann, ben] = guests;
      await agree(topic, nodes(), guests);
      const [{ phx_ref: old }] = ben.presence.state.ann.metas;
      ben.events.length = 0;
      await ann.update("away");
      await agree(topic, nodes(), guests);
      const [meta] = ben.presence.state.ann.metas;
      assert.equal(meta.phx_ref_prev, old);
      assert.deepEqual(ben.events, [
        { join: "ann", metas: [meta] },
        { leave: "ann", metas: [{ ...ben.events[1].metas[0], phx_ref: old, status: "here" }], isGone: false },
      ]);
    });

    test(`P050 C193 C194 C226 who is untracked is gone, and may come again (${engine})`, async () => {
      const { a, b } = cluster().nodes;
      const topic = "lobby:untracked";
      const guests = [await Guest.enter(a, "ann", topic), await Guest.enter(b, "ben", topic)];
      await agree(topic, nodes(), guests);
      await guests[0].untrack();
      await agree(topic, nodes(), [guests[1]], guests);
      await guests[0].track();
      await agree(topic, nodes(), guests);
    });

    test(`P077 C315 keys named like members of objects are keys (${engine})`, async () => {
      const topic = "lobby:odd";
      const names = ["__proto__", "constructor", "toString", "metas", "ä ö/ü", '"\\'];
      const guests = await Promise.all(names.map((name, at) => Guest.enter(nodes()[at % 3], name, topic)));
      await agree(topic, nodes(), guests);
    });

    test(`C317 whatever happens meanwhile, in the end all have the same (${engine})`, async () => {
      const topic = "lobby:busy";
      const random = generator(7);
      const present = [];
      const away = [];
      let number = 0;
      const enter = async () => {
        // Few names: most of them are there several times.
        const guest = await Guest.enter(nodes()[random(3)], `user-${random(9)}`, topic);
        present.push(guest);
        number++;
      };
      await Promise.all(Array.from({ length: 12 }, enter));
      for (let round = 0; round < 25; round++) {
        const [one, other] = [present[random(present.length)], present[random(present.length)]];
        const acts = [enter(), one.update(`status ${round}`)];
        if (other !== one && present.length > 8) {
          present.splice(present.indexOf(other), 1);
          acts.push(round % 2 ? other.leave() : other.untrack().then(() => away.push(other)));
        }
        await Promise.all(acts);
      }
      await agree(topic, nodes(), present, [...present, ...away]);
      for (const guest of present) assertSound(guest.events);
    });

    test(`a crowd is only counted, on all nodes together (${engine})`, async () => {
      const topic = "crowd:stadium";
      const channels = [];
      for (const node of [...nodes(), ...nodes(), nodes()[0]]) channels.push(await joined(node.client("fan"), topic));
      const counts = channels.map((channel) => collect(channel, "presence_count"));
      const all = async (count) => {
        const listed = await Promise.all(nodes().map((node) => node.count(topic)));
        return listed.every(({ connections }) => connections === count);
      };
      await until(() => all(7), "all nodes count all");
      const gone = channels.pop();
      counts.pop();
      await new Promise((resolve) => gone.leave().receive("ok", resolve));
      await until(() => all(6), "all nodes count one less");
      await until(() => counts.every((told) => told.at(-1)?.count === 6), "all clients are told");
      for (const node of nodes()) assert.deepEqual(await node.presence(topic), {});
    });
  });
}

/** Nobody joins who is there, nobody leaves who is not (I6). */
function assertSound(events) {
  const there = new Set();
  for (const { join, metas } of events) {
    for (const { phx_ref: ref } of metas) {
      assert.equal(there.has(ref), !join, `${join ? "join" : "leave"} of ${ref}`);
      join ? there.add(ref) : there.delete(ref);
    }
  }
}

/** Numbers below a bound that look random, the same in each run. */
function generator(seed) {
  let state = seed;
  return (bound) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * bound);
  };
}
