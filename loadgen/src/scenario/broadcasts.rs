//! Broadcasts and their deliveries.

use firecrest_wire::Payload as Content;
use firecrest_wire::client::Heard;

use crate::cli::SayNames;
use crate::ledger::{Delivery, Subscriber, Topic};
use crate::net::{World, quoted};
use crate::payload::{Payload, SAY_REF};
use crate::template::Templates;

/// All broadcasts of a run on all its topics, and who has received them.
#[derive(Debug)]
pub(super) struct Broadcasts {
    payload: Payload,
    /// The event that is pushed, JSON.
    say: String,
    /// The event that is delivered.
    said: String,
    topics: Vec<Topic>,
    /// The connection that publishes on each topic: the first that is joined.
    publishers: Vec<Option<usize>>,
    /// For each joined connection what it has received.
    subscribers: Vec<Option<Subscriber>>,
    templates: Templates,
    /// How many broadcasts somebody still has to receive.
    open: usize,
    /// When something was last published or delivered, in nanoseconds of the run's clock.
    progress_at: u64,
    /// What is sent; kept for its memory.
    message: Vec<u8>,
}

impl Broadcasts {
    /// Nothing published yet; all who are joined now have to receive what will be.
    pub(super) fn new(world: &World, payload: Payload, names: &SayNames) -> Broadcasts {
        let topics = world.topics.len();
        let mut broadcasts = Broadcasts {
            payload,
            say: quoted(&names.say_event),
            said: names.said_event.clone(),
            topics: std::iter::repeat_with(Topic::default).take(topics).collect(),
            publishers: vec![None; topics],
            subscribers: std::iter::repeat_with(|| None).take(world.len()).collect(),
            templates: Templates::new(topics),
            open: 0,
            progress_at: 0,
            message: Vec::new(),
        };
        world.joined_connections().for_each(|connection| broadcasts.join(world, connection));
        broadcasts
    }

    /// A connection is joined and has to receive what is published from now on.
    pub(super) fn join(&mut self, world: &World, connection: usize) {
        let topic = world.topics.of(connection);
        self.subscribers[connection] = Some(Subscriber::join(&mut self.topics[topic]));
        self.publishers[topic].get_or_insert(connection);
    }

    /// Publishes on a topic; `at` is where its time begins to count. False when nobody is there to do it.
    pub(super) fn publish(&mut self, world: &mut World, topic: usize, at: u64) -> bool {
        let Some(publisher) = self.publishers[topic] else { return false };
        let before = self.topics[topic].unfinished();
        let message = self.topics[topic].publish(at);
        self.open += self.topics[topic].unfinished() - before;
        self.progress_at = at.max(self.progress_at);
        let names = (world.topics.name(topic), self.say.as_str());
        self.payload.write(&mut self.message, SAY_REF.as_bytes(), names, message);
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
        if heard.event != self.said.as_str() {
            return false;
        }
        let number = match &heard.payload {
            Content::Json(json) => self.payload.sequence(json),
            Content::Binary(_) => None,
        };
        let Some(message) = number else {
            world.tally.error(|| format!("connection {connection}: a delivery is not what was published"));
            return true;
        };
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

    /// How many broadcasts on a topic somebody still has to receive.
    pub(super) fn open_on(&self, topic: usize) -> usize {
        self.topics[topic].unfinished()
    }

    /// Who publishes on a topic.
    pub(super) fn publisher(&self, topic: usize) -> Option<usize> {
        self.publishers[topic]
    }

    /// When something was last published or delivered, in nanoseconds of the run's clock.
    pub(super) fn progress_at(&self) -> u64 {
        self.progress_at
    }

    fn remove(&mut self, world: &mut World, connection: usize, how: fn(&mut Subscriber, &mut Topic) -> u64) {
        let Some(mut subscriber) = self.subscribers[connection].take() else { return };
        let number = world.topics.of(connection);
        let topic = &mut self.topics[number];
        let before = topic.unfinished();
        world.tally.lost += how(&mut subscriber, topic);
        self.open -= before - topic.unfinished();
        if self.publishers[number] == Some(connection) {
            let mut others = world.joined_connections();
            self.publishers[number] =
                others.find(|other| world.topics.of(*other) == number && self.subscribers[*other].is_some());
        }
    }

    fn settle(&mut self, world: &mut World, connection: usize, message: u64, now: u64) {
        self.progress_at = now;
        let topic = &mut self.topics[world.topics.of(connection)];
        let Some(subscriber) = &mut self.subscribers[connection] else { return };
        let delivery = subscriber.receive(message, topic);
        let tally = &mut world.tally;
        match delivery {
            Delivery::Duplicate => tally.duplicated += 1,
            Delivery::Early => {}
            Delivery::InOrder | Delivery::OutOfOrder => {
                let before = topic.unfinished();
                let at = topic.received(message).unwrap_or(now);
                self.open -= before - topic.unfinished();
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
