//! The state itself.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use firecrest_wire::client::{self, Encoded, Heard};
use firecrest_wire::{EncodeError, Message, Name, Payload, ProtocolVersion, Ref, Text};
use tokio::time::Instant;

use super::entry::{Entry, Phase};
use super::heartbeat::{Heartbeat, HeartbeatTimeout};
use crate::command::{Answer, JoinAnswer, PushAnswer, Shared, Unsent};
use crate::{ClientConfig, CloseInfo, Event, JoinError, PushError, Reply};

/// All that survives a lost connection, and what is waited for on the present one.
#[derive(Debug)]
pub(crate) struct State {
    config: Arc<ClientConfig>,
    last_ref: u64,
    channels: HashMap<String, Entry>,
    /// Messages of this connection that want a reply, by their refs.
    unanswered: HashMap<Ref, Unanswered>,
    /// None without a connection.
    heartbeat: Option<Heartbeat>,
    /// Frames to be sent.
    pub(crate) out: VecDeque<Encoded>,
}

/// Most frames and bytes that wait for the network before no more wishes are taken.
const MAX_OUT: (usize, usize) = (64, 1 << 20);

/// What a reply will be to.
#[derive(Debug)]
enum Unanswered {
    Join { topic: String },
    Push { channel: Arc<Shared>, answer: Answer<Reply> },
    Leave { answer: Answer<()> },
}

impl State {
    pub(crate) fn new(config: Arc<ClientConfig>) -> Self {
        State {
            config,
            last_ref: 0,
            channels: HashMap::new(),
            unanswered: HashMap::new(),
            heartbeat: None,
            out: VecDeque::new(),
        }
    }

    /// There is a connection: everything that is not joined is.
    pub(crate) fn opened(&mut self, now: Instant) {
        self.heartbeat = Some(Heartbeat::new(self.config.heartbeat, now));
        let topics: Vec<String> = self.channels.keys().cloned().collect();
        topics.iter().for_each(|topic| self.send_join(topic, now));
    }

    /// The connection is gone, and with it all that was on its way.
    pub(crate) fn lost(&mut self, info: &CloseInfo) {
        self.heartbeat = None;
        self.out.clear();
        for (_, unanswered) in self.unanswered.drain() {
            match unanswered {
                // There is nothing left to leave. Who gave up waiting is not interested.
                Unanswered::Leave { answer } => drop(answer.send(Ok(()))),
                other => other.fail(PushError::Interrupted),
            }
        }
        for entry in self.channels.values_mut() {
            if entry.phase == Phase::Joined {
                entry.shared.queue.push(Event::Disconnected(info.clone()));
            }
            entry.phase = Phase::Waiting(None);
        }
    }

    /// The client is gone for good.
    pub(crate) fn ended(&mut self) {
        for (_, unanswered) in self.unanswered.drain() {
            unanswered.fail(PushError::Disconnected);
        }
        for (_, entry) in self.channels.drain() {
            entry.end(JoinError::Disconnected, || PushError::Disconnected);
        }
    }

    /// Whether more may be asked for, or the network has to catch up first.
    pub(crate) fn takes_wishes(&self) -> bool {
        let size = |frame: &Encoded| match frame {
            Encoded::Text(text) => text.len(),
            Encoded::Binary(bytes) => bytes.len(),
        };
        self.out.len() < MAX_OUT.0 && self.out.iter().map(size).sum::<usize>() < MAX_OUT.1
    }

