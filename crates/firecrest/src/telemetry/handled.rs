//! The handling of a client's message: timed, and for who listens in a span and logged (spec §3.14, §7.4).

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use firecrest_wire::{Payload, Text};
use pin_project_lite::pin_project;
use tracing::field::Empty;
use tracing::{Level, Span, debug_span};

use super::Panic;
use super::filter::shown;
use super::meter::ChannelMeters;
use crate::channel::{Outcome, Shared};

/// A message whose handling is told. There is none unless somebody listens: a channel has room for a pointer to it only.
pub(crate) struct Handling {
    span: Span,
    topic: Box<str>,
    channel: &'static str,
    event: Text,
    payload: Payload,
}

impl Handling {
    /// None if nobody is told of it. `channel` is the name of its type.
    pub(crate) fn begin(
        channel: &'static str,
        shared: &Shared,
        event: &Text,
        payload: &Payload,
    ) -> Option<Box<Self>> {
        if !tracing::enabled!(Level::DEBUG) || shared.topic.starts_with("phoenix") {
            return None;
        }
        let topic = &*shared.topic;
        let (transport, vsn) = (shared.connection.transport.as_str(), shared.connection.version.as_str());
        let span = debug_span!("handle_in", topic, event = &**event, channel, transport, vsn, result = Empty);
        let (event, payload) = (event.clone(), payload.clone());
        Some(Box::new(Handling { span, topic: topic.into(), channel, event, payload }))
    }

    fn end(&self, started: Instant, result: &'static str) {
        self.span.record("result", result);
        tracing::debug!(
            topic = &*self.topic,
            event = &*self.event,
            channel = self.channel,
            params = shown(&self.payload),
            took = ?started.elapsed(),
            "HANDLED",
        );
    }
}

pin_project! {
    /// The callback that handles a message.
    pub(crate) struct Handled<F> {
        meters: &'static ChannelMeters,
        started: Instant,
        handling: Option<Box<Handling>>,
        #[pin]
        callback: F,
    }
}

impl<F> Handled<F> {
    /// Begins now.
    pub(crate) fn new(meters: &'static ChannelMeters, handling: Option<Box<Handling>>, callback: F) -> Self {
        Handled { meters, started: Instant::now(), handling, callback }
    }
}

impl<F: Future<Output = Result<Outcome, Panic>>> Future for Handled<F> {
    type Output = Result<Outcome, Panic>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let handled = match this.handling {
            None => ready!(this.callback.poll(cx)),
            Some(handling) => ready!(handling.span.in_scope(|| this.callback.poll(cx))),
        };
        let is_crash = handled.as_ref().map_or(true, Outcome::is_crash);
        if !is_crash {
            this.meters.handle_in.record_time(this.started.elapsed());
        }
        if let Some(handling) = this.handling.take() {
            handling.end(*this.started, if is_crash { "crashed" } else { "ok" });
        }
        Poll::Ready(handled)
    }
}
