//! The server over real connections. Each test names the item of the protocol specification it proves.

mod support;
mod websocket;
mod captured;
mod connect_info;
mod mounting;
mod origin;
mod site;
mod subprotocols;
