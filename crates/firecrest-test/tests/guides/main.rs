//! The guides' code: that it works, and that the guides show it as it is.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod around;
mod background;
mod components;
mod first_live_view;
mod forms;
mod live_numbers;
#[allow(dead_code, reason = "shared with the test of another guide")]
#[path = "../../../firecrest-live/tests/guide/markdown.rs"]
mod markdown;
mod measure;
mod several_nodes;
mod streams;
mod testing;
mod uploads;
