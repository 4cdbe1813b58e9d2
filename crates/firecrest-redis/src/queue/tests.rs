//! When the others are told of messages that were refused or lost.

use super::*;

const ROOM: Load = Load { messages: 1, bytes: usize::MAX };

/// A queue of three places, with a connection.
fn open() -> Queue {
    let queue = Queue::new(&RedisClusterOptions { queue_messages: 3, ..RedisClusterOptions::default() });
    queue.open();
    queue
}

fn push(queue: &Queue) -> Result<(), Refused> {
    queue.push(Outgoing { channel: Name::from(&b"channel"[..]), message: Bytes::new() })
}

/// The broker answers the oldest message.
async fn answer(queue: &Queue) {
    let (_, load) = queue.batch(ROOM).await;
    queue.answered(load);
}

#[tokio::test]
async fn the_others_are_told_although_there_is_always_something_to_send() {
    let queue = open();
    while push(&queue) != Err(Refused::Full) {}
    for told in [false, false, true, false, false] {
        answer(&queue).await;
        push(&queue).unwrap();
        assert_eq!(queue.take_lost(), told);
    }
}

#[tokio::test]
async fn what_is_lost_again_and_again_is_told_again_and_again() {
    let queue = open();
    let mut told = 0;
    for _ in 0..30 {
        while push(&queue) != Err(Refused::Full) {}
        answer(&queue).await;
        told += usize::from(queue.take_lost());
    }
    assert_eq!(told, 14, "after three answers, and after what was queued meanwhile");
    for _ in 0..2 {
        answer(&queue).await;
        told = usize::from(queue.take_lost());
    }
    assert_eq!(told, 1, "of what was lost last");
    assert!(!queue.take_lost(), "once");
}

#[tokio::test]
async fn what_was_not_answered_when_the_connection_was_lost_is_told_with_the_next() {
    let queue = open();
    while push(&queue) != Err(Refused::Full) {}
    queue.lose();
    assert_eq!(push(&queue), Err(Refused::Offline));
    assert!(!queue.take_lost(), "not while there is no connection");
    queue.open();
    push(&queue).unwrap();
    assert!(queue.take_lost());
    answer(&queue).await;
    assert!(!queue.take_lost(), "once");
}

#[test]
fn a_connection_on_which_nothing_was_under_way_loses_nothing() {
    let queue = open();
    queue.lose();
    queue.open();
    assert!(!queue.take_lost());
}
