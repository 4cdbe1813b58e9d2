//! Sockets: who may connect, and which channels there are.

mod connect;
mod instance;
mod mount;
mod options;
mod refused;
mod routes;
mod traits;

pub use connect::Connect;
pub use mount::SocketMount;
pub use options::SocketOptions;
pub use refused::Refused;
pub use routes::Channels;
pub use traits::Socket;

pub(crate) use instance::{Bound, ConnectedSocket, Instance, Mount};
