//! What is rendered, what is sent, and what the client makes of it.

mod client;
mod loops;
mod nodes;
mod pages;
mod random;
mod replica;
mod values;
