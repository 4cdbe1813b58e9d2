//! What is sent, as bytes.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::hub::clock::Stamp;
use crate::hub::grammar::{MAX_BYTES, check_topic};
use crate::hub::origin::{Origin, Reach};
use crate::hub::parcel::{Head, Letter, micros, time};
use crate::hub::poller::LONGEST_TOLD;
use crate::hub::polls::Report;
use crate::hub::tasks::shortened;

/// Most bytes of what nodes say about themselves.
pub(super) const MAX_TALK: usize = 128 * 1024;

const SENT: u8 = 1;
const KEPT: u8 = 2;
const TALK: u8 = 3;

/// A message from another node.
pub(super) enum Heard {
    /// Somebody has published it.
    Sent(Letter),
    /// They were published before this node wanted to hear of them.
    Kept(Vec<Letter>),
    /// About the nodes themselves.
    Talk(Talk),
}

/// What nodes say about themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Talk {
    /// What a node wants to hear. The number is another one for each other table.
    Table {
        number: u64,
        patterns: Vec<String>,
        /// Whether it wants to be told the same.
        answer: bool,
    },
    /// A node is there, its table is the one of this number, and its clock has come so far.
    Lease { number: u64, clock: u64 },
    /// A node has not got the table.
    Want,
    /// The node whose table is the one of this number wants what is kept of these topics. The other number is given back.
    Ask { table: u64, question: u64, topics: Vec<Asked> },
    /// All that was asked for in the question of this number was sent.
    Answered { question: u64 },
    /// A node begins to poll a topic, and needs so many milliseconds at most.
    Polling { topic: String, most: u64 },
    /// What has come of a poll.
    Polled { topic: String, report: Told },
    /// A node leaves.
    Bye,
}

/// A topic, how many of its newest messages are wanted, and the [digest](digest) of those that are there already.
pub(super) type Asked = (String, usize, u64);

/// What a node says about a poll, with times in microseconds since the epoch and the rest in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) order: u64,
    pub(super) true_at: u64,
    pub(super) error: Option<String>,
    pub(super) rest: u64,
}

impl Talk {
    pub(super) fn polled(topic: &str, report: &Report) -> Self {
        let Report { order, true_at, error, rest } = report;
        let report =
            Told { order: *order, true_at: micros(*true_at), error: error.clone(), rest: millis(*rest) };
        Talk::Polled { topic: topic.into(), report }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![TALK];
        // Plain data always has a form in JSON, and a vector takes it.
        let _ = serde_json::to_writer(&mut bytes, self);
        bytes
    }
}

