//! Bytes to messages. Nothing is reserved on the word of a length: lists grow as their items are read.

use std::sync::Arc;

use super::reader::{DecodeError, Reader};
use super::{Body, Chunk, Delta, Fate, Gossip, MAGIC, Message, Op, TopicCount, VERSION, Version};
use crate::limits::{MAX_KEY, MAX_TOPIC};
use crate::row::RowKey;

impl Message {
    /// The message that these bytes are.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Reader::new(bytes);
        if input.byte()? != MAGIC {
            return Err(DecodeError::Magic);
        }
        let version = input.byte()?;
        if version != VERSION {
            return Err(DecodeError::Version { version });
        }
        let kind = input.byte()?;
        let sender = input.node()?;
        let body = body(kind, &mut input)?;
        input.end()?;
        Ok(Self { sender, body })
    }
}

fn body(kind: u8, input: &mut Reader<'_>) -> Result<Body, DecodeError> {
    match kind {
        1 => chunk(input).map(Body::Chunk),
        2 => counts(input).map(Body::Counts),
        3 => Ok(Body::Delta { origin: input.node()?, delta: delta(input)? }),
        4 => gossip(input).map(Body::Gossip),
        5 => Ok(Body::Leave),
        6 => versions(input).map(Body::Request),
        kind => Err(DecodeError::Kind { kind }),
    }
}

fn chunk(input: &mut Reader<'_>) -> Result<Chunk, DecodeError> {
    let (origin, at) = (input.node()?, input.number()?);
    let start = input.number()?;
    let last = input.flag("mark of the last chunk")?;
    let rows = ops(0, at, input)?;
    if rows.iter().any(|row| matches!(row.fate, Fate::Del(_))) {
        return Err(DecodeError::Invalid { what: "removal in a snapshot" });
    }
    if start.checked_add(rows.len() as u64).is_none() {
        return Err(DecodeError::Invalid { what: "place of a chunk" });
    }
    Ok(Chunk { origin, at, start, last, rows })
}

fn counts(input: &mut Reader<'_>) -> Result<Vec<TopicCount>, DecodeError> {
    list(input, |input| {
        let topic = input.text("topic", MAX_TOPIC)?;
        Ok(TopicCount { topic, connections: input.number()?, epoch: input.number()? })
    })
}

fn gossip(input: &mut Reader<'_>) -> Result<Gossip, DecodeError> {
    let (at, rows) = (input.number()?, input.number()?);
    let delta = if input.flag("mark of a delta")? { Some(delta(input)?) } else { None };
    if delta.as_ref().is_some_and(|delta| delta.to > at) {
        return Err(DecodeError::Invalid { what: "end of a delta" });
    }
    Ok(Gossip { at, rows, delta, versions: versions(input)? })
}

fn delta(input: &mut Reader<'_>) -> Result<Delta, DecodeError> {
    let from = input.number()?;
    let to = from.checked_add(input.number()?).ok_or(DecodeError::Invalid { what: "end of a delta" })?;
    Ok(Delta { from, to, ops: ops(from, to, input)? })
}

/// Operations in (from, to].
fn ops(from: u64, to: u64, input: &mut Reader<'_>) -> Result<Vec<Op>, DecodeError> {
    let topics = list(input, |input| input.text("topic", MAX_TOPIC))?;
    let mut previous = from;
    list(input, |input| {
        let version =
            previous.checked_add(input.number()?).filter(|version| *version > previous && *version <= to);
        let version = version.ok_or(DecodeError::Invalid { what: "version of a row" })?;
        previous = version;
        op(version, &topics, input)
    })
}

fn op(version: u64, topics: &[Arc<str>], input: &mut Reader<'_>) -> Result<Op, DecodeError> {
    let tag = input.number()?;
    let topic = usize::try_from(tag / 4).ok().and_then(|place| topics.get(place)).cloned();
    let topic = topic.ok_or(DecodeError::Invalid { what: "place of a topic" })?;
    let row = RowKey { topic, key: input.text("key", MAX_KEY)?, connection: input.number()? };
    let fate = match tag % 4 {
        0 => Fate::Del(None),
        1 => Fate::Put(input.meta()?),
        2 => Fate::Del(Some(input.meta()?)),
        _ => return Err(DecodeError::Invalid { what: "fate of a row" }),
    };
    Ok(Op { row, version, fate })
}

fn versions(input: &mut Reader<'_>) -> Result<Vec<Version>, DecodeError> {
    list(input, |input| Ok(Version { node: input.node()?, version: input.number()? }))
}

fn list<'a, T>(
    input: &mut Reader<'a>,
    mut item: impl FnMut(&mut Reader<'a>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let mut items = Vec::new();
    for _ in 0..input.number()? {
        items.push(item(input)?);
    }
    Ok(items)
}
