//! Handing what was counted to the recorder of `metrics`.

use std::cell::LazyCell;
use std::time::{Duration, Instant};

use metrics::{Counter, Histogram};

use super::meter::{self, CHANNELS, Count, Distribution, Limit, VIEWS, total};

/// How often a server [publishes](publish).
pub(crate) const INTERVAL: Duration = Duration::from_secs(1);

/// Nanoseconds of a second.
const NANOS: f64 = 1e9;

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
/// that is there then, in steps of 4 % at most.
pub fn publish() {
    publish_counters();
    publish_gauges();
    publish_channels();
    publish_views();
    super::exporters::keep_up();
}

fn publish_counters() {
    let tell = |counter: Counter, count| counter.absolute(total(count));
    tell(metrics::counter!("firecrest_messages_total", "direction" => "in"), Count::MessagesIn);
    tell(metrics::counter!("firecrest_messages_total", "direction" => "out"), Count::MessagesOut);
    tell(metrics::counter!("firecrest_bytes_total", "direction" => "in"), Count::BytesIn);
    tell(metrics::counter!("firecrest_bytes_total", "direction" => "out"), Count::BytesOut);
    tell(metrics::counter!("firecrest_broadcasts_total"), Count::Broadcasts);
    tell(metrics::counter!("firecrest_broadcast_deliveries_total"), Count::Deliveries);
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
    let histogram = LazyCell::new(histogram);
    distribution.take_new(|value, times| histogram.record_many(value as f64 / unit, times));
}
