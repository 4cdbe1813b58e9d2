//! Where an endpoint's durable counters are.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;
use std::{panic, thread};

use firecrest_tally::{OpenError, Tally, TallyError};
use tokio::time::timeout;

use super::Endpoint;

/// How long a server that ends waits for its counters to be written.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(5);

/// What was chosen.
#[derive(Debug)]
pub(super) enum Counters {
    /// In memory, from when they are first asked for.
    Memory,
    File(PathBuf),
    Given(Tally),
}

/// Counters that were chosen, or those in memory once somebody has asked for them.
pub(super) type LazyTally = OnceLock<Tally>;

impl Counters {
    pub(super) fn open(self) -> Result<LazyTally, OpenError> {
        match self {
            Counters::Memory => Ok(LazyTally::new()),
            Counters::File(path) => open(&path).map(LazyTally::from),
            Counters::Given(tally) => Ok(tally.into()),
        }
    }
}

/// Opens a file without a runtime, as endpoints are made. One on this thread may not be blocked, so another thread has its own.
fn open(path: &Path) -> Result<Tally, OpenError> {
    let opening = || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.map_err(|error| OpenError::Io { path: path.to_owned(), error })?;
        runtime.block_on(Tally::open(path))
    };
    let opened = thread::scope(|scope| scope.spawn(opening).join());
    opened.unwrap_or_else(|payload| panic::resume_unwind(payload))
}

impl Endpoint {
    /// The durable counters: those that were [given](super::EndpointBuilder::tally), or in the file that `FIRECREST_TALLY` names,
    /// or else counters in memory, which end with the process; the log says so when they are first asked for.
    pub fn tally(&self) -> &Tally {
        self.lazy_tally().get_or_init(Tally::in_memory)
    }

    /// Writes what was added to the counters, if there are any.
    pub(super) async fn flush_tally(&self) {
        let Some(tally) = self.lazy_tally().get() else { return };
        match timeout(FLUSH_TIMEOUT, tally.flush()).await {
            // Whoever has closed them has written them.
            Ok(Ok(()) | Err(TallyError::Closed)) => {}
            Ok(Err(error)) => tracing::error!(%error, "the counters could not be written"),
            Err(_) => tracing::error!("the counters could not be written in time"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use firecrest_tally::{MemoryStore, Store as _, TallyOptions};
    use tokio::net::TcpListener;

    use super::*;
    use crate::endpoint::{EndpointBuilder, EndpointError};

    fn in_file(path: &Path) -> Result<Endpoint, EndpointError> {
        let path = path.to_str().unwrap().to_owned();
        EndpointBuilder::from_variables(|name| (name == "FIRECREST_TALLY").then(|| path.clone()))?.build()
    }

    #[tokio::test]
    async fn the_file_of_counters_outlives_the_endpoint() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("counters");
        let endpoint = in_file(&path).unwrap();
        endpoint.tally().counter("visits").await.unwrap().increment(3).await.unwrap();
        endpoint.tally().close().await.unwrap();
        let again = in_file(&path).unwrap();
        assert_eq!(again.tally().counter("visits").await.unwrap().get(), 3);
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_an_error_at_start() {
        let folder = tempfile::tempdir().unwrap();
        let error = in_file(&folder.path().join("nowhere/counters")).unwrap_err();
        assert!(matches!(error, EndpointError::Tally(_)));
        let text = error.to_string();
        assert!(text.contains("FIRECREST_TALLY") && text.contains("nowhere"), "{text}");
    }

    #[tokio::test]
    async fn counters_are_the_same_for_all_clones_of_an_endpoint() {
        let given = Tally::in_memory();
        let endpoint = EndpointBuilder::default().tally(given.clone()).build().unwrap();
        endpoint.clone().tally().counter("visits").await.unwrap().add_later(2);
        assert_eq!(given.counter("visits").await.unwrap().get(), 2);
        let default = EndpointBuilder::default().build().unwrap();
        default.clone().tally().counter("visits").await.unwrap().add_later(1);
        assert_eq!(default.tally().counter("visits").await.unwrap().get(), 1);
    }

    #[tokio::test]
    async fn a_server_that_ends_has_written_its_counters() {
        let store = Arc::new(MemoryStore::default());
        let mut options = TallyOptions::default();
        options.commit_interval = Duration::from_secs(3_600);
        let tally = Tally::with_store(Arc::clone(&store), options);
        let endpoint = EndpointBuilder::default().tally(tally).build().unwrap();
        endpoint.tally().counter("visits").await.unwrap().add_later(5);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        endpoint.serve_until(listener, axum::Router::new(), async {}).await;
        assert_eq!(store.load(&["visits".into()]).await.unwrap(), [5]);
    }
}
