//! A channel that is measured (H16).

use std::time::Instant;

use firecrest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StatsIn {
    Ping,
}

/// Lets everybody join `valid` and nobody `invalid`, and counts both.
pub(crate) struct Stats;

impl<S: Socket> Channel<S> for Stats {
    type In = StatsIn;
    type Info = ();

    async fn join(request: Join<'_, S>) -> Result<Joined<Self>, Rejected> {
        let (status, answer) = match request.topic() {
            "valid" => ("success", Ok(Stats.into())),
            _ => ("fail", Err(Rejected::reason("always fails"))),
        };
        metrics::counter!("channel_join", "status" => status, "channel" => "StatsChannel").increment(1);
        answer
    }

    async fn handle_in(&mut self, StatsIn::Ping: StatsIn, _cx: &mut Context<'_>) -> Outcome {
        let started = Instant::now();
        let reply = Reply::ok(json!({ "ping": "pong" }));
        metrics::histogram!("stats_channel.ping").record(started.elapsed().as_secs_f64() * 1_000.0);
        reply.into()
    }
}