impl Told {
    /// What came of the poll, with bounds to what another node says.
    pub(super) fn report(self) -> Report {
        Report {
            order: self.order,
            true_at: time(self.true_at),
            error: self.error.as_deref().map(shortened),
            rest: Duration::from_millis(self.rest).min(LONGEST_TOLD),
        }
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A message that is published; nothing when a name is too long.
pub(super) fn sent(head: &Head, json: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = vec![SENT];
    put(&mut bytes, "", head, json).then_some(bytes)
}

/// Messages that are kept here, each told with the name of the node that has published it, so that nobody keeps it twice.
pub(super) struct Batch(Vec<u8>);

impl Batch {
    pub(super) fn new() -> Self {
        Batch(vec![KEPT])
    }

    /// Adds a message that this node keeps.
    pub(super) fn add(&mut self, own: &str, head: &Head, json: &[u8]) {
        let begin = self.0.len();
        self.0.put_u32(0);
        let is_put = put(&mut self.0, head.origin.node.as_deref().unwrap_or(own), head, json);
        let len = u32::try_from(self.0.len() - begin - 4).ok().filter(|_| is_put);
        match len {
            Some(len) => self.0[begin..begin + 4].copy_from_slice(&len.to_be_bytes()),
            None => self.0.truncate(begin),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The bytes, if there is a message.
    pub(super) fn into_bytes(self) -> Option<Vec<u8>> {
        (self.0.len() > 1).then_some(self.0)
    }
}

/// Writes a message, in a batch after its length. Returns whether the names were not too long.
///
/// ```text
/// at: u64 | order: u64 | length: u8, node | length: u8, bridge | length: u8, topic | JSON
/// ```
fn put(bytes: &mut Vec<u8>, node: &str, head: &Head, json: &[u8]) -> bool {
    let bridge = head.origin.bridge.as_deref().unwrap_or_default();
    bytes.reserve(19 + node.len() + bridge.len() + head.topic.len() + json.len());
    bytes.put_u64(head.stamp.at);
    bytes.put_u64(head.stamp.order);
    for text in [node, bridge, &head.topic] {
        let Ok(len) = u8::try_from(text.len()) else { return false };
        bytes.put_u8(len);
        bytes.put_slice(text.as_bytes());
    }
    bytes.put_slice(json);
    true
}

/// What a node has said to this one; nothing when it makes no sense.
pub(super) fn decode(own: &str, from: &Arc<str>, mut bytes: Bytes) -> Option<Heard> {
    let kind = bytes.try_get_u8().ok()?;
    match kind {
        SENT => {
            let mut sent = letter(own, from, bytes)?;
            // Nobody else speaks for the node that has sent it.
            sent.from(Arc::clone(from));
            Some(Heard::Sent(sent))
        }
        KEPT => Some(Heard::Kept(letters(own, from, bytes)?)),
        TALK if bytes.len() <= MAX_TALK => serde_json::from_slice(&bytes).ok().map(Heard::Talk),
        _ => None,
    }
}

fn letters(own: &str, from: &Arc<str>, mut bytes: Bytes) -> Option<Vec<Letter>> {
    let mut letters = Vec::new();
    while !bytes.is_empty() {
        let len = usize::try_from(bytes.try_get_u32().ok()?).ok().filter(|len| *len <= bytes.len())?;
        letters.push(letter(own, from, bytes.split_to(len))?);
    }
    Some(letters)
}

fn letter(own: &str, from: &Arc<str>, mut bytes: Bytes) -> Option<Letter> {
    let stamp = Stamp { at: bytes.try_get_u64().ok()?, order: bytes.try_get_u64().ok()? };
    let (node, bridge, topic) = (text(&mut bytes)?, text(&mut bytes)?, text(&mut bytes)?);
    check_topic(&topic).ok()?;
    serde_json::from_slice::<IgnoredAny>(&bytes).ok()?;
    let node = if node.is_empty() { Arc::clone(from) } else { node };
    let origin = Origin {
        node: Some(node).filter(|node| **node != *own),
        bridge: Some(bridge).filter(|bridge| !bridge.is_empty()),
        reach: Reach::Cluster,
    };
    Some(Letter::new(Head::new(topic, stamp, origin), bytes))
}

fn text(bytes: &mut Bytes) -> Option<Arc<str>> {
    let len = usize::from(bytes.try_get_u8().ok()?);
    let text = (len <= MAX_BYTES && len <= bytes.len()).then(|| bytes.split_to(len))?;
    std::str::from_utf8(&text).ok().map(Arc::from)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::hub::parcel::{Carried as _, json};

    fn origin(node: Option<&str>, bridge: Option<&str>) -> Origin {
        Origin { node: node.map(Arc::from), bridge: bridge.map(Arc::from), ..Origin::default() }
    }

    fn head(origin: Origin) -> Head {
        Head::new("a.b".into(), Stamp { at: 7, order: 8 }, origin)
    }

    fn heard(bytes: Option<Vec<u8>>) -> Option<Heard> {
        decode("here", &"there".into(), bytes?.into())
    }

    #[test]
    fn a_message_arrives_as_it_was_sent() {
        for bridge in [Some("amqp"), None] {
            let Some(Heard::Sent(letter)) = heard(sent(&head(origin(None, bridge)), b"[1]")) else {
                panic!()
            };
            assert_eq!((&*letter.head().topic, letter.head().stamp), ("a.b", Stamp { at: 7, order: 8 }));
            assert_eq!(letter.head().origin, origin(Some("there"), bridge));
            assert_eq!(json(&letter).unwrap(), "[1]");
        }
        assert!(sent(&head(origin(None, Some(&"x".repeat(256)))), b"1").is_none());
    }

    #[test]
    fn a_body_that_is_no_json_is_not_taken() {
        assert!(heard(sent(&head(Origin::default()), b"{\"a\":1}")).is_some());
        assert!(heard(sent(&head(Origin::default()), b"{\"a\":")).is_none());
        assert!(heard(sent(&head(Origin::default()), b"")).is_none());
    }

    #[test]
    fn nobody_speaks_for_another_node() {
        for claimed in ["here", "elsewhere"] {
            let mut bytes = vec![SENT];
            assert!(put(&mut bytes, claimed, &head(Origin::default()), b"1"));
            let Some(Heard::Sent(letter)) = heard(Some(bytes)) else { panic!() };
            assert_eq!(letter.head().origin.node.as_deref(), Some("there"));
        }
    }

    #[test]
    fn what_is_kept_arrives_as_that_of_the_node_that_has_sent_it() {
        let nodes = [None, Some("elsewhere"), Some("here")];
        let mut batch = Batch::new();
        nodes.iter().for_each(|node| batch.add("there", &head(origin(*node, None)), b"1"));
        batch.add("there", &head(origin(Some(&"x".repeat(256)), None)), b"1");
        let Some(Heard::Kept(letters)) = heard(batch.into_bytes()) else { panic!() };
        let nodes: Vec<_> = letters.iter().map(|letter| letter.head().origin.node.as_deref()).collect();
        assert_eq!(nodes, [Some("there"), Some("elsewhere"), None]);
        assert!(Batch::new().into_bytes().is_none());
    }

    #[test]
    fn talk_arrives_as_it_was_said() {
        let table = Talk::Table { number: 3, patterns: vec!["a.>".into()], answer: true };
        for talk in [
            table,
            Talk::Lease { number: 1, clock: 2 },
            Talk::Want,
            Talk::Answered { question: 1 },
            Talk::Bye,
        ] {
            assert!(matches!(heard(Some(talk.encode())), Some(Heard::Talk(heard)) if heard == talk));
        }
    }

    proptest! {
        #[test]
        fn garbage_makes_no_sense_and_no_harm(bytes in vec(any::<u8>(), 0..80), kind in 0u8..5) {
            let all: Vec<u8> = std::iter::once(kind).chain(bytes).collect();
            match heard(Some(all)) {
                Some(Heard::Sent(letter)) => {
                    prop_assert!(check_topic(&letter.head().topic).is_ok());
                    prop_assert_eq!(letter.head().origin.node.as_deref(), Some("there"));
                }
                Some(Heard::Kept(letters)) => {
                    prop_assert!(letters.iter().all(|letter| check_topic(&letter.head().topic).is_ok()));
                }
                Some(Heard::Talk(_)) | None => {}
            }
        }
    }
}