    /// When [`tick`](Self::tick) has something to do.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let channels = self.channels.values().filter_map(Entry::deadline);
        channels.chain(self.heartbeat.as_ref().map(Heartbeat::due)).min()
    }

    /// Does what is due.
    pub(crate) fn tick(&mut self, now: Instant) -> Result<(), HeartbeatTimeout> {
        let due = |entry: &Entry| entry.deadline().is_some_and(|deadline| deadline <= now);
        let topics: Vec<String> =
            self.channels.iter().filter(|(_, entry)| due(entry)).map(|(topic, _)| topic.clone()).collect();
        for topic in &topics {
            match self.channels.get(topic).map(|entry| entry.phase) {
                Some(Phase::Joining(_)) => self.join_timed_out(topic, now),
                _ => self.send_join(topic, now),
            }
        }
        if self.heartbeat.as_ref().map_or(Ok(false), |heartbeat| heartbeat.is_due(now))? {
            self.beat(now);
        }
        Ok(())
    }

    pub(crate) fn join(&mut self, channel: Arc<Shared>, answer: JoinAnswer, now: Instant) {
        let topic = channel.topic.clone();
        match self.channels.get(&topic) {
            Some(entry) if entry.is_abandoned() => self.leave_topic(&topic, None),
            Some(_) => return drop(answer.send(Err(JoinError::AlreadyJoined))),
            None => {}
        }
        self.channels.insert(topic.clone(), Entry::new(channel, answer));
        if self.heartbeat.is_some() {
            self.send_join(&topic, now);
        }
    }

    pub(crate) fn push(&mut self, channel: &Arc<Shared>, push: Unsent) {
        match self.channels.get_mut(&channel.topic) {
            Some(entry) if !Arc::ptr_eq(&entry.shared, channel) => push.answer.fail(PushError::NotJoined),
            Some(entry) if entry.phase == Phase::Joined => self.send_push(&channel.topic, push),
            // The first join has to be waited for by whoever asked for it.
            Some(entry) if entry.first.is_none() => entry.keep(push, self.config.max_unsent),
            _ => push.answer.fail(PushError::NotJoined),
        }
    }

    pub(crate) fn leave(&mut self, channel: &Arc<Shared>, answer: Option<Answer<()>>) {
        match self.channels.get(&channel.topic) {
            Some(entry) if Arc::ptr_eq(&entry.shared, channel) => self.leave_topic(&channel.topic, answer),
            _ => answer.map_or((), |answer| drop(answer.send(Err(PushError::NotJoined)))),
        }
    }

    /// The server says something.
    pub(crate) fn hear(&mut self, heard: Heard, now: Instant) {
        if let Some(status) = heard.status {
            return self.replied(&heard.reference, status, heard.payload, now);
        }
        let Some(topic) = heard.topic.as_str() else { return };
        let Some(entry) = self.channels.get_mut(topic).filter(|entry| entry.accepts(&heard.join_ref)) else {
            return;
        };
        match (&*heard.event, entry.phase) {
            ("phx_error", Phase::Joined) => {
                entry.shared.queue.push(Event::Error(heard.payload));
                entry.retry(&self.config.rejoin, now);
                let shared = Arc::clone(&entry.shared);
                self.interrupt(&shared);
            }
            ("phx_close", Phase::Joined) => self.remove(topic, JoinError::Closed, || PushError::NotJoined),
            (_, Phase::Joined) => {
                entry.shared.queue.push(Event::Message { event: heard.event, payload: heard.payload });
            }
            // Left-overs of an earlier instance.
            _ => {}
        }
    }

    fn replied(&mut self, reference: &Ref, status: Text, payload: Payload, now: Instant) {
        if self.heartbeat.as_mut().is_some_and(|heartbeat| heartbeat.answered(reference, now)) {
            return;
        }
        // Who gave up waiting is not interested.
        match self.unanswered.remove(reference) {
            Some(Unanswered::Join { topic }) => self.join_replied(&topic, reference, &status, payload, now),
            Some(Unanswered::Push { answer, .. }) => drop(answer.send(Ok(Reply { status, payload }))),
            Some(Unanswered::Leave { answer }) => drop(answer.send(Ok(()))),
            None => {}
        }
    }

    fn join_replied(&mut self, topic: &str, reference: &Ref, status: &str, payload: Payload, now: Instant) {
        let Some(entry) = self.channels.get_mut(topic).filter(|entry| entry.join_ref == *reference) else {
            return;
        };
        if status == "ok" {
            entry.joined(payload);
            for push in std::mem::take(&mut entry.unsent) {
                self.send_push(topic, push);
            }
        } else if entry.first.is_some() {
            self.remove(topic, JoinError::Rejected(payload), || PushError::NotJoined);
        } else {
            entry.shared.queue.push(Event::RejoinFailed(JoinError::Rejected(payload)));
            entry.retry(&self.config.rejoin, now);
        }
    }

    /// Tells the server to forget the join, as the official client does (C270).
    fn join_timed_out(&mut self, topic: &str, now: Instant) {
        let Some(entry) = self.channels.get_mut(topic) else { return };
        self.unanswered.remove(&entry.join_ref);
        let join_ref = entry.join_ref.clone();
        if entry.first.is_some() {
            self.remove(topic, JoinError::Timeout, || PushError::NotJoined);
        } else {
            entry.shared.queue.push(Event::RejoinFailed(JoinError::Timeout));
            entry.retry(&self.config.rejoin, now);
        }
        self.send_leave(topic, join_ref);
    }

    fn send_join(&mut self, topic: &str, now: Instant) {
        let Some(entry) = self.channels.get_mut(topic) else { return };
        if entry.is_abandoned() {
            return self.remove(topic, JoinError::Closed, || PushError::NotJoined);
        }
        let reference = next_ref(&mut self.last_ref);
        entry.join_ref = reference.clone();
        entry.phase = Phase::Joining(now + self.config.timeout);
        let payload = entry.shared.params.clone();
        match self.say(reference.clone(), reference.clone(), topic, "phx_join", payload) {
            Ok(()) => drop(self.unanswered.insert(reference, Unanswered::Join { topic: topic.to_owned() })),
            Err(error) => self.remove(topic, JoinError::Encode(error.to_string()), || PushError::NotJoined),
        }
    }

    fn send_push(&mut self, topic: &str, push: Unsent) {
        let Some(entry) = self.channels.get(topic) else { return push.answer.fail(PushError::NotJoined) };
        let (join_ref, channel) = (entry.join_ref.clone(), Arc::clone(&entry.shared));
        let Unsent { event, payload, answer } = push;
        if answer.is_given_up() {
            return;
        }
        if matches!(answer, PushAnswer::Replied(_)) && !self.has_room() {
            return answer.fail(PushError::Full);
        }
        let reference = next_ref(&mut self.last_ref);
        if let Err(error) = self.say(join_ref, reference.clone(), topic, &event, payload) {
            return answer.fail(error.into());
        }
        if let PushAnswer::Replied(answer) = answer.accepted() {
            self.unanswered.insert(reference, Unanswered::Push { channel, answer });
        }
    }

    fn leave_topic(&mut self, topic: &str, answer: Option<Answer<()>>) {
        let Some(entry) = self.channels.get(topic) else { return };
        let (join_ref, known) = (entry.join_ref.clone(), !matches!(entry.phase, Phase::Waiting(_)));
        self.remove(topic, JoinError::Closed, || PushError::NotJoined);
        let sent = if known { self.send_leave(topic, join_ref) } else { None };
        match (sent, answer) {
            (Some(reference), Some(answer)) => {
                self.unanswered.insert(reference, Unanswered::Leave { answer });
            }
            // The server knows of no channel: nothing to wait for.
            (None, Some(answer)) => drop(answer.send(Ok(()))),
            (_, None) => {}
        }
    }

    fn send_leave(&mut self, topic: &str, join_ref: Ref) -> Option<Ref> {
        let reference = next_ref(&mut self.last_ref);
        self.say(join_ref, reference.clone(), topic, "phx_leave", Payload::empty()).ok()?;
        Some(reference)
    }

    /// Sends a heartbeat, and cleans up while at it.
    fn beat(&mut self, now: Instant) {
        let reference = next_ref(&mut self.last_ref);
        // Text can always be written.
        let _ = self.say(Ref::null(), reference.clone(), "phoenix", "heartbeat", Payload::empty());
        if let Some(heartbeat) = &mut self.heartbeat {
            heartbeat.sent(reference, now);
        }
        self.unanswered.retain(|_, unanswered| !unanswered.is_given_up());
        let abandoned = self.channels.iter().filter(|(_, entry)| entry.is_abandoned());
        let topics: Vec<String> = abandoned.map(|(topic, _)| topic.clone()).collect();
        topics.iter().for_each(|topic| self.leave_topic(topic, None));
    }

    fn say(
        &mut self,
        join_ref: Ref,
        reference: Ref,
        topic: &str,
        event: &str,
        payload: Payload,
    ) -> Result<(), EncodeError> {
        let message =
            Message { join_ref, reference, topic: Name::from(topic), event: Name::from(event), payload };
        self.out.push_back(client::encode(ProtocolVersion::V2, &message)?);
        Ok(())
    }

    /// Forgets a channel.
    fn remove(&mut self, topic: &str, join_error: JoinError, push_error: fn() -> PushError) {
        let Some(entry) = self.channels.remove(topic) else { return };
        self.unanswered.remove(&entry.join_ref);
        self.interrupt(&entry.shared);
        entry.end(join_error, push_error);
    }

    /// Gives up waiting for replies on a channel.
    fn interrupt(&mut self, channel: &Arc<Shared>) {
        let concerned = |_: &Ref, unanswered: &mut Unanswered| match unanswered {
            Unanswered::Push { channel: its, .. } => Arc::ptr_eq(its, channel),
            Unanswered::Leave { .. } | Unanswered::Join { .. } => false,
        };
        let over = self.unanswered.extract_if(concerned);
        over.for_each(|(_, unanswered)| unanswered.fail(PushError::Interrupted));
    }

    /// Whether another push may wait for a reply; forgets those that nobody waits for any more when it seems not.
    fn has_room(&mut self) -> bool {
        if self.unanswered.len() >= self.config.max_unanswered {
            self.unanswered.retain(|_, unanswered| !unanswered.is_given_up());
        }
        self.unanswered.len() < self.config.max_unanswered
    }
}

impl Unanswered {
    fn fail(self, error: PushError) {
        // Who gave up waiting is not interested.
        match self {
            Unanswered::Push { answer, .. } => drop(answer.send(Err(error))),
            Unanswered::Leave { answer } => drop(answer.send(Err(error))),
            Unanswered::Join { .. } => {}
        }
    }

    fn is_given_up(&self) -> bool {
        match self {
            Unanswered::Push { answer, .. } => answer.is_closed(),
            Unanswered::Leave { answer } => answer.is_closed(),
            Unanswered::Join { .. } => false,
        }
    }
}

/// Refs are unique for the life of a client, over all its connections.
fn next_ref(last: &mut u64) -> Ref {
    *last += 1;
    Ref::from(*last)
}
