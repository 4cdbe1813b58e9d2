//! Every yardstick that is a server serves the bench channel: the same tests for all of them. One has pages too.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod board;
mod channel;
mod client;
mod counter;
mod page;
mod server;

/// The tests of [`channel`] for one server.
macro_rules! serves_the_bench_channel {
    ($server:ident, $binary:literal: $($test:ident,)*) => {
        mod $server {
            $(#[test]
            fn $test() {
                crate::channel::$test(&crate::server::Server::start(env!(concat!("CARGO_BIN_EXE_", $binary))));
            })*
        }
    };
    ($($server:ident $binary:literal,)*) => {
        $(serves_the_bench_channel! { $server, $binary:
            a_topic_is_joined,
            a_topic_of_another_kind_is_refused,
            an_echo_keeps_its_payload,
            what_is_said_reaches_everybody_once_and_in_order,
            topics_do_not_mix,
            one_connection_is_on_several_topics,
            a_large_payload_arrives_whole,
            who_leaves_is_told_so_and_hears_no_more,
            who_is_gone_is_forgotten,
            a_heartbeat_is_answered,
            a_ping_is_answered_and_so_is_a_close,
            many_messages_in_one_write_are_all_answered,
            a_message_in_many_writes_is_answered,
            a_client_that_does_not_read_stops_nobody,
        })*
    };
}

serves_the_bench_channel! {
    limit "yardstick-limit",
    by_hand "yardstick-by-hand",
    firecrest "yardstick-firecrest",
}
