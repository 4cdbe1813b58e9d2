//! What connections, operators and bad luck do to a cluster.

use firecrest_presence::ConnectionId;

use super::Sim;
use super::check::TOPICS;

const KEYS: &[&str] = &["ada", "bob", "cy"];

/// One thing that a connection, an operator or bad luck does.
pub(crate) fn act(sim: &mut Sim) {
    let place = sim.dice.below(sim.nodes.len() as u64) as usize;
    let other = sim.dice.below(sim.nodes.len() as u64) as usize;
    match sim.dice.below(100) {
        0..75 => presence(sim, place),
        75..83 => count(sim, place),
        83..86 => {
            sim.faults += 1;
            sim.crash(place);
        }
        86..88 => leave(sim, place),
        88..93 => sim.start_if_dead(place),
        93..95 if place != other => {
            sim.faults += 1;
            sim.cut.insert((place.min(other), place.max(other)));
        }
        95..97 => sim.cut.clear(),
        _ => {
            sim.faults += 1;
            let step = sim.dice.below(20_000);
            let clock = &mut sim.nodes[place].clock;
            *clock = if step.is_multiple_of(2) { *clock + step } else { clock.saturating_sub(step) };
            sim.tick(place);
        }
    }
    if sim.dice.percent(50) {
        sim.tick(place);
    }
}

/// One thing that a connection does.
pub(crate) fn presence(sim: &mut Sim, place: usize) {
    match sim.dice.below(10) {
        0..5 => track(sim, place),
        5..7 => change(sim, place, true),
        7..9 => change(sim, place, false),
        _ => end(sim, place),
    }
}

fn count(sim: &mut Sim, place: usize) {
    let topic = TOPICS[sim.dice.below(3) as usize];
    let connections = sim.dice.below(3);
    let node = &mut sim.nodes[place];
    let Some(replica) = &mut node.replica else { return };
    replica.set_count(topic, connections).expect("the topic is short");
    node.counts.insert(topic, connections);
}

pub(crate) fn track(sim: &mut Sim, place: usize) {
    let (topic, key) = (TOPICS[sim.dice.below(3) as usize], KEYS[sim.dice.below(3) as usize]);
    let meta = meta(sim);
    let reuse = sim.dice.percent(30);
    let old = sim.nodes[place].truth.keys().next_back().map(|(.., connection)| *connection);
    sim.connections += 1;
    let connection = old.filter(|_| reuse).unwrap_or(sim.connections);
    let node = &mut sim.nodes[place];
    let Some(replica) = &mut node.replica else { return };
    let row = (topic.to_owned(), key.to_owned(), connection);
    let tracked = replica.track(connection, topic, key, &meta);
    assert_eq!(tracked.is_err(), node.truth.contains_key(&row), "P055");
    node.truth.entry(row).or_insert(meta);
    assert!(replica.get_by_key(topic, key).any(|row| row.connection.number == connection), "P002");
}

fn change(sim: &mut Sim, place: usize, update: bool) {
    let Some((topic, key, connection)) = pick(sim, place) else { return };
    let meta = meta(sim);
    let node = &mut sim.nodes[place];
    let Some(replica) = &mut node.replica else { return };
    let row = (topic.clone(), key.clone(), connection);
    if update {
        replica.update(connection, &topic, &key, &meta).expect("it is tracked");
        node.truth.insert(row, meta);
    } else {
        assert!(replica.untrack(connection, &topic, &key));
        forget(sim, place, row);
    }
}

fn end(sim: &mut Sim, place: usize) {
    let Some((.., connection)) = pick(sim, place) else { return };
    let node = &mut sim.nodes[place];
    let Some(replica) = &mut node.replica else { return };
    let rows = node.truth.keys().filter(|(.., other)| *other == connection);
    let rows: Vec<_> = rows.cloned().collect();
    assert_eq!(replica.end(connection), rows.len());
    rows.into_iter().for_each(|row| forget(sim, place, row));
}

/// A row is no longer there, and this is what it held last.
fn forget(sim: &mut Sim, place: usize, row: (String, String, u64)) {
    let node = &mut sim.nodes[place];
    let Some(meta) = node.truth.remove(&row) else { return };
    let id = ConnectionId { node: node.life(), number: row.2 };
    sim.last.entry((row.0, row.1, id)).or_default().push(meta);
}

/// One that no row had before.
fn meta(sim: &mut Sim) -> Vec<u8> {
    sim.metas += 1;
    sim.metas.to_string().into_bytes()
}

fn pick(sim: &mut Sim, place: usize) -> Option<(String, String, u64)> {
    let rows = sim.nodes[place].truth.len() as u64;
    let nth = (rows > 0).then(|| sim.dice.below(rows) as usize)?;
    sim.nodes[place].truth.keys().nth(nth).cloned()
}

fn leave(sim: &mut Sim, place: usize) {
    if let Some(replica) = sim.nodes[place].replica.take() {
        sim.nodes[place].truth.clear();
        sim.nodes[place].counts.clear();
        let out = replica.leave();
        sim.pass(place, out);
    }
}
