//! What is sent to nodes that lack something, in pieces, while time passes and pieces are lost.

use firecrest_presence::message::{Body, Chunk, Fate, Op, Version};
use firecrest_presence::row::RowKey;
use firecrest_presence::{Asked, Incarnation, Message, Meta, NodeId, Options, Outgoing, Output, Replica};

fn pair(options: &Options) -> [Replica; 2] {
    let node = |name: &str, random| {
        let id = NodeId::new(name, Incarnation::new(1, random));
        Replica::new(id, options.clone(), 0).expect("the options fit together")
    };
    [node("a", 1), node("b", 2)]
}

fn track(replica: &mut Replica, numbers: std::ops::Range<u64>) {
    for number in numbers {
        replica.track(number, "t", &format!("{:03}", number % 1_000), b"{\"meta\":0}").expect("it is new");
    }
}

/// The first hears what the second says, of which nothing is lost.
fn hear(nodes: &mut [Replica; 2], messages: Vec<Outgoing>, now: u64) -> Vec<Output> {
    let heard = |message: Outgoing| nodes[0].receive("b", &message.bytes, now).expect("it is a message");
    messages.into_iter().map(heard).collect()
}

/// What the first asks the second for at this time.
fn asked(nodes: &mut [Replica; 2], now: u64) -> Vec<Asked> {
    let out = nodes[0].tick(now);
    let heard =
        |message: &Outgoing| nodes[1].receive("a", &message.bytes, now).expect("it is a message").asked;
    out.outgoing.iter().flat_map(heard).collect()
}

/// Two nodes, the first of which knows that it has nothing of the second's rows; what it asks for, and when.
fn newcomer(rows: u64) -> ([Replica; 2], Vec<Asked>, u64) {
    let mut nodes = pair(&Options::default());
    track(&mut nodes[1], 0..rows);
    let _lost = nodes[1].tick(1);
    let heartbeat = nodes[1].tick(6_000).outgoing;
    hear(&mut nodes, heartbeat, 6_000);
    let asked = asked(&mut nodes, 6_500);
    (nodes, asked, 6_500)
}

#[test]
fn i10_who_is_being_answered_does_not_ask_again_however_long_it_takes() {
    let (mut nodes, first, mut now) = newcomer(500);
    let [first] = &first[..] else { panic!("{first:?}") };
    let mut answer = nodes[1].answer(first).expect("it has more");
    while let Some(bytes) = answer.next_message(1_000) {
        now += 2_000;
        let _ = nodes[0].receive("b", &bytes, now).expect("it is a message");
        if nodes[0].count("t").keys == 0 {
            let heartbeat = nodes[1].tick(now).outgoing;
            hear(&mut nodes, heartbeat, now);
            assert_eq!(asked(&mut nodes, now), [], "pieces are coming");
        }
    }
    assert!(now > 60_000, "it took long");
    assert_eq!(nodes[0].count("t").keys, 500);
}

#[test]
fn i10_who_is_answered_about_one_node_waits_for_what_it_asked_about_another() {
    let mut nodes = pair(&Options::default());
    track(&mut nodes[1], 0..500);
    // The second has heard of a third, which nobody can reach any more but is not down yet.
    let mut third =
        Replica::new(NodeId::new("c", Incarnation::new(1, 3)), Options::default(), 0).expect("they fit");
    track(&mut third, 0..5);
    for message in third.tick(1).outgoing {
        let _ = nodes[1].receive("c", &message.bytes, 1).expect("it is a message");
    }
    let _lost = nodes[1].tick(2);
    let heartbeat = nodes[1].tick(6_000).outgoing;
    let alive = third.tick(6_000).outgoing;
    hear(&mut nodes, heartbeat, 6_000);
    for message in alive {
        let _ = nodes[0].receive("c", &message.bytes, 6_000).expect("it is a message");
    }
    let both = asked(&mut nodes, 6_500);
    assert_eq!(both.len(), 2, "one request for all");
    let of_second = both.iter().find(|asked| &**asked.have.node.name() == "b").expect("it is asked for");
    let mut answer = nodes[1].answer(of_second).expect("it has more");
    let mut now = 6_500;
    while let Some(bytes) = answer.next_message(10_000) {
        now += 2_000;
        let _ = nodes[0].receive("b", &bytes, now).expect("it is a message");
        let requests = nodes[0].tick(now).outgoing;
        let is_request = |message: &&Outgoing| {
            matches!(Message::decode(&message.bytes).expect("it is one").body, Body::Request(_))
        };
        assert_eq!(requests.iter().find(is_request), None, "at {now}");
    }
    assert!(now > 12_000, "it took long");
}

