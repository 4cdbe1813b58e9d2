//! `html!` and `#[component]`: what every construct renders, and what is constant of it.

mod attributes;
mod components;
mod elements;
mod elsewhere;
mod flow;
mod slots;
mod templates;
mod text;
