//! Log lines around the user's code.

use std::any::type_name;
use std::future::Future;

use firecrest_wire::params::Params;
use firecrest_wire::{Payload, ProtocolVersion, Text};
use tokio::time::Instant;
use tracing::Level;

use super::filter::{shown, shown_value};
use crate::channel::{Answer, Start};
use crate::connection::Transport;

/// A client has connected (C131): counted, and logged if `log` says so.
pub(crate) fn connected<S>(
    log: bool,
    transport: Transport,
    version: ProtocolVersion,
    params: &Params,
    started: Instant,
) {
    metrics::counter!("firecrest_sockets_connected_total", "transport" => transport.as_str(), "result" => "ok").increment(1);
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

/// A client was refused: counted, and logged if `log` says so. The reason names no secrets.
pub(crate) fn refused<S>(log: bool, transport: Transport, params: &Params, reason: &str) {
    metrics::counter!("firecrest_sockets_connected_total", "transport" => transport.as_str(), "result" => "refused").increment(1);
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

/// Logs a join and its result (C132, C172).
pub(crate) async fn joining<C, I>(start: &Start, asking: impl Future<Output = Answer<C, I>>) -> Answer<C, I> {
    let started = Instant::now();
    let answer = asking.await;
    let result = match &answer {
        Answer::Ok(_) => "JOINED",
        Answer::Rejected(_) => "REFUSED JOIN",
        Answer::Cancelled => return answer,
    };
    metrics::counter!("firecrest_channel_joins_total", "result" => result).increment(1);
    if tracing::enabled!(Level::INFO) && !start.shared.topic.starts_with("phoenix") {
        tracing::info!(
            topic = &*start.shared.topic,
            channel = type_name::<C>(),
            params = shown(&start.payload),
            took = ?started.elapsed(),
            "{result}",
        );
    }
    answer
}

/// The handling of an event that will be logged.
pub(crate) struct Handling {
    started: Instant,
    event: Text,
    payload: Payload,
}

impl Handling {
    /// Begins now; none if it will not be logged.
    pub(crate) fn begin(topic: &str, event: &Text, payload: &Payload) -> Option<Box<Self>> {
        if !tracing::enabled!(Level::DEBUG) || topic.starts_with("phoenix") {
            return None;
        }
        Some(Box::new(Handling { started: Instant::now(), event: event.clone(), payload: payload.clone() }))
    }

    /// Logs the event after it was handled.
    pub(crate) fn log<C>(&self, topic: &str) {
        tracing::debug!(
            topic,
            event = &*self.event,
            channel = type_name::<C>(),
            params = shown(&self.payload),
            took = ?self.started.elapsed(),
            "HANDLED",
        );
    }
}
