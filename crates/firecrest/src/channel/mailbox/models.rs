//! The mailbox in all interleavings of its connection, its channel and others.

use std::sync::atomic::Ordering;

use loom::thread::spawn;

use super::*;
use crate::sync::AtomicBool;
use crate::sync::model::{block_on, bounded, every};

fn mailbox(events: usize) -> Arc<Mailbox> {
    Arc::new(Mailbox::new(MailboxLimits { events, infos: 2, deferred: 1 }))
}

fn event(name: &str) -> Item {
    Item::Event { event: Name::from(name), payload: Payload::empty(), reference: Ref::null() }
}

fn info() -> Item {
    Item::Info(Box::new(()))
}

/// What an item is told apart by.
fn name(item: &Item) -> String {
    match item {
        Item::Event { event, .. } => event.as_str().unwrap().to_owned(),
        Item::Info(_) => "info".to_owned(),
        _ => unreachable!("no such item is in any of these"),
    }
}

/// Pushes as the connection does: what finds no room waits for it. Returns what came back because the channel had ended.
fn send(mailbox: &Mailbox, item: Item) -> Option<String> {
    match mailbox.push(item) {
        Ok(()) => None,
        Err(PushError::Closed(item)) => Some(name(&item)),
        Err(PushError::Full(item)) => {
            block_on(|cx| mailbox.poll_room(cx));
            match mailbox.push(item) {
                Ok(()) => None,
                Err(PushError::Closed(item)) => Some(name(&item)),
                Err(PushError::Full(_)) => panic!("there is no room after all"),
            }
        }
    }
}

/// Takes as the channel does.
fn take(mailbox: &Mailbox) -> Result<Item, Reason> {
    block_on(|cx| mailbox.poll_take(cx))
}

fn take_name(mailbox: &Mailbox) -> String {
    match take(mailbox) {
        Ok(item) => name(&item),
        Err(reason) => panic!("nobody closes this one: {reason:?}"),
    }
}

fn events_wait_for_room_and_arrive_in_order(bound: usize, events: &'static [&'static str]) {
    bounded(move || {
        let mailbox = mailbox(bound);
        let sending = Arc::clone(&mailbox);
        let sender =
            spawn(move || events.iter().for_each(|name| assert_eq!(send(&sending, event(name)), None)));
        let taken: Vec<_> = events.iter().map(|_| take_name(&mailbox)).collect();
        assert_eq!(taken, events);
        sender.join().unwrap();
    });
}

#[test]
fn at_a_bound_of_one_every_event_arrives_in_order() {
    events_wait_for_room_and_arrive_in_order(1, &["a", "b", "c"]);
}

#[test]
fn at_a_bound_of_two_every_event_arrives_in_order() {
    events_wait_for_room_and_arrive_in_order(2, &["a", "b", "c", "d"]);
}

#[test]
fn infos_of_others_arrive_between_events() {
    bounded(|| {
        let mailbox = mailbox(1);
        let (sending, telling) = (Arc::clone(&mailbox), Arc::clone(&mailbox));
        let sender = spawn(move || ["a", "b"].map(|name| assert_eq!(send(&sending, event(name)), None)));
        let teller = spawn(move || telling.push(info()).unwrap());
        let mut taken: Vec<_> = (0..3).map(|_| take_name(&mailbox)).collect();
        taken.retain(|name| name != "info");
        assert_eq!(taken, ["a", "b"]);
        sender.join().unwrap();
        teller.join().unwrap();
    });
}

/// Spec §3.3, §3.8: a message is for the channel or is answered as unmatched, and that not before the client was told of the
/// end: none is lost, none counts twice.
#[test]
fn every_item_is_taken_given_back_or_refused() {
    bounded(|| {
        let mailbox = mailbox(1);
        let (sending, telling) = (Arc::clone(&mailbox), Arc::clone(&mailbox));
        let announced = Arc::new(AtomicBool::new(false));
        let client_knows = Arc::clone(&announced);
        let sender = spawn(move || {
            ["a", "b"].map(|name| {
                let refused = send(&sending, event(name));
                assert!(refused.is_none() || client_knows.load(Ordering::Relaxed));
                refused
            })
        });
        let teller = spawn(move || match telling.push(info()) {
            Err(PushError::Closed(item)) => Some(name(&item)),
            pushed => pushed.map(|()| None).unwrap(),
        });
        let mut seen = vec![take_name(&mailbox)];
        seen.extend(mailbox.end(|| announced.store(true, Ordering::Relaxed)).iter().map(name));
        seen.extend(sender.join().unwrap().into_iter().flatten());
        seen.extend(teller.join().unwrap());
        let order: Vec<_> = seen.iter().filter(|name| *name != "info").collect();
        assert_eq!(order, ["a", "b"]);
        assert_eq!(seen.len(), 3);
    });
}

