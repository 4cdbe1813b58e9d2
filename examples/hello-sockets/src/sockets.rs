//! Who may connect, and what there is to join.

use firecrest::prelude::*;

use crate::channels::{Dupe, Ping, Recurring, Slow, Stats, Tracked, User, Wild};

/// Salt of the tokens that open the auth socket.
pub const AUTH_SALT: &str = "salt identifier";

/// Open to anybody (H01). Live views can be joined on it, beside its channels.
pub struct UserSocket {
    live: LiveConnection,
}

impl Socket for UserSocket {
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(UserSocket { live: LiveConnection::new(request) })
    }

    fn channels() -> Channels<Self> {
        Channels::new()
            .route::<Ping>("ping")
            .route::<Ping>("ping:*")
            .route::<Wild>("wild:*")
            .route::<Dupe>("dupe")
            .route::<Slow>("slow")
            .live()
    }
}

impl LiveHost for UserSocket {
    fn live(&self) -> &LiveConnection {
        &self.live
    }
}

/// Open to whoever brings a signed token, one day old at most (H12).
pub struct AuthSocket {
    /// Whom the token was signed for.
    pub user_id: u64,
}

impl Socket for AuthSocket {
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        let user_id = request.token(AUTH_SALT, DAY)?;
        Ok(AuthSocket { user_id })
    }

    fn id(&self) -> Option<String> {
        Some(format!("auth_socket:{}", self.user_id))
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<User>("user:*").route::<Recurring>("recurring").route::<Tracked>("tracked")
    }
}

/// Counts who connects (H16).
pub struct StatsSocket;

impl Socket for StatsSocket {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        metrics::counter!("socket_connect", "status" => "success", "socket" => "StatsSocket").increment(1);
        Ok(StatsSocket)
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Stats>("valid").route::<Stats>("invalid").route::<Slow>("slow")
    }
}
