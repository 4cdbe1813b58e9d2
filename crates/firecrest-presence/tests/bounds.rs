//! What happens when there is too much.

mod sim;

use firecrest_presence::message::{Body, Version};
use firecrest_presence::{Event, Incarnation, Message, NodeId, Options, Output, Replica};
use sim::{Sim, act, fast};

fn pair(options: &Options) -> [Replica; 2] {
    let node = |name: &str, random| {
        let id = NodeId::new(name, Incarnation::new(1, random));
        Replica::new(id, options.clone(), 0).expect("the options fit together")
    };
    [node("a", 1), node("b", 2)]
}

/// Lets this much time pass, hands over all messages, and gives what happened at the first.
fn run(nodes: &mut [Replica; 2], now: &mut u64, millis: u64) -> Vec<Event> {
    let (mut events, end) = (Vec::new(), *now + millis);
    while *now < end {
        *now = nodes.iter().map(Replica::next_tick).min().unwrap_or(end).clamp(*now + 1, end);
        let mut wire: Vec<(usize, Output)> = vec![(0, nodes[0].tick(*now)), (1, nodes[1].tick(*now))];
        while let Some((from, out)) = wire.pop() {
            if from == 0 {
                events.extend(out.events);
            }
            let name = nodes[from].id().name().clone();
            let answers =
                out.asked.iter().flat_map(|asked| nodes[from].answer_at_once(asked)).collect::<Vec<_>>();
            for message in out.outgoing.into_iter().chain(answers) {
                let to = 1 - from;
                let out = nodes[to].receive(&name, &message.bytes, *now).expect("it is a message");
                wire.push((to, out));
            }
        }
    }
    events
}

fn too_many(events: &[Event]) -> usize {
    events.iter().filter(|event| matches!(event, Event::TooManyRows(_))).count()
}

#[test]
fn a_node_with_too_many_rows_is_listed_in_part_until_it_has_fewer() {
    for log_ops in [10, 10_000] {
        let mut nodes = pair(&Options { remote_rows: 100, log_ops, ..fast() });
        let mut now = 0;
        run(&mut nodes, &mut now, 1000);
        for number in 0..150 {
            nodes[1].track(number, "t", &format!("{number:03}"), b"{}").expect("new");
        }
        let events = run(&mut nodes, &mut now, 1000);
        assert_eq!((nodes[0].count("t").keys, too_many(&events)), (100, 1));
        // Those that are not listed go as well as those that are, and change.
        assert!(nodes[1].update(120, "t", "120", b"[]").expect("there"));
        (0..20).chain(140..150).for_each(|number| assert_eq!(nodes[1].end(number), 1));
        let events = run(&mut nodes, &mut now, 1000);
        assert!((80..=100).contains(&nodes[0].count("t").keys), "there are still 120");
        assert_eq!(too_many(&events), 0, "it is said once");
        (20..40).for_each(|number| assert_eq!(nodes[1].end(number), 1));
        let events = run(&mut nodes, &mut now, 2000);
        assert_eq!((nodes[0].usage().rows, nodes[0].usage().missing, too_many(&events)), (100, 0, 0));
        assert!(nodes[0].keys("t").eq(nodes[1].keys("t")), "there is room for all");
        nodes[1].track(1, "t", "one more", b"{}").expect("new");
        assert_eq!(too_many(&run(&mut nodes, &mut now, 1000)), 1, "it is said again");
    }
}

#[test]
fn what_happens_while_all_rows_come_again_does_not_overtake_them() {
    let mut nodes = pair(&Options { remote_rows: 10, ..fast() });
    let mut now = 0;
    (0..12).for_each(|number| {
        nodes[1].track(number, "t", &number.to_string(), b"{}").expect("new");
    });
    run(&mut nodes, &mut now, 1000);
    (0..3).for_each(|number| assert_eq!(nodes[1].end(number), 1));
    now += 200;
    let pass = |node: &mut Replica, from: &str, out: Output, now| {
        let heard = |bytes: Vec<u8>| {
            let out = node.receive(from, &bytes, now).expect("it is a message");
            out.asked
                .iter()
                .flat_map(|asked| node.answer_at_once(asked))
                .chain(out.outgoing)
                .collect::<Vec<_>>()
        };
        out.outgoing.into_iter().map(|message| message.bytes).flat_map(heard).collect::<Vec<_>>()
    };
    let news = nodes[1].tick(now);
    pass(&mut nodes[0], "b", news, now);
    now += 50;
    let request = nodes[0].tick(now);
    let mut chunks = pass(&mut nodes[1], "a", request, now);
    assert!(chunks.len() > 1, "they come in pieces");
    let last = chunks.split_off(chunks.len() - 1);
    pass(&mut nodes[0], "b", Output { outgoing: chunks, ..Output::default() }, now);
    assert!(nodes[1].update(5, "t", "5", b"[]").expect("it is there"));
    now += 100;
    let news = nodes[1].tick(now);
    pass(&mut nodes[0], "b", news, now);
    pass(&mut nodes[0], "b", Output { outgoing: last, ..Output::default() }, now);
    assert_eq!(nodes[0].count("t").keys, 9);
    run(&mut nodes, &mut now, 1000);
    assert_eq!(nodes[0].list("t").collect::<Vec<_>>(), nodes[1].list("t").collect::<Vec<_>>());
}

