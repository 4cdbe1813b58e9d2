//! A topic in which everybody is told of everybody.

use std::error::Error;
use std::time::Duration;

use serde::Serialize;
use yardsticks::{Crowd, Node};

use crate::member::payload;

/// How many join in a second: all at once they would be in one diff.
const PER_SECOND: u32 = 500;

/// What was found out.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// Processor time of the server for each join, until everybody knows of everybody, in microseconds.
    join_us: f64,
    /// States and diffs that a client was sent, on average.
    messages: f64,
    /// Their bytes.
    bytes: f64,
    /// The same divided by the members that it was told of.
    bytes_per_member: f64,
}

/// They join one after another, are told who is there, and of all who come later.
///
/// # Errors
/// When the server cannot be started, does not answer, or does not tell everybody of everybody.
pub(crate) async fn measure(members: usize) -> Result<Figures, Box<dyn Error>> {
    let node = Node::start(&[])?;
    let mut crowd = Crowd::connect(&node.url(), members, members).await?;
    let connected = node.process.processor_time()?;
    crowd.join(Some(PER_SECOND), |number| ("room:all".to_owned(), payload(number))).await?;
    crowd.complete().await?;
    let spent = node.process.processor_time()?.saturating_sub(connected);
    Ok(figures(members, spent, crowd.heard()))
}

fn figures(members: usize, spent: Duration, (messages, bytes): (u64, u64)) -> Figures {
    let each = |all: f64| all / members as f64;
    let bytes = each(bytes as f64);
    Figures {
        join_us: each(spent.as_secs_f64() * 1e6),
        messages: each(messages as f64),
        bytes,
        bytes_per_member: each(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_one_client_and_of_one_member_that_it_knows_of() {
        let Figures { join_us, messages, bytes, bytes_per_member } =
            figures(100, Duration::from_millis(5), (500, 1_000_000));
        assert_eq!((join_us, messages, bytes, bytes_per_member), (50.0, 5.0, 10_000.0, 100.0));
    }
}
