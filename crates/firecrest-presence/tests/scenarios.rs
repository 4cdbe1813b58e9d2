//! Single stories: what a cluster does in one situation, step by step.

mod sim;

use firecrest_presence::{Change, Diff, Event, Incarnation, Kind, NodeId, Options, Replica};
use sim::{Sim, fast};

fn settled(nodes: usize, options: Options) -> Sim {
    let mut sim = Sim::new(1, nodes, options);
    sim.run(2000);
    (sim.requests, sim.chunks) = (0, 0);
    sim
}

fn track(sim: &mut Sim, place: usize, connection: u64) {
    let node = &mut sim.nodes[place];
    let replica = node.replica.as_mut().expect("it lives");
    replica.track(connection, "a", "ada", b"{}").expect("it is new");
    node.truth.insert(("a".into(), "ada".into(), connection), b"{}".to_vec());
}

fn listed(sim: &Sim, place: usize) -> usize {
    sim.nodes[place].replica.as_ref().expect("it lives").count("a").connections
}

fn alone() -> Replica {
    Replica::new(NodeId::new("n", Incarnation::new(1, 1)), fast(), 0).expect("options fit")
}

fn kinds(diffs: Vec<Diff>) -> Vec<Kind> {
    let changes = diffs.into_iter().flat_map(|diff| match diff.change {
        Change::Rows(rows) => rows,
        Change::Resync => panic!("there is room"),
    });
    changes.map(|change| change.kind).collect()
}

#[test]
fn i10_a_newcomer_asks_once_however_many_nodes_there_are() {
    let mut sim = settled(5, Options { log_ops: 1000, message_bytes: 100_000, ..fast() });
    (0..4).for_each(|place| (0..20).for_each(|n| track(&mut sim, place, n)));
    sim.run(2000);
    sim.crash(4);
    sim.run(10_000);
    (sim.requests, sim.chunks) = (0, 0);
    sim.start(4);
    sim.run(1000);
    assert_eq!((listed(&sim, 4), sim.requests, sim.chunks), (80, 1, 4));
}

#[test]
fn i10_a_lost_delta_costs_one_request() {
    let mut sim = settled(4, fast());
    track(&mut sim, 0, 1);
    sim.tick(0);
    let lost = *sim.wire.iter().find(|(_, (to, ..))| *to == 3).expect("it was sent to all").0;
    sim.wire.remove(&lost);
    sim.run(2000);
    assert_eq!((listed(&sim, 3), sim.requests), (1, 1));
}

#[test]
fn i13_p045_a_split_without_changes_only_hides_and_shows() {
    let mut sim = settled(2, fast());
    (0..30).for_each(|n| track(&mut sim, 0, n));
    sim.run(2000);
    (sim.requests, sim.chunks) = (0, 0);
    sim.cut.insert((0, 1));
    sim.run(3000);
    assert_eq!(listed(&sim, 1), 0);
    sim.cut.clear();
    sim.run(1000);
    assert_eq!((listed(&sim, 1), sim.requests, sim.chunks), (30, 0, 0));
}

#[test]
fn p011_what_happened_behind_a_split_is_learned_through_a_third_node() {
    let mut sim = settled(3, fast());
    sim.cut.insert((0, 1));
    track(&mut sim, 0, 1);
    sim.run(1000);
    assert_eq!(listed(&sim, 1), 1);
}

#[test]
fn p056_goodbye_is_immediate() {
    let mut sim = settled(3, fast());
    track(&mut sim, 0, 1);
    sim.run(500);
    assert_eq!(listed(&sim, 2), 1);
    let out = sim.nodes[0].replica.take().expect("it lives").leave();
    sim.nodes[0].truth.clear();
    sim.pass(0, out);
    sim.run(10);
    assert_eq!((listed(&sim, 1), listed(&sim, 2)), (0, 0));
}

#[test]
fn p044_a_restart_replaces_the_old_rows_at_once() {
    let mut sim = settled(2, fast());
    track(&mut sim, 0, 1);
    sim.run(500);
    sim.crash(0);
    sim.run(20);
    assert_eq!(listed(&sim, 1), 1);
    sim.start(0);
    sim.run(10);
    assert_eq!(listed(&sim, 1), 0);
}

