//! The hot paths, one run of each under Callgrind. `cargo xtask guards` runs them and compares what they take with
//! `benches/instructions.toml`.
//!
//! A function that takes what it works on gives it back, so that freeing it is not counted. An id that ends in a number does
//! the same thing as often: what is compared is the count of one.

#![allow(
    missing_docs,
    reason = "the macros make public items; what the functions do is said where they call"
)]

use benches::{Audience, Broadcast, Echo, Incoming, Outbox, Reply, Routes};
use firecrest::wire::Message;
use firecrest::wire::websocket::Frame;
use gungraun::{library_benchmark, library_benchmark_group, main};

mod activity;
mod live;

use activity::activities;
use live::live_views;

#[library_benchmark]
#[bench::v1_text(Incoming::v1())]
#[bench::v2_text(Incoming::v2())]
#[bench::v2_binary(Incoming::v2_binary())]
fn decode(mut incoming: Incoming) -> (Message, Incoming) {
    (incoming.decode(), incoming)
}

#[library_benchmark]
#[bench::last_of_ten(Routes::ten())]
fn route(routes: Routes) -> (Option<usize>, Routes) {
    (routes.find(), routes)
}

#[library_benchmark]
#[bench::v2_text(Reply::ok())]
fn encode_reply(reply: Reply) -> (Frame, Reply) {
    (reply.encode(), reply)
}

#[library_benchmark]
#[bench::v2_text(Broadcast::json())]
fn encode_broadcast(broadcast: Broadcast) -> (Frame, Broadcast) {
    (broadcast.encode(), broadcast)
}

#[library_benchmark]
#[bench::subscribers_1000(Audience::new())]
fn fan_out(audience: Audience) -> Audience {
    audience.tell();
    audience
}

#[library_benchmark]
#[bench::frames_1(Outbox::with(1))]
#[bench::frames_8(Outbox::with(8))]
fn push_and_flush(outbox: Outbox) -> Outbox {
    outbox.push_and_flush();
    outbox
}

#[library_benchmark]
#[bench::v2_text(Echo::joined())]
fn echo(mut echo: Echo) -> (Frame, Echo) {
    (echo.round_trip(), echo)
}

library_benchmark_group!(
    name = instructions,
    benchmarks = [decode, route, encode_reply, encode_broadcast, fan_out, push_and_flush, echo]
);

main!(library_benchmark_groups = instructions, live_views, activities);
