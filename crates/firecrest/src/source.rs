//! Whatever changes and can be looked at.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use futures_util::stream;
use tokio::sync::watch;

/// Something whose value changes and says so: a counter, who looks at something, the answer to a query. It says that it has
/// changed, not how: whoever hears of it looks at the value itself, which is the newest.
///
/// ```
/// use firecrest::Source;
/// use futures_util::StreamExt as _;
/// use tokio::sync::watch;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let temperature = watch::Sender::new(20);
/// let mut changes = temperature.subscribe().changes();
/// temperature.send_replace(21);
/// temperature.send_replace(22);
/// assert_eq!(changes.next().await, Some(()));
/// assert_eq!(*temperature.borrow(), 22);
/// # }
/// ```
pub trait Source {
    /// The changes from now on.
    fn changes(&self) -> Changes;
}

/// A stream that says when a value may have changed: at least once after the last change, and never again for what it was not
/// asked about in time. So it holds no backlog, however seldom it is asked. It ends when nothing can change any more.
#[must_use = "changes are noticed when the stream is asked"]
pub struct Changes(Pin<Box<dyn Stream<Item = ()> + Send>>);

impl Changes {
    /// The changes of a source of your own: see [`Changes`] for what the stream has to keep to.
    pub fn new(stream: impl Stream<Item = ()> + Send + 'static) -> Self {
        Changes(Box::pin(stream))
    }
}

/// What is sent from now on; the value that is there has been seen.
impl<T: Send + Sync + 'static> From<watch::Receiver<T>> for Changes {
    fn from(mut receiver: watch::Receiver<T>) -> Self {
        receiver.mark_unchanged();
        Changes::new(stream::unfold(receiver, async |mut receiver| {
            receiver.changed().await.ok()?;
            Some(((), receiver))
        }))
    }
}

impl Stream for Changes {
    type Item = ();

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<()>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}

impl<T: Send + Sync + 'static> Source for watch::Receiver<T> {
    fn changes(&self) -> Changes {
        self.clone().into()
    }
}

impl Source for firecrest_tally::Counter {
    fn changes(&self) -> Changes {
        self.watch().into()
    }
}