#[test]
fn p086_a_second_node_of_the_same_name_is_reported() {
    let (mut first, mut second) =
        (alone(), Replica::new(NodeId::new("n", Incarnation::new(2, 2)), fast(), 0).expect("ok"));
    let news = second.tick(1).outgoing;
    let heard = first.receive("n", &news[0].bytes, 1).expect("it can be read");
    assert_eq!(heard.events, [Event::DuplicateName(second.id().clone())]);
}

#[test]
fn i8_p081_an_update_is_one_change_and_never_an_absence() {
    let mut replica = alone();
    replica.watch("t");
    replica.track(1, "t", "k", b"1").expect("new");
    assert!(matches!(&kinds(replica.tick(1).diffs)[..], [Kind::Join { .. }]));
    assert_eq!(replica.update(1, "t", "k", b"2"), Ok(true));
    assert_eq!(replica.update(1, "t", "k", b"2"), Ok(false));
    let [Kind::Update { before, meta }] = &kinds(replica.tick(2).diffs)[..] else { panic!("one update") };
    assert_eq!((before.as_str(), meta.as_str()), (Some("1"), Some("2")));
}

#[test]
fn changes_within_one_window_are_one() {
    let mut replica = alone();
    replica.watch("t");
    replica.track(1, "t", "k", b"1").expect("new");
    replica.end(1);
    assert_eq!(replica.tick(1).diffs, []);
}

#[test]
fn i14_a_newcomer_who_flushes_first_stays_in_step() {
    let mut replica =
        Replica::new(NodeId::new("n", Incarnation::new(1, 1)), Options { diff_ms: 500, ..fast() }, 0)
            .expect("options fit");
    replica.watch("t");
    let _ = replica.tick(0);
    replica.track(1, "t", "k", b"1").expect("new");
    assert_eq!(kinds(replica.flush("t").into_iter().collect()).len(), 1);
    let seen = replica.list("t").count();
    replica.end(1);
    assert_eq!(kinds(replica.tick(600).diffs).len(), seen);
}

#[test]
fn counts_add_up_and_a_dead_node_is_left_out() {
    let mut sim = settled(3, fast());
    for (place, connections) in [(0, 5), (1, 7), (2, 11)] {
        sim.nodes[place].replica.as_mut().expect("it lives").set_count("page", connections).expect("short");
    }
    sim.run(200);
    let total = |sim: &Sim, place: usize| sim.nodes[place].replica.as_ref().expect("it lives").total("page");
    assert_eq!((total(&sim, 0), total(&sim, 2)), (23, 23));
    sim.nodes[1].replica.as_mut().expect("it lives").set_count("page", 0).expect("short");
    sim.run(200);
    assert_eq!((total(&sim, 0), total(&sim, 1)), (16, 16));
    sim.crash(2);
    sim.run(3000);
    assert_eq!((total(&sim, 0), total(&sim, 1)), (5, 5));
    sim.start(2);
    sim.run(200);
    assert_eq!(total(&sim, 2), 5);
}

#[test]
fn totals_that_are_watched_are_told_when_they_change() {
    let mut sim = settled(2, fast());
    let node = |sim: &mut Sim, place: usize| sim.nodes[place].replica.take().expect("it lives");
    let (mut one, mut other) = (node(&mut sim, 0), node(&mut sim, 1));
    one.watch_total("page");
    other.set_count("page", 7).expect("short");
    other.set_count("unwatched", 7).expect("short");
    let now = sim.now + 1000;
    let news = other.tick(now);
    assert_eq!(news.totals, [], "nobody watches there");
    let totals: Vec<_> = news
        .outgoing
        .iter()
        .flat_map(|message| one.receive("node-1", &message.bytes, now).expect("it is a message").totals)
        .collect();
    assert_eq!(totals, [("page".into(), 7)]);
    one.set_count("page", 2).expect("short");
    assert_eq!(one.next_tick(), now, "it is due at once");
    assert_eq!(one.tick(now).totals, [("page".into(), 9)]);
    one.set_count("page", 3).expect("short");
    one.set_count("page", 2).expect("short");
    assert_eq!(one.tick(now).totals, [], "it is what it was");
    one.unwatch_total("page");
    one.set_count("page", 4).expect("short");
    assert_eq!((one.tick(now).totals, one.total("page")), (vec![], 11));
}

