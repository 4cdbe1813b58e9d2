//! A server to compare with.

fn main() {}
