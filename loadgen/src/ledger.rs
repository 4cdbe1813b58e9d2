//! Who has to receive what: finds every loss, duplicate and change of order in a fan-out.

use std::collections::VecDeque;
use std::ops::Range;

/// What one subscriber has received of its topic. 40 bytes.
#[derive(Debug, Default)]
pub(crate) struct Subscriber {
    /// The first message it had to receive.
    floor: u64,
    /// The message that comes next when all is in order.
    next: u64,
    /// The messages before `next` that were left out.
    missing: Vec<Range<u64>>,
}

/// The messages of one topic.
#[derive(Debug, Default)]
pub(crate) struct Topic {
    /// How many were published.
    published: u64,
    /// How many subscribers have to receive what is published now.
    members: u32,
    /// The newest messages, from the oldest that somebody still has to receive.
    open: VecDeque<Open>,
    /// How many of `open` somebody still has to receive.
    unfinished: usize,
}

/// What a delivery turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Received before.
    Duplicate,
    /// Published before this subscriber had joined; it may come or not.
    Early,
    /// The next one.
    InOrder,
    /// Received for the first time, but after a later one.
    OutOfOrder,
    /// Never published.
    Unknown,
}

#[derive(Debug)]
struct Open {
    /// When it was published or was due, in nanoseconds of the run's clock.
    at: u64,
    /// How many subscribers still have to receive it.
    remaining: u32,
}

impl Subscriber {
    /// Somebody who has just joined and must receive all that is published from now on.
    pub(crate) fn join(topic: &mut Topic) -> Subscriber {
        topic.members += 1;
        Subscriber { floor: topic.published, next: topic.published, missing: Vec::new() }
    }

    /// Judges a delivery.
    pub(crate) fn receive(&mut self, message: u64, topic: &Topic) -> Delivery {
        if message >= topic.published {
            return Delivery::Unknown;
        }
        if message < self.next {
            return self.receive_again(message);
        }
        if message > self.next {
            self.missing.push(self.next..message);
        }
        self.next = message + 1;
        Delivery::InOrder
    }

    /// Leaves on purpose: what is on its way may be dropped, what was left out before is lost. Gives how many those are.
    pub(crate) fn leave(&mut self, topic: &mut Topic) -> u64 {
        let lost = self.left_out();
        self.forget(topic);
        lost
    }

    /// Ends without wanting to, or with the run: all it did not receive is lost. Gives how many messages those are.
    pub(crate) fn end(&mut self, topic: &mut Topic) -> u64 {
        let lost = self.left_out() + topic.published - self.next;
        self.forget(topic);
        lost
    }

    fn receive_again(&mut self, message: u64) -> Delivery {
        let Some(position) = self.missing.iter().position(|range| range.contains(&message)) else {
            return if message < self.floor { Delivery::Early } else { Delivery::Duplicate };
        };
        let range = self.missing.swap_remove(position);
        let parts = [range.start..message, message + 1..range.end];
        self.missing.extend(parts.into_iter().filter(|part| !part.is_empty()));
        Delivery::OutOfOrder
    }

    fn left_out(&self) -> u64 {
        self.missing.iter().map(|range| range.end - range.start).sum()
    }

    fn forget(&mut self, topic: &mut Topic) {
        topic.members = topic.members.saturating_sub(1);
        for message in self.missing.drain(..).flatten().chain(self.next..topic.published) {
            topic.received(message);
        }
        (self.floor, self.next) = (topic.published, topic.published);
    }
}

impl Topic {
    /// Publishes the next message at this time; gives which it is.
    pub(crate) fn publish(&mut self, at: u64) -> u64 {
        if self.members > 0 {
            self.unfinished += 1;
        }
        self.open.push_back(Open { at, remaining: self.members });
        self.published += 1;
        self.drop_finished();
        self.published - 1
    }

    /// One subscriber less has to receive this message; gives when it was published.
    pub(crate) fn received(&mut self, message: u64) -> Option<u64> {
        let first = self.published - self.open.len() as u64;
        let open = self.open.get_mut(usize::try_from(message.checked_sub(first)?).ok()?)?;
        let at = open.at;
        if open.remaining > 0 {
            open.remaining -= 1;
            if open.remaining == 0 {
                self.unfinished -= 1;
                self.drop_finished();
            }
        }
        Some(at)
    }

    /// How many messages somebody still has to receive.
    pub(crate) fn unfinished(&self) -> usize {
        self.unfinished
    }

