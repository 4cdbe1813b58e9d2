//! A stand-in for the real sources: a repository's API, any JSON, and a stream of events, as they behave and misbehave.
//!
//! | address | what |
//! | --- | --- |
//! | `/repos/observatory/field-guide`, and `/releases/latest` below it | a repository, with `ETag` and rate limit |
//! | `/repos/observatory/fieldguide` | its old name: sent on |
//! | `/nest-box` | numbers of another kind |
//! | `/sightings` | server-sent events with ids, `retry:` and comments; now and then a burst |
//! | `/large`, `/round`, `/slow`, `/words` | a body that is too large, a redirect to itself, an answer that never comes, no JSON |
//!
//! It can be told to go down and come back, to answer with an error, to forbid more questions, and what to say; and it counts what
//! it is asked.

mod controls;
mod fault;
mod routes;
mod server;
mod sightings;
mod state;

pub use fault::Fault;
pub use server::StandIn;
