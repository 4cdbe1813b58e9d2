//! Numbers that become 0, when messages are lost.

use firecrest_presence::message::Body;
use firecrest_presence::{Incarnation, Message, NodeId, Options, Replica};

fn pair() -> [Replica; 2] {
    ["a", "b"].map(|name| {
        let id = NodeId::new(name, Incarnation::new(1, u64::from(name.as_bytes()[0])));
        Replica::new(id, Options::default(), 0).expect("the defaults fit together")
    })
}

/// A second passes; the first hears the second, or all but the numbers.
fn pass(nodes: &mut [Replica; 2], now: &mut u64, heard: bool) -> usize {
    *now += 1_000;
    let said = nodes[1].tick(*now).outgoing;
    for message in said.iter().filter(|message| heard || !is_number(&message.bytes)) {
        let _ = nodes[0].receive("b", &message.bytes, *now).expect("it is a message");
    }
    let _ = nodes[0].tick(*now);
    said.iter().map(|message| message.bytes.len()).sum()
}

fn is_number(bytes: &[u8]) -> bool {
    matches!(Message::decode(bytes).expect("it is one").body, Body::Counts(_))
}

#[test]
fn a_goodbye_that_was_lost_is_said_again_with_the_next_repeat_and_after_a_gap_at_once() {
    for gap in [false, true] {
        let (mut nodes, mut now) = (pair(), 0);
        nodes[1].set_count("page", 7).expect("it is short");
        for _ in 0..5 {
            pass(&mut nodes, &mut now, true);
        }
        assert_eq!(nodes[0].total("page"), 7);
        nodes[1].set_count("page", 0).expect("it is short");
        for _ in 0..3 {
            pass(&mut nodes, &mut now, false);
        }
        if gap {
            nodes[1].hurry(200);
        }
        let lost = now;
        while nodes[0].total("page") > 0 {
            pass(&mut nodes, &mut now, true);
            assert!(now - lost <= if gap { 1_000 } else { 31_000 });
        }
    }
}

#[test]
fn a_goodbye_is_repeated_until_nobody_can_have_what_was_before() {
    let (mut nodes, mut now) = (pair(), 0);
    nodes[1].set_count("page", 7).expect("it is short");
    for _ in 0..5 {
        pass(&mut nodes, &mut now, true);
    }
    nodes[1].set_count("page", 0).expect("it is short");
    // Even the repeat is lost.
    for _ in 0..32 {
        pass(&mut nodes, &mut now, false);
    }
    for _ in 0..30 {
        pass(&mut nodes, &mut now, true);
    }
    assert_eq!(nodes[0].total("page"), 0);
    for _ in 0..100 {
        pass(&mut nodes, &mut now, true);
    }
    assert_eq!(nodes[1].usage().counts, 0, "then it is forgotten");
    nodes[1].set_count("page", 1).expect("it is short");
    nodes[1].set_count("page", 0).expect("it is short");
    pass(&mut nodes, &mut now, true);
    nodes[1].set_count("page", 2).expect("it is short");
    for _ in 0..200 {
        pass(&mut nodes, &mut now, true);
    }
    assert_eq!(nodes[0].total("page"), 2, "who is back is not forgotten");
}

#[test]
fn goodbyes_that_are_too_many_are_said_once() {
    let (mut nodes, mut now) = (pair(), 0);
    let all = |node: &mut Replica, connections| {
        (0..30_000).for_each(|number| node.set_count(&number.to_string(), connections).expect("it is short"));
    };
    all(&mut nodes[1], 1);
    for _ in 0..2 {
        pass(&mut nodes, &mut now, true);
    }
    assert_eq!((nodes[0].total("7"), nodes[1].usage().counts), (1, 30_000));
    all(&mut nodes[1], 0);
    pass(&mut nodes, &mut now, true);
    assert_eq!((nodes[0].total("7"), nodes[0].total("29999"), nodes[1].usage().counts), (0, 0, 10_000));
}

#[test]
fn numbers_that_are_announced_seldom_do_not_expire_between() {
    let options = Options { count_ms: 120_000, ..Options::default() };
    let mut nodes = ["a", "b"].map(|name| {
        let id = NodeId::new(name, Incarnation::new(1, u64::from(name.as_bytes()[0])));
        Replica::new(id, options.clone(), 0).expect("they fit together")
    });
    let mut now = 0;
    pass(&mut nodes, &mut now, true);
    nodes[1].set_count("page", 7).expect("it is short");
    for _ in 0..125 {
        pass(&mut nodes, &mut now, true);
    }
    for _ in 0..500 {
        assert_eq!(nodes[0].total("page"), 7, "at {now}");
        pass(&mut nodes, &mut now, true);
    }
}

#[test]
fn many_numbers_travel_in_few_messages() {
    let mut nodes = pair();
    for number in 0..10_000 {
        nodes[1].set_count(&format!("page:{number}"), 1).expect("it is short");
    }
    let said = nodes[1].tick(1_000).outgoing;
    assert!(said.len() <= 4, "{} messages", said.len());
}