#[test]
fn a_waiting_channel_is_told_to_end() {
    bounded(|| {
        let mailbox = mailbox(1);
        let [first, second] = [Arc::clone(&mailbox), Arc::clone(&mailbox)];
        let first = spawn(move || first.close(Reason::Closed));
        let second = spawn(move || second.close(Reason::DuplicateJoin));
        let Err(reason) = take(&mailbox) else { panic!("there is nothing to take") };
        let firsts = (first.join().unwrap(), second.join().unwrap());
        match reason {
            Reason::Closed => assert_eq!(firsts, (true, false)),
            Reason::DuplicateJoin => assert_eq!(firsts, (false, true)),
            other => panic!("nobody said {other:?}"),
        }
    });
}

/// As a join waits, or a callback: for the end alone.
#[test]
fn an_end_is_noticed_while_nothing_is_taken() {
    every(|| {
        let mailbox = mailbox(1);
        let closing = Arc::clone(&mailbox);
        let closer = spawn(move || closing.close(Reason::Closed));
        assert!(matches!(block_on(|cx| mailbox.poll_closing(cx)), Reason::Closed));
        assert!(closer.join().unwrap());
    });
}

/// As the task waits: for an item and for the end at once.
#[test]
fn an_end_is_noticed_while_items_come() {
    bounded(|| {
        let mailbox = mailbox(1);
        let (sending, closing) = (Arc::clone(&mailbox), Arc::clone(&mailbox));
        let sender = spawn(move || sending.push(event("a")).unwrap());
        let closer = spawn(move || closing.close(Reason::Closed));
        let mut taken = Vec::new();
        block_on(|cx| {
            while let Poll::Ready(Ok(item)) = mailbox.poll_take(cx) {
                taken.push(name(&item));
            }
            mailbox.poll_closing(cx)
        });
        sender.join().unwrap();
        assert!(closer.join().unwrap());
        taken.extend(mailbox.end(|| ()).iter().map(name));
        assert_eq!(taken, ["a"]);
    });
}

#[test]
fn a_reply_that_is_paid_lets_events_in() {
    bounded(|| {
        let mailbox = mailbox(1);
        mailbox.defer();
        let (sending, owing) = (Arc::clone(&mailbox), Arc::clone(&mailbox));
        let sender = spawn(move || assert_eq!(send(&sending, event("a")), None));
        let debtor = spawn(move || owing.settle());
        assert_eq!(take_name(&mailbox), "a");
        sender.join().unwrap();
        debtor.join().unwrap();
    });
}

#[test]
fn a_join_that_waits_for_another_is_woken_by_its_start_or_end() {
    every(|| {
        let mailbox = mailbox(1);
        let starting = Arc::clone(&mailbox);
        let starter = spawn(move || starting.start());
        block_on(|cx| mailbox.poll_started(cx));
        starter.join().unwrap();
    });
    every(|| {
        let mailbox = mailbox(1);
        let ending = Arc::clone(&mailbox);
        let ender = spawn(move || ending.end(|| ()).len());
        block_on(|cx| mailbox.poll_started(cx));
        assert_eq!(ender.join().unwrap(), 0);
    });
}

/// The crash comes before what waits, and the topic's lock is not held for it.
#[test]
fn an_overflow_wakes_the_channel() {
    every(|| {
        let mailbox = Arc::new(Mailbox::new(MailboxLimits { events: 1, infos: 1, deferred: 1 }));
        let telling = Arc::clone(&mailbox);
        let teller = spawn(move || (0..2).for_each(|_| telling.push_or_crash(info())));
        let mut taken = 0;
        while taken < 2 && matches!(take(&mailbox), Ok(_)) {
            taken += 1;
        }
        teller.join().unwrap();
        assert_eq!(mailbox.lock().closing.is_some(), taken < 2);
    });
}
