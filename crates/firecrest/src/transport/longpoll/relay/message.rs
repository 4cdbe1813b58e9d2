//! What nodes say to each other about a session, and how it is written down.
//!
//! One byte says what it is; numbers are big-endian. All nodes of a cluster are of one version.

use std::time::Duration;

use bytes::{Buf as _, BufMut as _, Bytes};
use firecrest_wire::Text;
use firecrest_wire::websocket::{Frame, Opcode};

use crate::transport::longpoll::SessionId;

/// What a session's node is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// Give me messages.
    Poll(SessionId),
    /// Handle the body of a POST; its content type without parameters.
    Push { session: SessionId, content_type: Text, body: Bytes },
    /// The messages of this offer are mine.
    Take { session: SessionId, offer: u64 },
    /// Nobody waits for the answer any more.
    GiveUp,
}

/// What it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is at it, and will have said something else, or this again, within this time; in milliseconds, so at most 49 days.
    Waiting(Duration),
    /// To a poll: these messages, when they are taken.
    Offer { number: u64, frames: Vec<Frame> },
    /// To a poll: nothing within the window.
    Nothing,
    /// The session has ended meanwhile.
    Gone,
    /// There is no such session.
    Absent,
    /// To a push: handled.
    Done,
    /// To a push: there was no room within the window.
    Timeout,
    /// The offer was taken.
    Taken,
    /// The offer is not good any more: another poll has got its messages.
    Stale,
    /// Too much is being asked.
    Busy,
}

impl Request {
    const POLL: u8 = 0;
    const PUSH: u8 = 1;
    const TAKE: u8 = 2;
    const GIVE_UP: u8 = 3;

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(32);
        match self {
            Request::Poll(session) => {
                out.put_u8(Self::POLL);
                out.put_u128(session.0);
            }
            Request::Push { session, content_type, body } => {
                out.reserve_exact(content_type.len() + body.len());
                out.put_u8(Self::PUSH);
                out.put_u128(session.0);
                // A longer one is none that means something.
                let len = u8::try_from(content_type.len()).unwrap_or_default();
                out.put_u8(len);
                out.put_slice(&content_type.as_bytes()[..len.into()]);
                out.put_slice(body);
            }
            Request::Take { session, offer } => {
                out.put_u8(Self::TAKE);
                out.put_u128(session.0);
                out.put_u64(*offer);
            }
            Request::GiveUp => out.put_u8(Self::GIVE_UP),
        }
        out
    }

    /// Nothing when it is no request.
    pub(super) fn decode(mut bytes: Bytes) -> Option<Self> {
        let request = match bytes.try_get_u8().ok()? {
            Self::POLL => Request::Poll(session(&mut bytes)?),
            Self::PUSH => {
                let session = session(&mut bytes)?;
                let len = bytes.try_get_u8().ok()?;
                let content_type = Text::try_from(take(&mut bytes, len.into())?).ok()?;
                return Some(Request::Push { session, content_type, body: bytes });
            }
            Self::TAKE => Request::Take { session: session(&mut bytes)?, offer: bytes.try_get_u64().ok()? },
            Self::GIVE_UP => Request::GiveUp,
            _ => return None,
        };
        bytes.is_empty().then_some(request)
    }
}

impl Answer {
    const WAITING: u8 = 0;
    const OFFER: u8 = 1;
    /// Those that are nothing but a byte.
    const BARE: [(u8, Answer); 8] = [
        (2, Answer::Nothing),
        (3, Answer::Gone),
        (4, Answer::Absent),
        (5, Answer::Done),
        (6, Answer::Timeout),
        (7, Answer::Taken),
        (8, Answer::Stale),
        (9, Answer::Busy),
    ];

