//! Clocks: what they show, to whom, and how often.

use std::time::Duration;

use firecrest_test::{TestPage, advance};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Site;

const SECOND: Duration = Duration::from_secs(1);

/// Hours, minutes and seconds that a page shows.
fn shown(page: &TestPage) -> (i64, i64, i64) {
    let text = page.text(".time").replace(' ', "");
    let parts: Vec<i64> = text.split(':').map(|part| part.parse().unwrap()).collect();
    (parts[0], parts[1], parts[2])
}

fn seconds((hours, minutes, seconds): (i64, i64, i64)) -> i64 {
    hours * 3_600 + minutes * 60 + seconds
}

/// Seconds of the day in a time zone, now.
fn expected(zone: &str) -> i64 {
    let time = Timestamp::now().to_zoned(TimeZone::get(zone).unwrap()).time();
    i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

/// Whether two times of a day are next to each other.
fn is_close(one: i64, other: i64) -> bool {
    let apart = (one - other).rem_euclid(86_400);
    apart.min(86_400 - apart) <= 2
}

#[firecrest::test]
async fn d017_the_first_html_has_the_time_already() {
    let site = Site::new("[[clock]]\ntitle = 'Now'\n");
    let html = site.html().await;
    let (_, time) = html.split_once("class=\"time\"").unwrap();
    let digits: String = time
        .split("</p>")
        .next()
        .unwrap()
        .split('<')
        .filter_map(|rest| rest.split_once('>'))
        .map(|(_, text)| text)
        .collect();
    let digits: Vec<i64> = digits.trim().split(':').map(|part| part.trim().parse().unwrap()).collect();
    assert!(is_close(seconds((digits[0], digits[1], digits[2])), expected("UTC")), "{digits:?}");
    assert!(html.contains("UTC") && html.contains("the dashboard’s time zone"), "{html}");
}

#[firecrest::test]
async fn d002_a_clock_ticks_each_second() {
    let site = Site::new("[[clock]]\n");
    let page = site.open().await;
    advance(Duration::from_millis(100)).await;
    let mut last = seconds(shown(&page));
    for _ in 0..5 {
        advance(SECOND).await;
        let now = seconds(shown(&page));
        assert_eq!((now - last).rem_euclid(86_400), 1);
        last = now;
    }
}

#[firecrest::test]
async fn d002_each_viewer_sees_the_time_where_they_are() {
    let site = Site::new("[[clock]]\n");
    for zone in ["Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"] {
        let browser = site.visitor().connect_params(serde_json::json!({ "time_zone": zone }));
        let page = browser.open("/dashboard").await.unwrap();
        advance(Duration::from_millis(100)).await;
        assert_eq!(page.text(".zone .badge"), zone);
        assert!(is_close(seconds(shown(&page)), expected(zone)), "{zone}: {}", page.text(".time"));
        assert!(page.has(".quiet-text", "your time zone"), "{}", page.html());
    }
}

#[firecrest::test]
async fn d002_a_time_zone_that_there_is_not_is_the_configured_one_and_the_card_says_so() {
    let site = Site::new("time_zone = 'Europe/Prague'\n[[clock]]\n");
    for zone in
        [serde_json::json!("Europe/Atlantis"), serde_json::json!("../../etc/passwd"), serde_json::json!(7)]
    {
        let browser = site.visitor().connect_params(serde_json::json!({ "time_zone": zone }));
        let page = browser.open("/dashboard").await.unwrap();
        assert_eq!(page.text(".zone .badge"), "Europe/Prague");
        assert!(page.has(".quiet-text", "your browser names none that is known here"), "{}", page.html());
    }
}

#[firecrest::test]
async fn a_clock_with_a_time_zone_of_its_own_is_the_same_for_all() {
    let site = Site::new("[[clock]]\ntime_zone = 'Asia/Tokyo'\nhours = 12\n");
    let browser = site.visitor().connect_params(serde_json::json!({ "time_zone": "Europe/Prague" }));
    let page = browser.open("/dashboard").await.unwrap();
    assert_eq!(page.text(".zone .badge"), "Asia/Tokyo");
    assert!(page.text(".zone").contains("UTC+9"));
    assert!(["AM", "PM"].contains(&page.text(".half").trim()), "{}", page.text(".time"));
    assert!(!page.has(".quiet-text", "your time zone"));
}

#[firecrest::test]
async fn d005_all_viewers_of_a_time_zone_share_one_clock() {
    let site = Site::new("[[clock]]\n");
    let pages = [site.open().await, site.open().await, site.open().await];
    advance(Duration::from_millis(1_500)).await;
    let times: Vec<_> = pages.iter().map(shown).collect();
    assert!(times.windows(2).all(|pair| pair[0] == pair[1]), "{times:?}");
    assert_eq!(pages[0].children(), pages[1].children());
}

#[firecrest::test]
async fn d001_a_page_has_a_card_for_each_table() {
    let site = Site::new(
        "title = 'Here'\n[[clock]]\n[[countdown]]\nuntil = 2027-04-08\n[[clock]]\ntitle = 'x'\ntime_zone = 'Asia/Tokyo'\n",
    );
    let page = site.open().await;
    assert_eq!(page.texts(".board h2"), ["Time", "Countdown", "x"]);
    assert_eq!((page.text("h1").as_str(), page.title().as_str()), ("Here", "Here · Firecrest"));
    assert_eq!(page.children().len(), 3);
    let none = Site::new("").open().await;
    assert!(none.has(".empty", "No cards"), "{}", none.html());
}

#[firecrest::test]
async fn a_clock_is_not_read_out_each_second() {
    let site = Site::new("[[clock]]\n[[countdown]]\nuntil = 2099-01-01\n");
    let html = site.html().await;
    assert_eq!(html.matches("role=\"timer\"").count(), 2);
    assert!(!html.contains("aria-live"), "{html}");
}
