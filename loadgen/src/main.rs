//! A load generator.

fn main() {}