#[test]
fn who_has_fewer_than_all_rows_of_a_node_does_not_answer_for_it() {
    let mut nodes = pair(&Options { remote_rows: 3, ..fast() });
    let mut now = 0;
    (0..5).for_each(|number| {
        nodes[1].track(number, "t", "k", b"{}").expect("new");
    });
    run(&mut nodes, &mut now, 1000);
    assert_eq!(nodes[0].count("t").connections, 3);
    let heartbeat = nodes[0].tick(now + 400).outgoing.pop().expect("it is due").bytes;
    let message = Message::decode(&heartbeat).expect("it is one");
    let Body::Gossip(gossip) = message.body else { panic!("a heartbeat") };
    assert_eq!(gossip.versions, []);
    let all = vec![Version { node: nodes[1].id().clone(), version: 0 }];
    let sender = NodeId::new("c", Incarnation::new(1, 3));
    let request = Message { sender, body: Body::Request(all) }.encode();
    assert_eq!(nodes[0].receive("c", &request, now).expect("it is a message").asked, []);
    assert_ne!(nodes[1].receive("c", &request, now).expect("it is a message").asked, []);
}

#[test]
fn times_may_be_for_ever_and_bounds_without_end() {
    let for_ever = Options {
        broadcast_ms: u64::MAX,
        heartbeat_ms: u64::MAX / 2,
        down_ms: u64::MAX - 1,
        forget_ms: u64::MAX,
        request_delay_ms: u64::MAX,
        request_timeout_ms: u64::MAX,
        diff_ms: u64::MAX,
        diff_rows: usize::MAX,
        log_ops: usize::MAX,
        message_bytes: usize::MAX,
        staging_bytes: usize::MAX,
        nodes: usize::MAX,
        rows: usize::MAX,
        remote_rows: usize::MAX,
        meta_bytes: usize::MAX,
        count_ms: u64::MAX,
        count_repeat_ms: u64::MAX,
        count_topics: usize::MAX,
    };
    let mut nodes = pair(&for_ever);
    nodes[0].watch("t");
    nodes[1].track(1, "t", "k", b"{}").expect("new");
    nodes[1].set_count("t", u64::MAX).expect("short");
    nodes[0].set_count("t", u64::MAX).expect("short");
    for now in [0, 1, u64::MAX - 1, u64::MAX, 3, u64::MAX] {
        for from in 0..2 {
            let name = nodes[from].id().name().clone();
            for message in nodes[from].tick(now).outgoing {
                let _ = nodes[1 - from].receive(&name, &message.bytes, now).expect("it is a message");
            }
            let _ = nodes[from].next_tick();
        }
    }
    assert_eq!((nodes[0].count("t").keys, nodes[0].total("t")), (1, u64::MAX));
    nodes[0].track(1, "t", "k", b"{}").expect("new");
    assert!(nodes[0].flush("t").is_some());
}

#[test]
fn i12_the_logs_of_many_nodes_are_pruned_in_turn() {
    let mut sim = Sim::new(1, 40, fast());
    sim.run(1000);
    (0..40).for_each(|place| act::track(&mut sim, place));
    sim.run(110);
    assert!(sim.nodes[0].replica.as_ref().expect("it lives").usage().log > 0);
    sim.run(2000);
    let logs = sim.nodes.iter().filter_map(|node| Some(node.replica.as_ref()?.usage().log));
    assert_eq!(logs.sum::<usize>(), 0);
}