    /// Text frames only: others have no form in an answer to a client.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(16);
        match self {
            Answer::Waiting(time) => {
                out.put_u8(Self::WAITING);
                out.put_u32(time.as_millis().try_into().unwrap_or(u32::MAX));
            }
            Answer::Offer { number, frames } => {
                out.reserve_exact(frames.iter().map(Frame::len).sum::<usize>() + 4 * frames.len());
                out.put_u8(Self::OFFER);
                out.put_u64(*number);
                for text in frames.iter().filter(|frame| frame.opcode() == Opcode::Text).map(Frame::payload) {
                    out.put_u32(text.len().try_into().expect("a frame that is offered has at most 16 MiB"));
                    out.put_slice(&text);
                }
            }
            bare => {
                let byte = Self::BARE.iter().find(|(_, answer)| answer == bare);
                out.extend(byte.map(|(byte, _)| byte));
            }
        }
        out
    }

    /// Nothing when it is no answer.
    pub(super) fn decode(mut bytes: Bytes) -> Option<Self> {
        let answer = match bytes.try_get_u8().ok()? {
            Self::WAITING => Answer::Waiting(Duration::from_millis(bytes.try_get_u32().ok()?.into())),
            Self::OFFER => {
                let (number, mut frames) = (bytes.try_get_u64().ok()?, Vec::new());
                while !bytes.is_empty() {
                    let len = bytes.try_get_u32().ok()?;
                    let text = take(&mut bytes, len.try_into().ok()?)?;
                    frames.push(Frame::text(std::str::from_utf8(&text).ok()?));
                }
                Answer::Offer { number, frames }
            }
            byte => Self::BARE.into_iter().find(|(bare, _)| *bare == byte)?.1,
        };
        bytes.is_empty().then_some(answer)
    }

    /// Whether nothing more will be said about what was asked, unless more is asked.
    pub(super) fn is_last(&self) -> bool {
        !matches!(self, Answer::Waiting(_) | Answer::Offer { .. })
    }
}

fn session(bytes: &mut Bytes) -> Option<SessionId> {
    bytes.try_get_u128().ok().map(SessionId)
}

fn take(bytes: &mut Bytes, len: usize) -> Option<Bytes> {
    (bytes.len() >= len).then(|| bytes.split_to(len))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn request() -> impl Strategy<Value = Request> {
        let session = || any::<u128>().prop_map(SessionId);
        let push = (session(), "[a-z/]{0,40}", vec(any::<u8>(), 0..200)).prop_map(|(session, kind, body)| {
            Request::Push { session, content_type: Text::copied(&kind), body: body.into() }
        });
        prop_oneof![
            session().prop_map(Request::Poll),
            push,
            (session(), any::<u64>()).prop_map(|(session, offer)| Request::Take { session, offer }),
            Just(Request::GiveUp),
        ]
    }

    fn answer() -> impl Strategy<Value = Answer> {
        let frames = vec(".{0,30}", 0..8);
        let offer = (any::<u64>(), frames).prop_map(|(number, texts)| Answer::Offer {
            number,
            frames: texts.iter().map(|text| Frame::text(text)).collect(),
        });
        prop_oneof![
            any::<u32>().prop_map(|millis| Answer::Waiting(Duration::from_millis(millis.into()))),
            offer,
            proptest::sample::select(Answer::BARE.map(|(_, answer)| answer).to_vec()),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(request in request(), answer in answer()) {
            prop_assert_eq!(Request::decode(request.encode().into()), Some(request));
            prop_assert_eq!(Answer::decode(answer.encode().into()), Some(answer));
        }

        /// Whatever comes, nothing panics, and what can be read means one thing.
        #[test]
        fn garbage_is_refused_or_means_one_thing(kind in 0u8..12, rest in vec(any::<u8>(), 0..100)) {
            let bytes = Bytes::from([&[kind], &rest[..]].concat());
            if let Some(request) = Request::decode(bytes.clone()) {
                prop_assert_eq!(request.encode(), &bytes[..]);
            }
            if let Some(answer) = Answer::decode(bytes.clone()) {
                prop_assert_eq!(answer.encode(), &bytes[..]);
            }
        }

        #[test]
        fn what_is_cut_short_is_no_other_request(request in request(), cut in any::<prop::sample::Index>()) {
            let whole = request.encode();
            let part = Bytes::from(whole[..cut.index(whole.len())].to_vec());
            match (Request::decode(part), request) {
                (None, _) | (Some(Request::Push { .. }), Request::Push { .. }) => {}
                (other, request) => prop_assert!(false, "{request:?} became {other:?}"),
            }
        }
    }

    #[test]
    fn an_offer_says_nothing_of_binary_frames() {
        let frames = vec![Frame::text("a"), Frame::binary(b"b"), Frame::text("c")];
        let read = Answer::decode(Answer::Offer { number: 7, frames }.encode().into());
        let texts = vec![Frame::text("a"), Frame::text("c")];
        assert_eq!(read, Some(Answer::Offer { number: 7, frames: texts }));
    }

    #[test]
    fn a_content_type_that_is_too_long_is_none() {
        let (session, body) = (SessionId(1), Bytes::from_static(b"[]"));
        let long =
            Request::Push { session, content_type: Text::copied(&"x".repeat(256)), body: body.clone() };
        let none = Request::Push { session, content_type: Text::copied(""), body };
        assert_eq!(Request::decode(long.encode().into()), Some(none));
    }
}
