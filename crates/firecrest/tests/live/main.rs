//! Live views over real connections. Each test names the item of the live protocol's specification it proves.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(clippy::needless_pass_by_value, reason = "`json!` in an argument reads better than `&json!`")]

mod adoption;
#[path = "../it/captured.rs"]
mod captured;
mod components;
mod ending;
mod errors;
mod events;
mod first_page;
mod flash;
mod guarding;
mod hostile;
mod logs;
mod navigation;
mod nested;
mod orphans;
mod pages;
mod places;
mod shared;
mod sharing;
mod sticky;
mod streams;
#[path = "../it/support.rs"]
#[allow(dead_code, reason = "shared with the tests of ordinary channels")]
mod support;
mod upload_writers;
mod uploads;
mod visitor;
mod waiting;
