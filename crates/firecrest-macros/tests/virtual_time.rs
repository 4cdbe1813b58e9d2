//! `#[firecrest::test]` without the crate `firecrest`: this crate stands for it.

extern crate self as firecrest;

#[doc(hidden)]
pub mod __private {
    pub use tokio;
}

use std::time::Duration;

use tokio::time::{Instant, sleep};

#[firecrest_macros::test]
async fn a_day_passes_at_once() {
    let real = std::time::Instant::now();
    let before = Instant::now();
    sleep(Duration::from_secs(86_400)).await;
    assert_eq!(before.elapsed(), Duration::from_secs(86_400));
    assert!(real.elapsed() < Duration::from_secs(60));
}

#[firecrest_macros::test]
async fn a_test_may_fail_by_returning() -> Result<(), std::num::ParseIntError> {
    let number: u8 = "5".parse()?;
    assert_eq!(number, 5);
    Ok(())
}

/// Attributes and documentation stay.
#[firecrest_macros::test]
#[should_panic(expected = "on purpose")]
async fn other_attributes_stay() {
    sleep(Duration::from_secs(1)).await;
    panic!("on purpose");
}
