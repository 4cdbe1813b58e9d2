//! Who came and who went.

use futures_util::{Stream, stream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::{ViewerId, Viewers};

/// What happens among the viewers of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewerEvent {
    /// Somebody looks now.
    Joined(ViewerId),
    /// Somebody does not look any more.
    Left(ViewerId),
    /// So many events were lost here, because they were not taken in time.
    Missed(u64),
}

/// The events from now on. `viewers` keeps the topic, so that the stream goes on when nobody else knows of it.
pub(super) fn events(
    viewers: Viewers,
    receiver: Receiver<ViewerEvent>,
) -> impl Stream<Item = ViewerEvent> + Send + Unpin + 'static {
    Box::pin(stream::unfold((viewers, receiver), async |(viewers, mut receiver)| {
        let event = match receiver.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(count)) => ViewerEvent::Missed(count),
            Err(RecvError::Closed) => return None,
        };
        Some((event, (viewers, receiver)))
    }))
}
