//! Who connects, and what there is to join.

use firecrest::prelude::*;

use crate::lobby::Lobby;
use crate::room::Room;

/// Anybody, by the name that they say.
pub(crate) struct User {
    pub(crate) name: String,
}

impl Socket for User {
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(User { name: request.param("user").unwrap_or("nobody").to_owned() })
    }

    fn id(&self) -> Option<String> {
        Some(format!("user:{}", self.name))
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Room>("room:*").route::<Lobby>("lobby:*").route::<Lobby>("crowd:*")
    }
}
