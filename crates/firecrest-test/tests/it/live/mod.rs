//! Live views without a browser (T01–T62 of spec §9).

mod arriving;
mod calls;
mod components;
mod events;
mod failing;
mod fixture;
mod forms;
mod going;
mod hooks;
mod keeping;
mod looking;
mod measured;
mod nested;
mod opening;
mod portals;
mod rows;
mod shared;
mod sticky;
mod streams;
mod uploads;
mod watching;
mod work;
