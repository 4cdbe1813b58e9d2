//! Numbers of a source: asked once for all, only when somebody looks, and kept when there is no answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dashboard::standin::Fault;
use http::StatusCode;
use tokio::time::sleep;
use tracing::Subscriber;
use tracing::span::{Attributes, Id};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

use crate::{Site, eventually, until};

const REPOSITORY: &str = "/repos/observatory/field-guide";

const CARD: &str = "[[repository]]\nrepository = 'observatory/field-guide'\nbase_url = 'http://stand-in'\nevery = '200 ms'\n";

#[tokio::test]
async fn d006_one_poller_asks_for_any_number_of_viewers() {
    let (site, stand_in) = Site::beside(CARD).await;
    let mut pages = Vec::new();
    for _ in 0..20 {
        pages.push(site.open().await);
    }
    for page in &pages {
        until(page, |page| page.has(".figure dd", "1,204")).await;
    }
    let before = stand_in.asked(REPOSITORY);
    sleep(Duration::from_secs(2)).await;
    let asked = stand_in.asked(REPOSITORY) - before;
    assert!((5..=12).contains(&asked), "{asked} in 2 s, for 20 viewers");
}

/// Counts how often cards of figures are rendered.
#[derive(Clone, Default)]
struct Renders(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Renders {
    fn on_new_span(&self, span: &Attributes<'_>, _id: &Id, _cx: Context<'_, S>) {
        if span.metadata().name() == "live_render" && format!("{:?}", span.values()).contains("FiguresCard") {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[tokio::test]
async fn d006_an_answer_is_rendered_once_for_all_viewers() {
    let renders = Renders::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(renders.clone()));
    let (site, stand_in) = Site::beside(CARD).await;
    let mut pages = Vec::new();
    for _ in 0..100 {
        pages.push(site.open().await);
    }
    let before = (renders.0.load(Ordering::Relaxed), stand_in.asked(REPOSITORY), Instant::now());
    stand_in.set_stars(5);
    for page in &pages {
        until(page, |page| page.has(".figure dd", "5")).await;
    }
    let renders = renders.0.load(Ordering::Relaxed) - before.0;
    let reasons = stand_in.asked(REPOSITORY) - before.1 + before.2.elapsed().as_secs();
    assert!(
        (1..=reasons as usize + 3).contains(&renders),
        "{renders} renders for {reasons} answers and ticks"
    );
}

#[tokio::test]
async fn d006_nobody_is_asked_when_nobody_looks() {
    let (site, stand_in) = Site::beside(CARD).await;
    sleep(Duration::from_millis(600)).await;
    assert_eq!(stand_in.asked(REPOSITORY), 0);
    let page = site.open().await;
    until(&page, |page| page.has(".figure dd", "1,204")).await;
}

#[tokio::test]
async fn d009_the_first_html_has_the_numbers_even_for_the_first_viewer() {
    let (site, _stand_in) = Site::beside(CARD).await;
    let html = site.html().await;
    assert!(html.contains("1,204") && html.contains("v2.12.0") && html.contains(">17<"), "{html}");
    assert!(!html.contains("stale"), "{html}");
}

#[tokio::test]
async fn d008_what_has_not_changed_is_not_sent_again_and_is_no_error() {
    let (site, stand_in) = Site::beside(CARD).await;
    let page = site.open().await;
    eventually("304 again and again", || stand_in.not_modified() > 6).await;
    assert!(page.has(".figure dd", "1,204") && !page.has(".freshness .badge", None), "{}", page.html());
    stand_in.set_stars(0);
    until(&page, |page| page.texts(".figure dd")[0] == "0").await;
}

#[tokio::test]
async fn d008_without_an_answer_the_last_one_stays_is_marked_and_comes_back_to_life() {
    let (site, stand_in) = Site::beside(CARD).await;
    let page = site.open().await;
    until(&page, |page| page.has(".figure dd", "1,204")).await;
    for (fault, why) in [
        (Fault::Status(StatusCode::INTERNAL_SERVER_ERROR), "500 Internal Server Error"),
        (Fault::Down, "cannot be reached"),
    ] {
        stand_in.set_fault(fault);
        until(&page, |page| page.has(".freshness .badge", "stale") && page.text(".freshness").contains(why))
            .await;
        assert!(
            page.has(".figure dd", "1,204") && page.text(".freshness").contains("as of a moment ago"),
            "{}",
            page.html()
        );
        let late = site.html().await;
        assert!(late.contains("1,204") && late.contains("stale"), "{late}");
        stand_in.set_fault(Fault::None);
        until(&page, |page| !page.has(".freshness .badge", None)).await;
    }
}

#[tokio::test]
async fn d008_a_source_that_wants_to_be_left_alone_is() {
    let (site, stand_in) = Site::beside(CARD).await;
    let page = site.open().await;
    until(&page, |page| page.has(".figure dd", "1,204")).await;
    stand_in.set_fault(Fault::Limited(Duration::from_secs(2)));
    until(&page, |page| page.text(".freshness").contains("429 Too Many Requests")).await;
    let before = stand_in.asked(REPOSITORY);
    stand_in.set_fault(Fault::None);
    sleep(Duration::from_millis(1_200)).await;
    assert_eq!(stand_in.asked(REPOSITORY), before, "it was asked although it said two seconds");
    until(&page, |page| !page.has(".freshness .badge", None)).await;
}

#[tokio::test]
async fn d008_when_nothing_is_left_of_what_it_allows_nothing_is_asked() {
    let (site, stand_in) = Site::beside(CARD).await;
    stand_in.set_left(2);
    let page = site.open().await;
    until(&page, |page| page.has(".figure dd", "1,204")).await;
    until(&page, |page| page.text(".freshness").contains("wants to be left alone")).await;
    let before = stand_in.asked(REPOSITORY);
    sleep(Duration::from_millis(800)).await;
    assert_eq!(stand_in.asked(REPOSITORY), before);
    stand_in.set_left(100);
    until(&page, |page| !page.has(".freshness .badge", None)).await;
}

#[tokio::test]
async fn any_json_is_shown_as_the_file_says() {
    let card = "[[json]]\nurl = 'http://stand-in/nest-box'\nevery = '200 ms'\nfigures = [\n\
        {label = 'eggs', pointer = '/eggs'}, {label = 'warmth', pointer = '/temperature/celsius', unit = '°C'},\n\
        {label = 'brooding', pointer = '/brooding', format = 'percent'}, {label = 'meal', pointer = '/seconds_since_meal', format = 'duration'},\n\
        {label = 'wings', pointer = '/wings'}]\n";
    let (site, _stand_in) = Site::beside(card).await;
    let page = site.open().await;
    until(&page, |page| page.texts(".figure dd").len() == 5).await;
    assert_eq!(page.texts(".figure dd"), ["4", "32.5 °C", "75 %", "40 s", "–"]);
    assert_eq!(page.texts(".figure dt"), ["eggs", "warmth", "brooding", "meal", "wings"]);
}

#[tokio::test]
async fn a_repository_that_has_moved_is_found() {
    let (site, stand_in) = Site::beside(&CARD.replace("field-guide", "fieldguide")).await;
    let page = site.open().await;
    until(&page, |page| page.has(".figure dd", "1,204")).await;
    assert!(stand_in.asked("/repos/observatory/fieldguide") > 0);
    assert!(page.texts(".figure dd").contains(&"none".to_owned()), "its releases are not: {}", page.html());
}

#[tokio::test]
async fn what_is_too_large_goes_in_circles_or_is_no_json_is_an_error_on_the_card() {
    for (path, why) in [
        ("large", "more than 1024 KiB"),
        ("round", "sent the question on more than 5 times"),
        ("words", "did not answer with JSON"),
        ("nowhere", "404 Not Found"),
    ] {
        let card =
            format!("[[json]]\nurl = 'http://stand-in/{path}'\nfigures = [{{label = 'x', pointer = ''}}]\n");
        let (site, _stand_in) = Site::beside(&card).await;
        let page = site.open().await;
        until(&page, |page| page.has(".freshness", why)).await;
        assert!(page.has(".empty", "No answer yet"), "{}", page.html());
    }
}
