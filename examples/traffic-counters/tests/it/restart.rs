//! What is left when the server ends, in real time and with a file.

use firecrest::tally::Tally;

use crate::{Site, numbers, seen};

#[tokio::test]
async fn k001_a_restart_keeps_the_totals_and_k008_nobody_is_left_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("traffic.tally");
    for round in 0..3 {
        let tally = Tally::open(&file).await.unwrap();
        let site = Site::with(tally.clone());
        let visits = 3 * round + 1;
        assert_eq!(numbers(&site.html("/traffic/pond").await), seen((0, visits), (0, visits)));
        let pages = [site.open("/traffic/pond").await, site.open("/traffic/pond").await];
        // Nobody says goodbye: the process just ends.
        std::mem::forget(pages);
        tally.close().await.unwrap();
    }
}
