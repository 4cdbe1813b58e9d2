//! What is sent, as bytes.

use std::sync::Arc;

use bytes::{Buf, BufMut, Bytes};
use serde::{Deserialize, Serialize};

use crate::hub::grammar::{MAX_BYTES, check_topic};
use crate::hub::origin::{Origin, Reach};
use crate::hub::parcel::{Head, Letter, now};

/// Most bytes of what nodes say about themselves.
pub(super) const MAX_TALK: usize = 128 * 1024;

/// How many microseconds another node's clock may be ahead: a day. Messages of later ones are not taken, since whatever is sent
/// after them has to be later still.
const MAX_AHEAD: u64 = 24 * 60 * 60 * 1_000_000;

const SENT: u8 = 1;
const KEPT: u8 = 2;
const TALK: u8 = 3;

/// A message from another node.
pub(super) enum Heard {
    /// Somebody has published it.
    Sent(Letter),
    /// It was published before this node wanted to hear of it.
    Kept(Letter),
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
    /// A node is there, and its table is the one of this number.
    Lease { number: u64 },
    /// A node has not got the table.
    Want,
    /// A node wants what is kept of these topics, the newest messages of each.
    Ask { topics: Vec<(String, usize)> },
    /// A node has polled a topic. What is kept there is stale since these microseconds, for this reason; or it is not.
    Polled { topic: String, stale: Option<(u64, String)> },
    /// A node leaves.
    Bye,
}

impl Talk {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![TALK];
        // Plain data always has a form in JSON, and a vector takes it.
        let _ = serde_json::to_writer(&mut bytes, self);
        bytes
    }
}

/// A message that is published.
pub(super) fn sent(head: &Head, json: &[u8]) -> Option<Vec<u8>> {
    encode(SENT, "", head, json)
}

/// A message that is kept here, told with the name of the node that has published it, so that nobody keeps it twice.
pub(super) fn kept(own: &str, head: &Head, json: &[u8]) -> Option<Vec<u8>> {
    encode(KEPT, head.origin.node.as_deref().unwrap_or(own), head, json)
}

/// Nothing when a name is too long.
///
/// ```text
/// kind: u8 | microseconds: u64 | length: u8, node | length: u8, bridge | length: u8, topic | JSON
/// ```
fn encode(kind: u8, node: &str, head: &Head, json: &[u8]) -> Option<Vec<u8>> {
    let bridge = head.origin.bridge.as_deref().unwrap_or_default();
    let mut bytes = Vec::with_capacity(12 + node.len() + bridge.len() + head.topic.len() + json.len());
    bytes.put_u8(kind);
    bytes.put_u64(head.at);
    for text in [node, bridge, &head.topic] {
        bytes.put_u8(u8::try_from(text.len()).ok()?);
        bytes.put_slice(text.as_bytes());
    }
    bytes.put_slice(json);
    Some(bytes)
}

/// What a node has said to this one; nothing when it makes no sense.
pub(super) fn decode(own: &str, from: &Arc<str>, mut bytes: Bytes) -> Option<Heard> {
    let kind = bytes.try_get_u8().ok()?;
    match kind {
        SENT => Some(Heard::Sent(letter(own, from, bytes)?)),
        KEPT => Some(Heard::Kept(letter(own, from, bytes)?)),
        TALK if bytes.len() <= MAX_TALK => serde_json::from_slice(&bytes).ok().map(Heard::Talk),
        _ => None,
    }
}

fn letter(own: &str, from: &Arc<str>, mut bytes: Bytes) -> Option<Letter> {
    let at = bytes.try_get_u64().ok().filter(|at| *at <= now().saturating_add(MAX_AHEAD))?;
    let (node, bridge, topic) = (text(&mut bytes)?, text(&mut bytes)?, text(&mut bytes)?);
    check_topic(&topic).ok()?;
    let node = if node.is_empty() { Arc::clone(from) } else { node };
    let origin = Origin {
        node: Some(node).filter(|node| **node != *own),
        bridge: Some(bridge).filter(|bridge| !bridge.is_empty()),
        reach: Reach::Cluster,
    };
    Some(Letter::new(Head::new(topic, at, origin), bytes))
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
        Head::new("a.b".into(), 7, origin)
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
            assert_eq!((&*letter.head().topic, letter.head().at), ("a.b", 7));
            assert_eq!(letter.head().origin, origin(Some("there"), bridge));
            assert_eq!(json(&letter).unwrap(), "[1]");
        }
        assert!(sent(&head(origin(None, Some(&"x".repeat(256)))), b"1").is_none());
    }

    #[test]
    fn a_message_of_the_day_after_tomorrow_is_not_taken() {
        let sent_at = |at| heard(sent(&Head::new("a".into(), at, Origin::default()), b"1"));
        let tomorrow = now() + MAX_AHEAD;
        assert!(sent_at(tomorrow).is_some());
        assert!(sent_at(tomorrow + MAX_AHEAD).is_none() && sent_at(u64::MAX).is_none());
    }

    #[test]
    fn what_is_kept_arrives_as_that_of_the_node_that_has_sent_it() {
        let arrived = |node: Option<&str>| match heard(kept("there", &head(origin(node, None)), b"1")) {
            Some(Heard::Kept(letter)) => letter.head().origin.node.as_deref().map(str::to_owned),
            _ => panic!(),
        };
        assert_eq!(arrived(None).as_deref(), Some("there"));
        assert_eq!(arrived(Some("elsewhere")).as_deref(), Some("elsewhere"));
        assert_eq!(arrived(Some("here")), None);
    }

    #[test]
    fn talk_arrives_as_it_was_said() {
        let table = Talk::Table { number: 3, patterns: vec!["a.>".into()], answer: true };
        for talk in
            [table, Talk::Lease { number: 1 }, Talk::Want, Talk::Ask { topics: Vec::new() }, Talk::Bye]
        {
            assert!(matches!(heard(Some(talk.encode())), Some(Heard::Talk(heard)) if heard == talk));
        }
    }

    proptest! {
        #[test]
        fn garbage_makes_no_sense_and_no_harm(bytes in vec(any::<u8>(), 0..80), kind in 0u8..5) {
            let all: Vec<u8> = std::iter::once(kind).chain(bytes).collect();
            if let Some(Heard::Sent(letter) | Heard::Kept(letter)) = heard(Some(all)) {
                prop_assert!(check_topic(&letter.head().topic).is_ok());
            }
        }
    }
}
