//! What the scenarios know of a server.

use std::fmt::Debug;

use firecrest_tally::{Store, StoreError};
pub(crate) use servers::SECRET;

/// A kind of server that a store speaks to.
pub(crate) trait Backend: Sized {
    type Store: Store + Debug;

    const SCHEME: &'static str;

    /// A new, empty one that answers.
    async fn start() -> Self;

    /// Starts it after a kill, with the data that it had and on the same port.
    async fn start_again(&mut self);

    /// Ends it without giving it the time to do anything.
    fn kill(&mut self);

    fn port(&self) -> u16;

    /// The URL of the server behind a port, which may be a proxy's.
    fn url_with(&self, port: u16, password: &str) -> String;

    /// The server's own URL.
    fn url(&self) -> String {
        self.url_with(self.port(), SECRET)
    }

    async fn connect(url: &str) -> Result<Self::Store, StoreError>;

    /// A store that is connected directly.
    async fn store(&self) -> Self::Store {
        Self::connect(&self.url()).await.unwrap()
    }
}
