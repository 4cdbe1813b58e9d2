//! The spans around the application's code (spec §7.4), for who listens.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use crate::captured::keep_all_lines;
use crate::fixture::Fixture;
use crate::support::{Version, until};

/// The spans of this thread that have ended, while it is alive.
struct Spans {
    ended: Ended,
    _guard: DefaultGuard,
}

type Fields = BTreeMap<&'static str, String>;

#[derive(Clone, Default)]
struct Ended(Arc<Mutex<Vec<(&'static str, Fields)>>>);

impl Spans {
    fn listen() -> Self {
        keep_all_lines();
        let ended = Ended::default();
        let subscriber = Registry::default().with(ended.clone());
        Spans { ended, _guard: tracing::dispatcher::set_default(&Dispatch::new(subscriber)) }
    }

    /// The fields of the last span of that name.
    fn last(&self, name: &str) -> Option<Fields> {
        let ended = self.ended.0.lock().unwrap();
        ended.iter().rfind(|(known, _)| *known == name).map(|(_, fields)| fields.clone())
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Ended {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Shown::default();
        attributes.record(&mut fields);
        context.span(id).unwrap().extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        values.record(span.extensions_mut().get_mut::<Shown>().unwrap());
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).unwrap();
        let fields = std::mem::take(&mut span.extensions_mut().get_mut::<Shown>().unwrap().0);
        self.0.lock().unwrap().push((span.name(), fields));
    }
}

#[derive(Default)]
struct Shown(Fields);

impl Visit for Shown {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

/// Waits for the last span of a name that has these fields; no field says `geheim`.
async fn expect(spans: &Spans, name: &str, fields: &[(&str, &str)]) {
    let is_there = || {
        let last = spans.last(name).unwrap_or_default();
        fields.iter().all(|(field, value)| last.get(field).is_some_and(|shown| shown.contains(value)))
    };
    until(is_there).await;
    let last = spans.last(name).unwrap();
    assert!(last.values().all(|value| !value.contains("geheim")), "{name}: {last:?}");
}

#[tokio::test]
async fn s7_4_each_event_has_a_span_that_says_what_came_of_it() {
    let spans = Spans::listen();
    let server = Fixture::new().await;
    let mut client = server.open(Version::V2, "/socket/websocket?vsn=2.0.0&token=geheim").await;
    let socket = [("transport", "websocket"), ("vsn", "2.0.0"), ("socket", "TestSocket"), ("result", "ok")];
    expect(&spans, "socket_connect", &socket).await;

    client.send(json!(["1", "1", "room:a", "phx_join", {"password": "geheim"}])).await;
    client.expect_ok("1", "1", "room:a", json!({})).await;
    let join = [("topic", "room:a"), ("channel", "Room"), ("transport", "websocket"), ("result", "ok")];
    expect(&spans, "channel_join", &join).await;

    client.send(json!(["1", "2", "room:a", "echo", {"secret": "geheim"}])).await;
    client.expect_ok("1", "2", "room:a", json!({"secret": "geheim"})).await;
    let handled =
        [("topic", "room:a"), ("event", "echo"), ("channel", "Room"), ("vsn", "2.0.0"), ("result", "ok")];
    expect(&spans, "handle_in", &handled).await;

    client.send(json!(["1", "3", "room:a", "boom", {}])).await;
    client.expect(json!(["1", "1", "room:a", "phx_error", {"reason": "channel_crash"}])).await;
    expect(&spans, "handle_in", &[("event", "boom"), ("result", "crashed")]).await;
    client.join("4", "room:a").await;
    client.send(json!(["4", "5", "room:a", "stop_with_error", {}])).await;
    client.expect(json!(["4", "4", "room:a", "phx_error", {"reason": "channel_crash"}])).await;
    expect(&spans, "handle_in", &[("event", "stop_with_error"), ("result", "crashed")]).await;

    server.endpoint.drain().await;
    expect(&spans, "socket_drain", &[("count", "1"), ("total", "1"), ("index", "1"), ("rounds", "1")]).await;
}

#[tokio::test]
async fn s7_4_refusals_are_what_spans_say_too() {
    let spans = Spans::listen();
    let server = Fixture::new().await;
    let request = server.request("/socket/websocket?vsn=2.0.0&refuse=geheim");
    assert!(server.try_open(Version::V2, request).await.is_err());
    expect(&spans, "socket_connect", &[("result", "refused")]).await;
    let mut client = server.connect().await;
    client.send(json!(["1", "1", "room:a", "phx_join", {"refuse": "geheim"}])).await;
    client.expect_error("1", "1", "room:a", json!({"reason": "told to"})).await;
    expect(&spans, "channel_join", &[("result", "rejected")]).await;
}
