//! Files reach a view as a browser would send them (T50–T52, F150–F159).

mod album;
mod components;
mod elsewhere;
mod ending;
mod flow;
mod handles;
mod writing;
