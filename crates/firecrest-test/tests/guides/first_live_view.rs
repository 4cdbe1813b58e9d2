//! `guides/first-live-view.md`: after each of its sections a `main.rs` is as in a file here.

use std::collections::HashSet;

use crate::markdown::blocks;

const GUIDE: &str = include_str!("../../../../guides/first-live-view.md");
const COUNTER: &str = include_str!("../../../firecrest/examples/counter.rs");

/// Sections that change the program, and the program after each of them.
const STEPS: [(&str, &str); 6] = [
    ("An event with a value", include_str!("first_live_view/value.rs")),
    ("A form", include_str!("first_live_view/form.rs")),
    ("A timer", include_str!("first_live_view/timer.rs")),
    ("A broadcast", include_str!("first_live_view/broadcast.rs")),
    ("A second page", include_str!("first_live_view/second_page.rs")),
    ("A test", include_str!("first_live_view/test.rs")),
];

/// The program after a section, as a module; what is in the braces may look into it.
macro_rules! step {
    ($name:ident, $file:literal, { $($tests:item)* }) => {
        #[allow(dead_code, reason = "`main` is not called")]
        mod $name {
            include!($file);

            #[allow(unused_imports, reason = "not every step needs all of them")]
            mod then {
                use firecrest_test::{TestBrowser, TestView, advance};

                use super::*;

                $($tests)*
            }
        }
    };
}

// The example without its first line, which no module can begin with.
step!(counter, "first_live_view/counter.rs", {
    #[firecrest::test]
    async fn a_click_counts() {
        let mut page = TestView::mount::<Counter>().await;
        page.element("button", "+").click().await;
        assert_eq!(page.text("p"), "Count: 1");
    }

    #[test]
    fn the_guide_shows_what_a_click_says() {
        let shown = &crate::markdown::blocks(super::super::GUIDE, "json")[0];
        let [said, answered] = &shown.lines[..] else { panic!("two messages, not {shown:?}") };
        let [said, answered]: [serde_json::Value; 2] =
            [said, answered].map(|line| serde_json::from_str(line).unwrap());
        let event = &said[4]["event"];
        assert!(super::super::COUNTER.contains(&format!("phx-click={event}")), "{event}");
        let mut held = firecrest::live::Held::new(1);
        held.full(&Counter(0).render(), &mut |_| String::new()).unwrap();
        let diff = held.diff(&Counter(1).render(), &mut |_| String::new()).unwrap();
        assert_eq!(answered[4]["response"]["diff"].to_string(), diff.to_string());
    }
});

step!(value, "first_live_view/value.rs", {
    #[firecrest::test]
    async fn each_button_adds_its_number() {
        let mut page = TestView::mount::<Counter>().await;
        for (button, count) in [("+10", "10"), ("-1", "9"), ("+1", "10")] {
            page.element("button", button).click().await;
            assert_eq!(page.text("output"), count);
        }
    }

    #[firecrest::test]
    async fn a_text_that_is_no_number_crashes_the_view() {
        let mut page = TestView::mount::<Counter>().await;
        page.allow_crash();
        page.event("add", json!({ "by": "ten" })).await;
        assert!(page.expect_crash().await.contains("by"));
    }
});

step!(form, "first_live_view/form.rs", {
    #[firecrest::test]
    async fn a_form_says_what_is_wrong_and_jumps() {
        let mut page = TestView::mount::<Counter>().await;
        for (to, error) in [("-5", "It must not be negative."), ("ten", "It is not a whole number.")] {
            page.form("#jump").fill([("jump[to]", to)]).change().await;
            assert_eq!(page.text("[role=alert]"), error);
            page.form("#jump").submit().await;
            assert_eq!(page.text("output"), "0");
        }
        page.form("#jump").fill([("jump[to]", "42")]).submit().await;
        assert_eq!((page.text("output").as_str(), page.count("[role=alert]")), ("42", 0));
    }
});

step!(timer, "first_live_view/timer.rs", {
    #[firecrest::test]
    async fn a_page_counts_its_seconds() {
        let page = TestView::mount::<Counter>().await;
        assert_eq!(page.text("small"), "open for 0 s");
        advance(3 * SECOND).await;
        assert_eq!(page.text("small"), "open for 3 s");
    }
});

step!(broadcast, "first_live_view/broadcast.rs", {
    #[firecrest::test]
    async fn whoever_clicks_all_pages_show_it_and_so_do_new_ones() {
        let endpoint = Endpoint::from_env().unwrap();
        let browser = TestBrowser::new(&endpoint, endpoint.live("/live").page::<Counter>("/"));
        let (mut one, mut other) = (browser.open("/").await.unwrap(), browser.open("/").await.unwrap());
        one.element("button", "+10").click().await;
        other.form("#jump").fill([("jump[to]", "12")]).submit().await;
        one.element("button", "+1").click().await;
        let new = browser.open("/").await.unwrap();
        for page in [one, other, new] {
            assert_eq!(page.text("output"), "13");
        }
    }
});

step!(second_page, "first_live_view/second_page.rs", {
    #[firecrest::test]
    async fn a_link_leads_to_the_second_page_and_back_over_one_socket() {
        let endpoint = Endpoint::from_env().unwrap();
        let mut page = TestBrowser::new(&endpoint, pages(&endpoint)).open("/").await.unwrap();
        for (link, shown) in [("Hello?", "Hello, world!"), ("Back to the counter", "Count: 0")] {
            page.element("a", link).click().await;
            page.follow_redirect().await.unwrap();
            assert!(page.has("h1, p", shown), "{}", page.html());
        }
    }
});

// It has a test of its own.
step!(test, "first_live_view/test.rs", {});

#[test]
fn the_guide_shows_the_counter_as_it_is_and_it_is_short() {
    let first = &blocks(GUIDE, "rust")[0];
    assert_eq!((first.section, first.code().as_str()), ("The counter", COUNTER));
    assert!(COUNTER.ends_with(include_str!("first_live_view/counter.rs")));
    assert!(COUNTER.lines().count() <= 30);
}

#[test]
fn the_guide_shows_every_change_and_nothing_else() {
    let blocks = blocks(GUIDE, "rust");
    let mut lines: HashSet<&str> = COUNTER.lines().map(str::trim).collect();
    for (section, program) in STEPS {
        let shown: Vec<_> = blocks.iter().filter(|block| block.section == section).collect();
        assert!(!shown.is_empty(), "{section:?} shows nothing");
        for block in &shown {
            assert!(block.is_in(program), "{section:?} shows what is not in the program:\n{}", block.code());
        }
        lines.extend(shown.iter().flat_map(|block| &block.lines).map(|line| line.trim()));
        for line in program.lines().map(str::trim) {
            assert!(lines.contains(line) || line.is_empty(), "{section:?} does not show: {line}");
        }
        lines = program.lines().map(str::trim).collect();
    }
    let sections: HashSet<_> = STEPS.map(|(section, _)| section).into_iter().chain(["The counter"]).collect();
    assert!(blocks.iter().all(|block| sections.contains(block.section)), "a block that nobody checks");
}