    fn drop_finished(&mut self) {
        while self.open.front().is_some_and(|open| open.remaining == 0) {
            self.open.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(published: u64) -> (Topic, Subscriber) {
        let mut topic = Topic::default();
        let subscriber = Subscriber::join(&mut topic);
        for at in 0..published {
            assert_eq!(topic.publish(1000 + at), at);
        }
        (topic, subscriber)
    }

    fn feed(topic: &mut Topic, subscriber: &mut Subscriber, message: u64) -> Delivery {
        let delivery = subscriber.receive(message, topic);
        if matches!(delivery, Delivery::InOrder | Delivery::OutOfOrder) {
            assert!(topic.received(message).is_some());
        }
        delivery
    }

    #[test]
    fn all_in_order_leaves_nothing_open() {
        let (mut topic, mut subscriber) = topic(3);
        for message in 0..3 {
            assert_eq!(topic.unfinished(), 3 - message as usize);
            assert_eq!(feed(&mut topic, &mut subscriber, message), Delivery::InOrder);
        }
        assert_eq!((topic.unfinished(), topic.open.len(), subscriber.end(&mut topic)), (0, 0, 0));
    }

    #[test]
    fn a_loss_is_counted_exactly() {
        let (mut topic, mut subscriber) = topic(10);
        for message in [0, 1, 4, 5, 8] {
            assert_eq!(feed(&mut topic, &mut subscriber, message), Delivery::InOrder);
        }
        assert_eq!(topic.unfinished(), 5);
        assert_eq!(subscriber.end(&mut topic), 5);
        assert_eq!((topic.unfinished(), topic.members), (0, 0));
    }

    #[test]
    fn a_duplicate_is_found_at_once_and_later() {
        let (mut topic, mut subscriber) = topic(3);
        let heard = [0, 0, 1, 2, 1].map(|message| feed(&mut topic, &mut subscriber, message));
        let (ok, twice) = (Delivery::InOrder, Delivery::Duplicate);
        assert_eq!(heard, [ok, twice, ok, ok, twice]);
    }

    #[test]
    fn a_late_one_is_out_of_order_and_not_lost() {
        let (mut topic, mut subscriber) = topic(6);
        let heard = [0, 4, 2, 2, 1, 3, 5].map(|message| feed(&mut topic, &mut subscriber, message));
        let (ok, late) = (Delivery::InOrder, Delivery::OutOfOrder);
        assert_eq!(heard, [ok, ok, late, Delivery::Duplicate, late, late, ok]);
        assert_eq!((topic.unfinished(), subscriber.end(&mut topic)), (0, 0));
    }

    #[test]
    fn what_was_never_published_is_unknown() {
        let (mut topic, mut subscriber) = topic(2);
        assert_eq!(feed(&mut topic, &mut subscriber, 2), Delivery::Unknown);
        assert_eq!(subscriber.end(&mut topic), 2);
    }

    #[test]
    fn who_joins_later_need_not_have_the_earlier_ones() {
        let (mut topic, _first) = topic(2);
        let mut second = Subscriber::join(&mut topic);
        topic.publish(0);
        assert_eq!(second.receive(1, &topic), Delivery::Early);
        assert_eq!(feed(&mut topic, &mut second, 2), Delivery::InOrder);
        assert_eq!(topic.unfinished(), 3);
    }

    #[test]
    fn who_leaves_loses_only_what_was_left_out() {
        let (mut topic, mut leaver) = topic(5);
        let mut stayer = Subscriber::join(&mut topic);
        feed(&mut topic, &mut leaver, 0);
        feed(&mut topic, &mut leaver, 2);
        assert_eq!(leaver.leave(&mut topic), 1);
        topic.publish(0);
        assert_eq!((topic.members, topic.unfinished()), (1, 1));
        assert_eq!(feed(&mut topic, &mut stayer, 5), Delivery::InOrder);
        assert_eq!(topic.unfinished(), 0);
    }

    #[test]
    fn a_message_is_done_when_every_subscriber_has_it() {
        let mut topic = Topic::default();
        let mut subscribers: Vec<_> = (0..3).map(|_| Subscriber::join(&mut topic)).collect();
        topic.publish(7);
        for (left, subscriber) in subscribers.iter_mut().enumerate() {
            assert_eq!(topic.unfinished(), 1, "{left}");
            assert_eq!(subscriber.receive(0, &topic), Delivery::InOrder);
            assert_eq!(topic.received(0), Some(7));
        }
        assert_eq!(topic.unfinished(), 0);
    }
}
