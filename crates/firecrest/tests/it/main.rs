//! The server over real connections. Each test names the item of the protocol specification it proves.

mod support;
mod websocket;
