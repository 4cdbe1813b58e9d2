//! Countdowns: to an instant, whatever the clocks around it do.

use std::time::Duration;

use firecrest_test::advance;
use jiff::{SignedDuration, Timestamp};

use crate::Site;

fn site(left: SignedDuration, more: &str) -> Site {
    let until = Timestamp::now() + left;
    Site::new(&format!("[[countdown]]\nuntil = {until:.0}\n{more}"))
}

#[firecrest::test]
async fn d003_what_is_left_is_shown_and_told() {
    // A bit more, for the time that the test takes.
    let site = site(SignedDuration::from_secs(3 * 86_400 + 4 * 3_600 + 10 * 60 + 30), "");
    let page = site.open().await;
    assert_eq!(page.text("[role=timer]"), "3 days, 4 hours and 10 minutes");
    assert_eq!(page.texts(".left dd")[..3], ["3", "4", "10"]);
}

#[firecrest::test]
async fn d003_when_it_has_come_it_is_alive_and_stays_so() {
    let site = site(SignedDuration::from_secs(4), "");
    let page = site.open().await;
    assert!(!page.has(".then", None), "{}", page.html());
    advance(Duration::from_secs(6)).await;
    assert_eq!(page.text(".then"), "It's alive!");
    assert_eq!(page.count(".left"), 0);
    advance(Duration::from_secs(100)).await;
    assert_eq!(page.text(".then"), "It's alive!");
}

#[firecrest::test]
async fn d003_what_is_over_is_over_at_first_paint() {
    let site = site(SignedDuration::from_secs(-3_600), "then = 'Go <in>!'\n");
    assert!(site.html().await.contains("Go &lt;in&gt;!"));
}

#[firecrest::test]
async fn d004_two_countdowns_do_not_mind_each_other() {
    let site =
        Site::new("[[countdown]]\nuntil = 2000-01-01\nthen = 'over'\n[[countdown]]\nuntil = 2999-01-01\n");
    let page = site.open().await;
    assert_eq!((page.texts(".then"), page.count(".left")), (vec!["over".to_owned()], 1));
}

#[firecrest::test]
async fn d015_a_tick_changes_the_seconds_only() {
    let site = site(SignedDuration::from_secs(86_400 + 3_600 + 30 * 60 + 30), "");
    let page = site.open().await;
    advance(Duration::from_millis(100)).await;
    let before = (page.texts(".left dd"), page.text("[role=timer]"));
    advance(Duration::from_secs(1)).await;
    let after = (page.texts(".left dd"), page.text("[role=timer]"));
    assert_eq!(before.0[..3], after.0[..3]);
    assert_ne!(before.0[3], after.0[3]);
    assert_eq!(before.1, after.1);
}
