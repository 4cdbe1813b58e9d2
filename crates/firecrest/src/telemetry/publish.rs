//! Handing what was counted to the recorder of `metrics`.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use metrics::{Counter, Histogram};

use super::meter::{self, CHANNELS, Count, Distribution, Limit, VIEWS, total};

/// How often a server [publishes](publish).
pub(crate) const INTERVAL: Duration = Duration::from_secs(1);

/// Nanoseconds of a second.
const NANOS: f64 = 1e9;

/// Held by whoever publishes.
static TURN: Mutex<()> = Mutex::new(());

/// How long clients took to be let in.
pub(crate) static CONNECT: Distribution = Distribution::new();

/// Hands what was counted since the last time to the recorder that is installed.
///
/// Messages, bytes, bounds and times are counted in memory of their own, because the macros of `metrics` cost too much where a
/// message passes; everything else is recorded as it happens. [`Endpoint::serve`](crate::Endpoint::serve) calls this once a second,
/// and [`Installed`](super::Installed) whenever it is read. Call it yourself when you serve in another way, or have a recorder of your
/// own that is read at certain times.
///
/// Counters are published as totals since the process began, whichever recorder is there. A time is published once: to the recorder
/// that is there then, with an error of 4 % at most.
///
/// Recorders are told each time by itself, which takes milliseconds when there are a hundred thousand, and one call waits for another: `serve`
/// leaves it to a thread beside the runtime's workers. When it returns, all that was counted before is recorded.
pub fn publish() {
    // Or what another call has taken might still be on its way.
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    publish_counters();
    publish_gauges();
    publish_channels();
    publish_views();
    super::exporters::keep_up();
}

/// [Publishes](publish) where it holds up nobody.
pub(crate) async fn publish_aside() {
    // An error is a panic of the recorder, which has been told of, or the end of the runtime.
    let _ = tokio::task::spawn_blocking(publish).await;
}

/// Publishes the last that is counted, and waits until it has been sent where something sends it.
pub(crate) async fn publish_last() {
    publish_aside().await;
    super::exporters::send_the_rest().await;
}

fn publish_counters() {
    let tell = |counter: Counter, count| counter.absolute(total(count));
    tell(metrics::counter!("firecrest_messages_total", "direction" => "in"), Count::MessagesIn);
    tell(metrics::counter!("firecrest_messages_total", "direction" => "out"), Count::MessagesOut);
    tell(metrics::counter!("firecrest_bytes_total", "direction" => "in"), Count::BytesIn);
    tell(metrics::counter!("firecrest_bytes_total", "direction" => "out"), Count::BytesOut);
    tell(metrics::counter!("firecrest_broadcasts_total"), Count::Broadcasts);
    tell(metrics::counter!("firecrest_broadcast_deliveries_total"), Count::Deliveries);
    tell(metrics::counter!("firecrest_hub_messages_total", "direction" => "local"), Count::HubLocal);
    tell(metrics::counter!("firecrest_hub_messages_total", "direction" => "in"), Count::HubIn);
    tell(metrics::counter!("firecrest_hub_messages_total", "direction" => "out"), Count::HubOut);
    tell(metrics::counter!("firecrest_hub_dropped_total", "reason" => "full"), Count::HubFull);
    tell(metrics::counter!("firecrest_hub_dropped_total", "reason" => "sampled"), Count::HubSampled);
    for limit in Limit::ALL {
        metrics::counter!("firecrest_limits_reached_total", "limit" => limit.as_str())
            .absolute(limit.total());
    }
}

fn publish_gauges() {
    // Those that are closed first, or some of them might not be counted as open yet.
    let open = |closed, opened| {
        let closed = total(closed);
        total(opened).saturating_sub(closed) as f64
    };
    let websockets = open(Count::WebSocketsClosed, Count::WebSocketsOpened);
    metrics::gauge!("firecrest_sockets_open", "transport" => "websocket").set(websockets);
    let longpolls = open(Count::LongPollsClosed, Count::LongPollsOpened);
    metrics::gauge!("firecrest_sockets_open", "transport" => "longpoll").set(longpolls);
    metrics::gauge!("firecrest_channels_open").set(open(Count::ChannelsClosed, Count::ChannelsOpened));
    metrics::gauge!("firecrest_live_views_open").set(open(Count::ViewsClosed, Count::ViewsOpened));
    let mark = meter::OUTBOX.mark(Instant::now());
    metrics::gauge!("firecrest_outbox_high_water_bytes").set(mark as f64);
    for (consumer, waiting) in meter::BACKLOGS.take() {
        metrics::gauge!("firecrest_hub_backlog", "consumer" => consumer).set(waiting as f64);
    }
}

