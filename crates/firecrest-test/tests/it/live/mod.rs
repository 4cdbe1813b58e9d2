//! Live views without a browser (T01–T62 of spec §9).

mod events;
mod failing;
mod fixture;
mod forms;
mod going;
mod measured;
mod nested;
mod opening;
mod shared;
mod watching;
