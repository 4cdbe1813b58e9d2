//! The bench channel, channels with presence, and pages with a counter, a board and a polled value as an ordinary Firecrest application:
//! defaults everywhere, the allocator of the showcase, no logs, and metrics only when asked for.

mod board;
mod counter;
mod members;
mod polled;

use axum::routing::get;
use firecrest::endpoint::listen;
use firecrest::prelude::*;
use firecrest::telemetry::Exporters;
use serde::Deserialize;
use serde_json::value::RawValue;
use yardsticks::{Options, announce};

use crate::board::{Board, OwnBoard};
use crate::counter::Counter;
use crate::members::{Admin, Cart, Room};
use crate::polled::Polled;

/// Gives the memory of connections that have ended back to the system, which the default allocator keeps.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum BenchIn {
    Echo(Raw),
    Say(Box<RawValue>),
}

struct Bench;

impl Channel<BenchSocket> for Bench {
    type In = BenchIn;
    type Info = ();

    async fn join(_request: Join<'_, BenchSocket>) -> Result<Joined<Self>, Rejected> {
        Ok(Bench.into())
    }

    async fn handle_in(&mut self, event: BenchIn, cx: &mut Context<'_>) -> Outcome {
        match event {
            BenchIn::Echo(Raw(payload)) => Reply::payload("ok", payload).into(),
            BenchIn::Say(payload) => {
                cx.broadcast("said", &payload);
                Outcome::NoReply
            }
        }
    }
}

struct BenchSocket;

impl Socket for BenchSocket {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(BenchSocket)
    }

    fn channels() -> Channels<Self> {
        Channels::new()
            .route::<Bench>("bench:*")
            .route::<Admin>(members::WATCHED)
            .route::<Cart>("cart:*")
            .route::<Room>("room:*")
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::from_args();
    let mut exporters = Exporters::new();
    if options.record {
        exporters = exporters.prometheus();
    }
    let metrics = exporters.install()?;
    let endpoint = Endpoint::from_env()?;
    let pages = endpoint
        .live("/live")
        .page::<Counter>("/counter")
        .shared::<Board>("/board")
        .page::<OwnBoard>("/own-board")
        .shared::<Polled>("/polled");
    polled::start(&endpoint)?;
    let app = axum::Router::new()
        .merge(endpoint.socket::<BenchSocket>("/socket"))
        .merge(pages)
        .merge(metrics.router())
        .route("/renders", get(board::renders))
        .route("/polled-renders", get(polled::renders));
    let listener = listen(options.listen).await?;
    announce(listener.local_addr()?)?;
    endpoint.serve_on(listener, app).await?;
    Ok(())
}
