//! Broadcasts and their deliveries.

use firecrest_wire::client::Heard;

use super::post::Post;
use crate::ledger::{Delivery, Subscriber, Topic};
use crate::net::World;
use crate::template::Templates;

/// All broadcasts of a run in all its circles, and who has received them. A circle are those who receive the same: a topic, or
/// all.
#[derive(Debug)]
pub(super) struct Broadcasts {
    post: Post,
    circles: Vec<Topic>,
    /// The connection that publishes in each circle: the first that is joined.
    publishers: Vec<Option<usize>>,
    /// For each joined connection what it has received.
    subscribers: Vec<Option<Subscriber>>,
    templates: Templates,
    /// How many broadcasts somebody still has to receive.
    open: usize,
    /// When something was last published or delivered, in nanoseconds of the run's clock.
    progress_at: u64,
    /// The longest delivery in bytes.
    longest: usize,
    /// What is sent; kept for its memory.
    message: Vec<u8>,
}

impl Broadcasts {
    /// Nothing published yet; all who are joined now have to receive what will be.
    pub(super) fn new(world: &World, post: Post) -> Broadcasts {
        let circles = if post.is_for_all() { 1 } else { world.topics.len() };
        let mut broadcasts = Broadcasts {
            post,
            circles: std::iter::repeat_with(Topic::default).take(circles).collect(),
            publishers: vec![None; circles],
            subscribers: std::iter::repeat_with(|| None).take(world.len()).collect(),
            templates: Templates::new(world.topics.len()),
            open: 0,
            progress_at: 0,
            longest: 0,
            message: Vec::new(),
        };
        world.joined_connections().for_each(|connection| broadcasts.join(world, connection));
        broadcasts
    }

    /// How many circles there are.
    pub(super) fn circles(&self) -> usize {
        self.circles.len()
    }

    /// The circle of a connection.
    pub(super) fn circle_of(&self, world: &World, connection: usize) -> usize {
        if self.post.is_for_all() { 0 } else { world.topics.of(connection) }
    }

    /// A connection is joined and has to receive what is published from now on.
    pub(super) fn join(&mut self, world: &World, connection: usize) {
        let circle = self.circle_of(world, connection);
        self.subscribers[connection] = Some(Subscriber::join(&mut self.circles[circle]));
        self.publishers[circle].get_or_insert(connection);
    }

    /// Publishes in a circle; `at` is where its time begins to count. False when nobody is there to do it.
    pub(super) fn publish(&mut self, world: &mut World, circle: usize, at: u64) -> bool {
        let Some(publisher) = self.publishers[circle] else { return false };
        let before = self.circles[circle].unfinished();
        let message = self.circles[circle].publish(at);
        self.open += self.circles[circle].unfinished() - before;
        self.progress_at = at.max(self.progress_at);
        let topic = world.topics.name(world.topics.of(publisher));
        self.post.write(&mut self.message, topic, message);
        world.send(publisher, &self.message);
        true
    }

    /// Recognises a delivery without decoding it.
    pub(super) fn recognise(&mut self, world: &mut World, connection: usize, text: &[u8], now: u64) -> bool {
        let topic = world.topics.of(connection);
        let Some(message) = self.templates.sequence(topic, text) else { return false };
        self.settle(world, connection, message, now);
        true
    }

    /// Whether a message is a delivery, right or wrong.
    pub(super) fn heard(
        &mut self,
        world: &mut World,
        connection: usize,
        heard: &Heard,
        text: &[u8],
        now: u64,
    ) -> bool {
        if !self.post.is_delivery(heard) {
            return false;
        }
        let Some(message) = self.post.number(heard) else {
            world.tally.error(|| format!("connection {connection}: a delivery is not what was published"));
            return true;
        };
        self.longest = self.longest.max(text.len());
        self.templates.learn(world.topics.of(connection), text, message);
        self.settle(world, connection, message, now);
        true
    }

    /// A connection is about to be closed on purpose.
    pub(super) fn leave(&mut self, world: &mut World, connection: usize) {
        self.remove(world, connection, Subscriber::leave);
    }

    /// A connection has failed.
    pub(super) fn end(&mut self, world: &mut World, connection: usize) {
        self.remove(world, connection, Subscriber::end);
    }

    /// It is over: what was not delivered by now is lost.
    pub(super) fn finish(&mut self, world: &mut World) {
        (0..world.len()).for_each(|connection| self.end(world, connection));
    }

    /// How many broadcasts somebody still has to receive.
    pub(super) fn open(&self) -> usize {
        self.open
    }

    /// How many broadcasts in a circle somebody still has to receive.
    pub(super) fn open_in(&self, circle: usize) -> usize {
        self.circles[circle].unfinished()
    }

    /// Who publishes in a circle.
    pub(super) fn publisher(&self, circle: usize) -> Option<usize> {
        self.publishers[circle]
    }

    /// When something was last published or delivered, in nanoseconds of the run's clock.
    pub(super) fn progress_at(&self) -> u64 {
        self.progress_at
    }

    /// The length in bytes of the longest message that was delivered: all but the topic's name is equally long in all.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    fn remove(&mut self, world: &mut World, connection: usize, how: fn(&mut Subscriber, &mut Topic) -> u64) {
        let Some(mut subscriber) = self.subscribers[connection].take() else { return };
        let number = self.circle_of(world, connection);
        let circle = &mut self.circles[number];
        let before = circle.unfinished();
        world.tally.lost += how(&mut subscriber, circle);
        self.open -= before - circle.unfinished();
        if self.publishers[number] == Some(connection) {
            let mut others = world.joined_connections();
            self.publishers[number] = others
                .find(|other| self.circle_of(world, *other) == number && self.subscribers[*other].is_some());
        }
    }

    fn settle(&mut self, world: &mut World, connection: usize, message: u64, now: u64) {
        self.progress_at = now;
        let circle = self.circle_of(world, connection);
        let circle = &mut self.circles[circle];
        let Some(subscriber) = &mut self.subscribers[connection] else { return };
        let delivery = subscriber.receive(message, circle);
        let tally = &mut world.tally;
        match delivery {
            Delivery::Duplicate => tally.duplicated += 1,
            Delivery::Early => {}
            Delivery::InOrder | Delivery::OutOfOrder => {
                let before = circle.unfinished();
                let at = circle.received(message).unwrap_or(now);
                self.open -= before - circle.unfinished();
                tally.unit(now.saturating_sub(at));
                if delivery == Delivery::OutOfOrder {
                    tally.late("a delivery", connection);
                }
            }
            Delivery::Unknown => {
                tally.error(|| format!("connection {connection}: a delivery that was never published"));
            }
        }
    }
}
