//! Log lines around the user's code.

use std::any::type_name;
use std::future::Future;

use firecrest_wire::ProtocolVersion;
use firecrest_wire::params::Params;
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, Level, debug_span};

use super::filter::{shown, shown_value};
use super::publish::CONNECT;
use crate::channel::{JoinAnswer, Start};
use crate::connection::Transport;

/// A client has connected (C131): counted, and logged if `log` says so.
pub(crate) fn connected<S>(
    log: bool,
    transport: Transport,
    version: ProtocolVersion,
    params: &Params,
    started: Instant,
) {
    CONNECT.record_time(started.elapsed());
    metrics::counter!("firecrest_sockets_connected_total", "transport" => transport.as_str(), "result" => "ok")
        .increment(1);
    if log && tracing::enabled!(Level::INFO) {
        tracing::info!(
            socket = type_name::<S>(),
            transport = transport.as_str(),
            serializer = ?version,
            params = shown_value(&params.to_json()),
            took = ?started.elapsed(),
            "CONNECTED",
        );
    }
}

/// The application has refused a client: counted, and logged if `log` says so. The reason names no secrets.
pub(crate) fn refused<S>(log: bool, transport: Transport, params: &Params, started: Instant, reason: &str) {
    CONNECT.record_time(started.elapsed());
    metrics::counter!("firecrest_sockets_connected_total", "transport" => transport.as_str(), "result" => "refused")
        .increment(1);
    not_connected("application");
    if log {
        tracing::info!(
            socket = type_name::<S>(),
            transport = transport.as_str(),
            params = shown_value(&params.to_json()),
            reason,
            "REFUSED CONNECTION",
        );
    }
}

/// A request has not become a connection, for one of a few reasons.
pub(crate) fn not_connected(reason: &'static str) {
    metrics::counter!("firecrest_sockets_refused_total", "reason" => reason).increment(1);
}

/// A join: measured, in a span, and logged with its result (C132, C172).
pub(crate) async fn joining<C, I>(
    start: &Start,
    asking: impl Future<Output = JoinAnswer<C, I>>,
) -> JoinAnswer<C, I> {
    let (shared, channel) = (&start.shared, type_name::<C>());
    let (transport, vsn) = (shared.connection.transport.as_str(), shared.connection.version.as_str());
    let span = debug_span!("channel_join", topic = &*shared.topic, channel, transport, vsn, result = Empty);
    let started = Instant::now();
    let answer = asking.instrument(span.clone()).await;
    let (result, line) = match &answer {
        JoinAnswer::Ok(_) => ("ok", "JOINED"),
        JoinAnswer::Rejected(rejected) if rejected.error.is_some() => ("crashed", "REFUSED JOIN"),
        JoinAnswer::Rejected(_) => ("rejected", "REFUSED JOIN"),
        JoinAnswer::Cancelled => return answer,
    };
    span.record("result", result);
    shared.meters.join.record_time(started.elapsed());
    metrics::counter!("firecrest_channel_joins_total", "result" => result).increment(1);
    if tracing::enabled!(Level::INFO) && !shared.topic.starts_with("phoenix") {
        tracing::info!(
            topic = &*shared.topic,
            channel,
            params = shown(&start.payload),
            took = ?started.elapsed(),
            "{line}",
        );
    }
    answer
}
