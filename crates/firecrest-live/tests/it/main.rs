//! What is rendered, what is sent, and what the client makes of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod app;
mod client;
mod components;
mod leaving;
mod loops;
mod nodes;
mod pages;
mod random;
mod replica;
mod rows;
mod stream_model;
mod stream_random;
mod streams;
mod values;