#[test]
fn a_snapshot_is_whole_whoever_sends_which_pieces_of_it_and_wherever_they_were_cut() {
    let (mut nodes, first, now) = newcomer(100);
    let mut answer = nodes[1].answer(&first[0]).expect("it has more");
    let pieces: Vec<Vec<u8>> = std::iter::from_fn(|| answer.next_message(1_000)).collect();
    assert!(pieces.len() > 4);
    let mut again = nodes[1].answer(&first[0]).expect("it has more");
    let others: Vec<Vec<u8>> = std::iter::from_fn(|| again.next_message(1_700)).collect();
    // The second piece is lost, and in the next attempt all but the first two.
    for bytes in [&pieces[..1], &pieces[2..], &others[..2]].concat() {
        assert_eq!(nodes[0].count("t").keys, 0);
        let _ = nodes[0].receive("b", &bytes, now).expect("it is a message");
    }
    assert_eq!(nodes[0].list("t").collect::<Vec<_>>(), nodes[1].list("t").collect::<Vec<_>>());
}

#[test]
fn a_snapshot_with_a_hole_is_not_taken_over() {
    let (mut nodes, first, now) = newcomer(100);
    let mut answer = nodes[1].answer(&first[0]).expect("it has more");
    let pieces: Vec<Vec<u8>> = std::iter::from_fn(|| answer.next_message(1_000)).collect();
    let mut again = nodes[1].answer(&first[0]).expect("it has more");
    let others: Vec<Vec<u8>> = std::iter::from_fn(|| again.next_message(900)).collect();
    // As many rows as there are in all, but some of them twice and some not at all.
    for bytes in [&pieces[..2], &pieces[3..], &pieces[..2], &others[..2], &others[4..]].concat() {
        let _ = nodes[0].receive("b", &bytes, now).expect("it is a message");
    }
    assert_eq!(nodes[0].count("t").keys, 0);
    let _ = nodes[0].receive("b", &pieces[2], now).expect("it is a message");
    assert_eq!(nodes[0].count("t").keys, 100);
}

#[test]
fn an_answer_is_what_it_was_whatever_happens_meanwhile() {
    let (mut nodes, first, now) = newcomer(100);
    let mut answer = nodes[1].answer(&first[0]).expect("it has more");
    let begun = answer.next_message(1_000).expect("there is one");
    let at = answer.at();
    (0..100).for_each(|number| assert_eq!(nodes[1].end(number), 1));
    track(&mut nodes[1], 1_000..1_010);
    let rest = std::iter::from_fn(|| answer.next_message(1_000));
    for bytes in std::iter::once(begun).chain(rest) {
        let _ = nodes[0].receive("b", &bytes, now).expect("it is a message");
    }
    assert_eq!((nodes[0].count("t").keys, at), (100, 100));
}

#[test]
fn who_is_gone_need_not_be_answered() {
    let (mut nodes, first, _) = newcomer(1);
    let by = &first[0].by;
    assert!(!nodes[1].is_gone(by));
    assert!(!nodes[1].is_gone(&NodeId::new("x", Incarnation::new(1, 9))), "nobody knows");
    assert!(nodes[1].is_gone(&NodeId::new("a", Incarnation::new(0, 1))), "an earlier life");
    (2..8).for_each(|step| drop(nodes[1].tick(step * 6_000)));
    assert!(nodes[1].is_gone(by), "it is silent");
}

#[test]
fn messages_are_no_larger_than_what_can_be_sent() {
    let mut nodes = pair(&Options { count_ms: 1, ..Options::default() });
    nodes[1].set_max_message(4_096);
    for number in 0..60 {
        let mut other = Replica::new(
            NodeId::new(format!("{number:040}"), Incarnation::new(1, number)),
            Options::default(),
            0,
        )
        .expect("they fit");
        for message in other.tick(1).outgoing {
            let _ = nodes[1].receive(&format!("{number:040}"), &message.bytes, 1).expect("it is a message");
        }
    }
    track(&mut nodes[1], 0..1_000);
    for number in 0..100 {
        nodes[1].set_count(&format!("{number:0>1000}"), 1).expect("it is short");
    }
    let said = nodes[1].tick(6_000).outgoing;
    let node = nodes[1].id().clone();
    let asked = Asked { by: nodes[0].id().clone(), have: Version { node, version: 0 } };
    let answer = nodes[1].answer_at_once(&asked);
    let sizes = said.iter().chain(&answer).map(|message| message.bytes.len());
    assert!(sizes.clone().all(|size| size <= 4_096), "{:?}", sizes.max());
    assert!(answer.len() < 40, "{} are more than needed", answer.len());
    hear(&mut nodes, said, 6_000);
    assert_eq!((nodes[0].count("t").keys, nodes[0].usage().counts), (1_000, 100));
}

#[test]
fn a_piece_behind_the_end_does_no_harm() {
    let (mut nodes, _, now) = newcomer(10);
    let origin = nodes[1].id().clone();
    let op = |version| Op {
        row: RowKey { topic: "t".into(), key: format!("{version}").into(), connection: version },
        version,
        fate: Fate::Put(Meta::from(&b"{}"[..])),
    };
    for (start, last, version) in [(50, false, 3), (0, true, 2)] {
        let chunk = Chunk { origin: origin.clone(), at: 10, start, last, rows: vec![op(version)] };
        let bytes = Message { sender: origin.clone(), body: Body::Chunk(chunk) }.encode();
        let _ = nodes[0].receive("b", &bytes, now).expect("it is a message");
    }
    assert_eq!(nodes[0].count("t").keys, 1);
}
