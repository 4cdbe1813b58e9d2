//! `guides/measure.md`: its application, and that it speaks of metrics, limits and variables that there are.

use crate::markdown::blocks;

const GUIDE: &str = include_str!("../../../../guides/measure.md");
const MAIN: &str = include_str!("measure/main.rs");
const CATALOGUE: &str = include_str!("../../../firecrest/src/telemetry/catalogue.txt");

#[allow(dead_code, reason = "what the guide shows and nobody calls here")]
mod application {
    include!("measure/main.rs");

    mod tests {
        use firecrest_test::TestSocket;
        use metrics_util::debugging::{DebugValue, DebuggingRecorder};

        use super::*;

        #[firecrest::test]
        async fn payments_are_counted_and_timed() {
            let recorder = DebuggingRecorder::new();
            let snapshots = recorder.snapshotter();
            // The test's runtime has one thread, so that this recorder hears everything.
            let _recording = metrics::set_default_local_recorder(&recorder);

            let client = TestSocket::<Shop>::connect(()).await.unwrap();
            let checkout = client.join("checkout:1", ()).await.unwrap();
            let paid = checkout.push("pay", json!({ "cents": 499 })).await;
            paid.expect_ok(json!({ "result": "ok" })).await;

            let recorded = snapshots.snapshot().into_vec();
            let value =
                |name| recorded.iter().find(|(key, ..)| key.key().name() == name).map(|(.., value)| value);
            assert_eq!(value("shop_payments_total"), Some(&DebugValue::Counter(1)));
            assert!(
                matches!(value("shop_payment_seconds"), Some(DebugValue::Histogram(times)) if times.len() == 1)
            );
        }
    }
}

#[test]
fn the_guide_shows_code_as_it_is() {
    let shown = blocks(GUIDE, "rust");
    assert!(shown.len() > 2);
    for block in shown {
        let is_here = [MAIN, include_str!("measure.rs")].iter().any(|source| block.is_in(source));
        assert!(is_here, "this is nowhere here:\n{}", block.code());
    }
}

#[test]
fn the_metrics_that_it_names_are_in_the_catalogue() {
    let words = GUIDE.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let names: Vec<_> = words.filter(|word| word.starts_with("firecrest_")).collect();
    assert!(names.len() > 15);
    for name in names {
        // Of a histogram, Prometheus makes several.
        let plain =
            ["_bucket", "_count", "_sum"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        assert!(CATALOGUE.lines().any(|line| line.split('\t').next() == Some(plain)), "there is no {name}");
    }
}

#[test]
fn the_alert_leaves_out_limits_that_there_are() {
    let (_, rest) = GUIDE.split_once("limit!~\"").unwrap();
    let (left_out, _) = rest.split_once('"').unwrap();
    let line = CATALOGUE.lines().find(|line| line.starts_with("firecrest_limits_reached_total\t")).unwrap();
    let (_, known) = line.split('\t').nth(3).unwrap().split_once("limit=").unwrap();
    for limit in left_out.split('|') {
        assert!(known.split('|').any(|known| known == limit), "there is no {limit}");
        assert!(GUIDE.contains(&format!("`{limit}`")), "the guide does not say why {limit} is left out");
    }
}
