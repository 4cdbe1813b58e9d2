//! Messages on their way to a poll.

use std::collections::VecDeque;

use firecrest_wire::websocket::Frame;

/// Messages that have left the outbox. A poll of this node claims them at once; another node is offered them and takes them when
/// it has a client to give them to. What was not taken is offered again, or claimed. There is never more of it than an outbox
/// holds.
#[derive(Default)]
pub(super) struct Unclaimed {
    frames: VecDeque<Frame>,
    /// How many of them were offered last; none when that has been taken, or is not good any more.
    offered: usize,
    /// The number of the last offer.
    last: u64,
    /// The number of the last offer that was taken.
    taken: u64,
}

impl Unclaimed {
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Adds what comes from the outbox.
    pub(super) fn put(&mut self, frames: VecDeque<Frame>) {
        if self.frames.is_empty() {
            self.frames = frames;
        } else {
            self.frames.extend(frames);
        }
    }

    /// Everything, for good.
    pub(super) fn claim(&mut self) -> Vec<Frame> {
        self.offered = 0;
        std::mem::take(&mut self.frames).into()
    }

    /// Offers the first messages: as many as have `most` bytes together, and at least one. One that is larger than `largest` is left
    /// out, since it cannot be offered. An earlier offer is not good any more.
    pub(super) fn offer(&mut self, most: usize, largest: usize) -> (u64, Vec<Frame>) {
        while let Some(frame) = self.frames.pop_front_if(|frame| frame.len() > largest) {
            tracing::error!(
                bytes = frame.len(),
                "a message is too large for a long-poll client at another node: left out"
            );
        }
        let mut bytes = 0;
        let fits = |(nth, frame): &(usize, &Frame)| {
            // A length goes with each.
            bytes += frame.len() + 4;
            *nth == 0 || bytes <= most
        };
        let frames: Vec<_> =
            self.frames.iter().enumerate().take_while(fits).map(|(_, frame)| frame.clone()).collect();
        self.offered = frames.len();
        self.last += 1;
        (self.last, frames)
    }

    /// Takes an offer. Whether it has been taken, by this or before.
    pub(super) fn take(&mut self, number: u64) -> bool {
        if number == self.last && self.offered > 0 {
            self.frames.drain(..self.offered);
            self.offered = 0;
            self.taken = number;
        }
        number == self.taken
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(frames: impl IntoIterator<Item = Frame>) -> Vec<String> {
        frames.into_iter().map(|frame| String::from_utf8(frame.payload().to_vec()).unwrap()).collect()
    }

    #[derive(Clone, Debug)]
    enum Step {
        Put(usize),
        Claim,
        Offer(usize),
        /// An offer, counted back from the last one.
        Take(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (1usize..5).prop_map(Step::Put),
            Just(Step::Claim),
            (0usize..60).prop_map(Step::Offer),
            (0usize..4).prop_map(Step::Take),
        ]
    }

    proptest! {
        /// Whatever is offered, taken twice, taken too late or claimed in between: each message is given away once, in order.
        #[test]
        fn each_message_is_given_away_once(steps in proptest::collection::vec(step(), 0..80)) {
            let (mut unclaimed, mut put, mut got) = (Unclaimed::default(), 0, Vec::new());
            let mut offers: Vec<(u64, Vec<Frame>, bool)> = Vec::new();
            for step in steps {
                match step {
                    Step::Put(count) => {
                        unclaimed.put((put..put + count).map(|n| Frame::text(&n.to_string())).collect());
                        put += count;
                    }
                    Step::Claim => got.extend(texts(unclaimed.claim())),
                    Step::Offer(most) => {
                        let (number, frames) = unclaimed.offer(most, 1_000);
                        prop_assert_eq!(frames.is_empty(), unclaimed.is_empty());
                        let bytes: usize = frames.iter().map(|frame| frame.len() + 4).sum();
                        prop_assert!(frames.len() <= 1 || bytes <= most);
                        offers.push((number, frames, false));
                    }
                    Step::Take(back) => {
                        let Some(at) = offers.len().checked_sub(1 + back) else { continue };
                        let (number, frames, is_taken) = &mut offers[at];
                        if unclaimed.take(*number) && !std::mem::replace(is_taken, true) {
                            got.extend(texts(frames.clone()));
                        }
                    }
                }
            }
            got.extend(texts(unclaimed.claim()));
            prop_assert_eq!(got, (0..put).map(|n| n.to_string()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_too_large_is_left_out() {
        let mut unclaimed = Unclaimed::default();
        unclaimed.put([Frame::text(&"x".repeat(100)), Frame::text("a")].into());
        assert_eq!(texts(unclaimed.offer(10, 50).1), ["a"]);
    }
}