#[test]
fn p082_a_list_comes_by_pages_and_its_keys_alone() {
    let mut replica = alone();
    for (number, key) in [(1, "b"), (2, "a"), (3, "b"), (4, "c")] {
        replica.track(number, "t", key, b"{}").expect("new");
    }
    let keys: Vec<&str> = replica.keys("t").map(|key| &**key).collect();
    assert_eq!(keys, ["a", "b", "c"]);
    let all: Vec<_> = replica.list("t").collect();
    let (mut pages, mut last) = (Vec::new(), None);
    loop {
        let page: Vec<_> = match last {
            None => replica.list("t").take(3).collect(),
            Some((key, connection)) => replica.list_after("t", key, connection).take(3).collect(),
        };
        let Some(row) = page.last() else { break };
        last = Some((&**row.key, row.connection));
        pages.extend(page);
    }
    assert_eq!(pages, all);
}

#[test]
fn p080_a_leave_carries_the_update_that_was_never_sent() {
    let mut sim = settled(3, fast());
    track(&mut sim, 0, 1);
    sim.run(1000);
    sim.cut.insert((0, 2));
    let node = &mut sim.nodes[0];
    let replica = node.replica.as_mut().expect("it lives");
    replica.update(1, "a", "ada", b"\"at last\"").expect("it is there");
    replica.end(1);
    node.truth.clear();
    let (mut left, mut now) = (Vec::new(), sim.now);
    while left.len() < 3 {
        now += 10;
        for from in 0..3 {
            let replica = sim.nodes[from].replica.as_mut().expect("it lives");
            let out = replica.tick(now);
            left.extend(kinds(out.diffs));
            for message in out.outgoing {
                for to in (0..3).filter(|to| from + to == 1 || from + to == 3) {
                    let replica = sim.nodes[to].replica.as_mut().expect("it lives");
                    let out = replica.receive(&sim::name(from), &message.bytes, now).expect("a message");
                    left.extend(kinds(out.diffs));
                    let answers: Vec<_> =
                        out.asked.iter().flat_map(|asked| replica.answer_at_once(asked)).collect();
                    for answer in out.outgoing.into_iter().chain(answers) {
                        let replica = sim.nodes[from].replica.as_mut().expect("it lives");
                        let out = replica.receive(&sim::name(to), &answer.bytes, now).expect("a message");
                        left.extend(kinds(out.diffs));
                    }
                }
            }
        }
    }
    let at_last = Kind::Leave { meta: b"\"at last\""[..].into() };
    assert_eq!(left, [at_last.clone(), at_last.clone(), at_last], "here, there, and through a third node");
}

#[test]
fn numbers_that_are_not_repeated_expire() {
    let options =
        Options { count_ms: 100, count_repeat_ms: 1000, down_ms: 60_000, forget_ms: 90_000, ..fast() };
    let mut sim = settled(2, options);
    sim.nodes[1].replica.as_mut().expect("it lives").set_count("page", 7).expect("short");
    sim.run(5000);
    let total = |sim: &Sim| sim.nodes[0].replica.as_ref().expect("it lives").total("page");
    assert_eq!(total(&sim), 7, "it is repeated");
    sim.crash(1);
    sim.run(1400);
    assert_eq!(total(&sim), 7);
    sim.run(2000);
    assert_eq!(total(&sim), 0, "though the node is not down yet");
}

#[test]
fn of_two_announcements_the_later_holds_whenever_it_comes() {
    let mut sim = settled(2, fast());
    let mut said = Vec::new();
    for connections in [5, 6] {
        sim.nodes[1].replica.as_mut().expect("it lives").set_count("page", connections).expect("short");
        sim.now += 100;
        let out = sim.nodes[1].replica.as_mut().expect("it lives").tick(sim.now);
        said.push(out.outgoing.into_iter().next_back().expect("numbers come last").bytes);
    }
    let replica = sim.nodes[0].replica.as_mut().expect("it lives");
    for bytes in said.iter().rev() {
        let _ = replica.receive("node-1", bytes, sim.now).expect("a message");
    }
    assert_eq!(replica.total("page"), 6);
}

#[test]
fn i12_who_has_left_keeps_nobody_from_forgetting_what_all_have() {
    let mut sim = settled(3, fast());
    let out = sim.nodes[2].replica.take().expect("it lives").leave();
    sim.pass(2, out);
    sim.run(100);
    (0..10).for_each(|n| track(&mut sim, 0, n));
    sim.run(2000);
    let log = |place: usize| sim.nodes[place].replica.as_ref().expect("it lives").usage().log;
    assert_eq!((log(0), log(1)), (0, 0));
}
