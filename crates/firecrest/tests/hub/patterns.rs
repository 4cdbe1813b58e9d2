//! The grammar, and finding who listens.

use firecrest::hub::{Keep, Pattern, PatternError, TopicError};
use futures_util::FutureExt as _;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::hub;

fn matches(pattern: &str, topic: &str) -> bool {
    pattern.parse::<Pattern>().unwrap().matches(topic)
}

#[test]
fn m021_a_star_is_one_segment_and_an_arrow_is_the_rest() {
    for (pattern, topic) in [
        ("a.b", "a.b"),
        ("a.*", "a.b"),
        ("*.b", "a.b"),
        ("*.*", "a.b"),
        ("a.>", "a.b"),
        ("a.>", "a.b.c"),
        (">", "a"),
    ] {
        assert!(matches(pattern, topic), "{pattern} {topic}");
    }
}

#[test]
fn m021_near_misses_do_not_match() {
    for (pattern, topic) in [
        ("a.b", "a.b.c"),
        ("a.b", "a"),
        ("a.b", "A.b"),
        ("a.b", "a.bc"),
        ("a.*", "a"),
        ("a.*", "a.b.c"),
        ("*", "a.b"),
        ("a.>", "a"),
        ("a.>", "ab.c"),
        ("a.*.>", "a.b"),
    ] {
        assert!(!matches(pattern, topic), "{pattern} {topic}");
    }
}

#[test]
fn m021_what_is_no_pattern_says_why() {
    let error = |text: &str| text.parse::<Pattern>().unwrap_err();
    let (text, segment) = ("a.b*".to_owned(), "b*".to_owned());
    assert_eq!(error("a.b*"), PatternError::Partial { text, segment });
    assert_eq!(error("a.>.b"), PatternError::RestNotLast("a.>.b".into()));
    assert!(error("a.**").to_string().contains("whole segments"));
    assert!(error("").to_string().contains("at least one segment"));
}

#[test]
fn m021_what_is_no_topic_is_an_error_and_no_panic() {
    let hub = hub();
    let topic = |name: &str| hub.topic::<u32>(name, Keep::Nothing).unwrap_err();
    assert_eq!(topic(""), TopicError::Empty);
    assert_eq!(topic("a..b"), TopicError::EmptySegment("a..b".into()));
    assert_eq!(topic(".a"), TopicError::EmptySegment(".a".into()));
    assert_eq!(topic("a b"), TopicError::Character { text: "a b".into(), character: ' ' });
    assert_eq!(topic("a.*"), TopicError::Character { text: "a.*".into(), character: '*' });
    assert_eq!(topic("a\n"), TopicError::Character { text: "a\n".into(), character: '\n' });
    assert_eq!(topic(&"a".repeat(256)), TopicError::TooLong(256));
    assert!(matches!(topic(&["a"; 33].join(".")), TopicError::TooDeep { segments: 33, .. }));
    assert!(hub.topic::<u32>(&["a"; 32].join("."), Keep::Nothing).is_ok());
    assert!(hub.topic::<u32>(&"a".repeat(255), Keep::Nothing).is_ok());
    assert!(hub.send("a.>", &1).is_err());
}

/// What a pattern means, said in another way: with all the ways to cut a topic.
fn naive(pattern: &[&str], topic: &[&str]) -> bool {
    match (pattern, topic) {
        ([], []) => true,
        ([">"], [_, ..]) => true,
        (["*", pattern @ ..], [_, topic @ ..]) => naive(pattern, topic),
        ([one, pattern @ ..], [other, topic @ ..]) => one == other && naive(pattern, topic),
        _ => false,
    }
}

fn topic() -> impl Strategy<Value = String> {
    vec(prop::sample::select(vec!["a", "b", "ab", "ä"]), 1..5).prop_map(|segments| segments.join("."))
}

fn pattern() -> impl Strategy<Value = String> {
    let segment = prop::sample::select(vec!["a", "b", "ab", "ä", "*"]);
    (vec(segment, 1..5), any::<bool>()).prop_map(|(mut segments, rest)| {
        if rest {
            segments.push(">");
        }
        segments.join(".")
    })
}

proptest! {
    #[test]
    fn m021_a_pattern_matches_what_it_says(pattern in pattern(), topic in topic()) {
        let (wanted, segments) = (pattern.split('.').collect::<Vec<_>>(), topic.split('.').collect::<Vec<_>>());
        prop_assert_eq!(matches(&pattern, &topic), naive(&wanted, &segments));
    }

    /// However subscriptions come and go, a message reaches those that match, once each, and no other.
    #[test]
    fn m021_a_message_reaches_whom_it_should(
        steps in vec((pattern(), any::<Option<prop::sample::Index>>()), 1..20),
        topics in vec(topic(), 1..6),
    ) {
        let hub = hub();
        let mut feeds = Vec::new();
        for (pattern, gone) in steps {
            let feed = hub.subscribe::<u32>(&pattern).unwrap();
            feeds.push((pattern.parse::<Pattern>().unwrap(), feed));
            if let Some(gone) = gone {
                drop(feeds.swap_remove(gone.index(feeds.len())));
            }
        }
        for (number, topic) in (0u32..).zip(&topics) {
            // Twice by a handle, which remembers who listens, and once without.
            let handle = hub.topic(topic, Keep::Nothing).unwrap();
            handle.publish(3 * number);
            handle.publish(3 * number + 1);
            hub.send(topic, &(3 * number + 2)).unwrap();
        }
        for (pattern, feed) in &mut feeds {
            let wanted = (0u32..).zip(&topics).filter(|(_, topic)| pattern.matches(topic));
            for number in wanted.flat_map(|(number, _)| 3 * number..3 * number + 3) {
                prop_assert_eq!(feed.next().now_or_never().map(|message| *message), Some(number));
            }
            prop_assert_eq!(feed.waiting(), 0);
        }
    }

    #[test]
    fn m021_no_text_does_harm(text in any::<String>()) {
        let _ = (text.parse::<Pattern>(), hub().topic::<u32>(&text, Keep::Last).map(|topic| topic.publish(1)));
    }
}
