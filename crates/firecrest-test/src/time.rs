//! Virtual time.

use std::time::Duration;

use tokio::time::sleep;

/// Lets time pass. Timers that are due meanwhile fire in their order.
///
/// Under `#[tokio::test(start_paused = true)]` this takes no real time.
pub async fn advance(duration: Duration) {
    sleep(duration).await;
}

/// Waits until nothing more happens by itself: everything that can run has run, and what is left waits for time.
///
/// It takes one virtual millisecond.
pub async fn settle() {
    sleep(Duration::from_millis(1)).await;
}
