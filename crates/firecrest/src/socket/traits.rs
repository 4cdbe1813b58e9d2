//! The trait every socket implements.

use std::future::Future;

use super::{Channels, Connect, Refused};

/// A socket handler: it decides who may connect and which channels a client can join.
///
/// A value of it is one client's connection; it lives as long as that and is shared with the client's channels.
///
/// ```
/// use firecrest::prelude::*;
///
/// struct UserSocket { user_id: u64 }
///
/// impl Socket for UserSocket {
///     async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
///         let user_id = request.token("user socket", 24 * HOUR)?;
///         Ok(UserSocket { user_id })
///     }
///
///     fn id(&self) -> Option<String> {
///         Some(format!("user_socket:{}", self.user_id))
///     }
///
///     fn channels() -> Channels<Self> {
///         Channels::new()
///     }
/// }
/// ```
pub trait Socket: Sized + Send + Sync + 'static {
    /// A client wants to connect. An error refuses it with HTTP status 403, or the one of [`Refused::status`]; browsers
    /// cannot read it and retry (spec §1.6).
    ///
    /// A panic is answered with 500.
    fn connect(request: &Connect<'_>) -> impl Future<Output = Result<Self, Refused>> + Send;

    /// Whose connection it is. A broadcast of the event `disconnect` on this topic closes it
    /// ([`Endpoint::disconnect`](crate::Endpoint::disconnect)). Default: nobody's.
    fn id(&self) -> Option<String> {
        None
    }

    /// The channels, by topic. Called once, when the socket is mounted.
    fn channels() -> Channels<Self>;
}
