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