fn publish_channels() {
    times(&CONNECT, || metrics::histogram!("firecrest_socket_connect_seconds"));
    for (label, meters) in CHANNELS.all() {
        let (join, handle_in) = (&meters.join, &meters.handle_in);
        times(join, || metrics::histogram!("firecrest_channel_join_seconds", "channel" => label));
        times(handle_in, || metrics::histogram!("firecrest_channel_handle_in_seconds", "channel" => label));
    }
}

fn publish_views() {
    for (label, meters) in VIEWS.all() {
        times(&meters.mount, || metrics::histogram!("firecrest_live_mount_seconds", "view" => label));
        times(&meters.event, || metrics::histogram!("firecrest_live_event_seconds", "view" => label));
        times(&meters.render, || metrics::histogram!("firecrest_live_render_seconds", "view" => label));
        times(&meters.diff, || metrics::histogram!("firecrest_live_diff_seconds", "view" => label));
        let bytes = &meters.diff_bytes;
        values(bytes, 1.0, || metrics::histogram!("firecrest_live_diff_bytes", "view" => label));
    }
}

fn times(distribution: &Distribution, histogram: impl FnOnce() -> Histogram) {
    values(distribution, NANOS, histogram);
}

/// The histogram is made when there is something to tell it.
fn values(distribution: &Distribution, unit: f64, histogram: impl FnOnce() -> Histogram) {
    let new = distribution.take_new();
    if !new.is_empty() {
        let histogram = histogram();
        new.into_iter().for_each(|(value, times)| histogram.record_many(value as f64 / unit, times));
    }
}

#[cfg(test)]
mod tests {
    use metrics_util::debugging::{DebugValue, DebuggingRecorder};

    use super::*;
    use crate::connection::Transport;
    use crate::telemetry::meter::Open;

    /// More than all other tests open, or have waiting.
    const MANY: usize = 10_000;

    fn gauges(names: [&str; 5]) -> [f64; 5] {
        let recorder = DebuggingRecorder::new();
        metrics::with_local_recorder(&recorder, publish);
        let told = recorder.snapshotter().snapshot().into_vec();
        names.map(|name| {
            let is_named = |key: &metrics::Key| {
                let mut values = key.labels().map(metrics::Label::value);
                name == key.name() || values.any(|value| name == format!("{} {value}", key.name()))
            };
            let found = told.iter().find(|(key, ..)| is_named(key.key()));
            match found.expect("it is published").3 {
                DebugValue::Gauge(number) => number.0,
                _ => unreachable!("it is a gauge"),
            }
        })
    }

    #[test]
    fn what_is_open_is_told_until_it_is_closed_and_what_waited_afterwards_too() {
        let names = [
            "firecrest_live_views_open",
            "firecrest_channels_open",
            "firecrest_sockets_open websocket",
            "firecrest_sockets_open longpoll",
            "firecrest_outbox_high_water_bytes",
        ];
        let many = MANY as f64;
        let open: Vec<_> = (0..MANY)
            .map(|_| {
                let connections = [Transport::WebSocket, Transport::LongPoll].map(Open::connection);
                (Open::view(), Open::channel(), connections)
            })
            .collect();
        meter::OUTBOX.note(1 << 40);
        assert!(gauges(names).iter().all(|number| *number >= many));
        drop(open);
        let [views, channels, websockets, longpolls, waited] = gauges(names);
        assert!([views, channels, websockets, longpolls].iter().all(|number| *number < many));
        assert!(waited >= (1_u64 << 40) as f64);
    }
}
