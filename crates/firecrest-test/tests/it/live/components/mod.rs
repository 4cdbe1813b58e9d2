//! Stateful components (F130–F136, T08, T64 of the live protocol's specification).

mod birds;
mod life;
mod rendering;
mod saying;
mod streams;
mod wrong;
