//! Gathering what is broadcast and saying each thing once (H15).

use std::time::Duration;

use firecrest::prelude::*;
use serde::Deserialize;

const INTERVAL: Duration = Duration::from_secs(1);

/// Numbers that were broadcast since the last time they went out, each once, in the order they came.
#[derive(Default)]
pub(crate) struct Dupe {
    numbers: Vec<i64>,
}

/// It is time to say what has been gathered.
pub(crate) struct Flush;

#[derive(Deserialize)]
struct Number {
    number: i64,
}

impl<S: Socket> Channel<S> for Dupe {
    type In = NoEvents;
    type Info = Flush;
    const INTERCEPT: &'static [&'static str] = &["number"];

    async fn join(_request: Join<'_, S>) -> Result<Joined<Self, Flush>, Rejected> {
        Ok(Dupe::default().into())
    }

    async fn handle_out(&mut self, broadcast: &Broadcast, cx: &mut Context<'_, Flush>) -> Outcome {
        let Ok(Number { number }) = broadcast.payload().parse() else { return Outcome::NoReply };
        if self.numbers.is_empty() {
            cx.send_after(INTERVAL, Flush);
        }
        if !self.numbers.contains(&number) {
            self.numbers.push(number);
        }
        Outcome::NoReply
    }

    async fn handle_info(&mut self, _flush: Flush, cx: &mut Context<'_, Flush>) -> Outcome {
        for number in self.numbers.drain(..) {
            cx.push("number", &json!({ "value": number }));
        }
        Outcome::NoReply
    }
}
