//! What is measured: the page `METRICS.md`, made of the catalogue, which says the same as the code.

mod catalogue;
mod page;
mod scan;

use std::collections::BTreeMap;

use self::catalogue::Metric;
use self::scan::Use;
use crate::failure::Failure;
use crate::tree;

/// A line for each metric: name, kind, unit, labels, meaning.
const CATALOGUE: &str = "crates/firecrest/src/telemetry/catalogue.txt";

const PAGE: &str = "METRICS.md";

/// Where metrics are recorded that others see. What only measures or tests the project is not described.
const SOURCES: [&str; 3] = ["crates", "examples", "showcase"];

/// Writes the page, or with `check` fails when it is out of date; fails when the catalogue and the code do not say the same.
pub(crate) fn run(check: bool) -> Result<(), Failure> {
    let metrics = catalogue::parse(&tree::read(&tree::root().join(CATALOGUE))?)?;
    let mut wrong = complaints(&metrics, &uses()?);
    let (path, page) = (tree::root().join(PAGE), page::write(&metrics));
    match (page, check) {
        (Err(homeless), _) => wrong.extend(homeless),
        (Ok(page), true) if !tree::read(&path).is_ok_and(|written| written == page) => {
            wrong.push(format!("{PAGE} is out of date: cargo xtask metrics"));
        }
        (Ok(_), true) => {}
        (Ok(page), false) => tree::write(&path, &page)?,
    }
    if !wrong.is_empty() {
        return Err(Failure::new(wrong.join("\n")));
    }
    println!("{} metrics, described as they are recorded", metrics.len());
    Ok(())
}

/// Every place that records something.
fn uses() -> Result<Vec<Use>, Failure> {
    let mut uses = Vec::new();
    for folder in SOURCES {
        for path in tree::files(&tree::root().join(folder), &["rs"])? {
            let name = tree::relative(&path);
            if name.contains("/src/") && !name.ends_with("/tests.rs") {
                uses.extend(scan::uses(&name, &tree::read(&path)?)?);
            }
        }
    }
    Ok(uses)
}

/// Where the catalogue and the code differ.
fn complaints(metrics: &[Metric], uses: &[Use]) -> Vec<String> {
    let known: BTreeMap<_, _> = metrics.iter().map(|metric| (metric.name.as_str(), metric)).collect();
    let mut wrong = Vec::new();
    for used in uses {
        match known.get(used.name.as_str()) {
            None => wrong.push(format!("{}: {} is not in {CATALOGUE}", used.file, used.name)),
            Some(metric) => {
                wrong.extend(used.differs(metric).map(|how| format!("{}: {} {how}", used.file, used.name)));
            }
        }
    }
    let dead = known.keys().filter(|name| uses.iter().all(|used| used.name != **name));
    wrong.extend(dead.map(|name| format!("{CATALOGUE}: nothing records {name}")));
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "hits_total\tcounter\thits\tkind=page|api,post\tHits.\nrows\tgauge\trows\t-\tRows.\n";

    fn complaints_about(source: &str) -> Vec<String> {
        complaints(&catalogue::parse(LINES).unwrap(), &scan::uses("a.rs", source).unwrap())
    }

    const ROWS: &str = "metrics::gauge!(\"rows\").set(1.0);";

    #[test]
    fn what_the_catalogue_says_is_right() {
        let hits =
            r#"metrics::counter!("hits_total", "kind" => "page", "post" => post.to_owned()).increment(1);"#;
        assert_eq!(complaints_about(&format!("{hits}{ROWS}")), Vec::<String>::new());
    }

    #[test]
    fn a_name_that_is_missing_on_either_side_is_a_mistake() {
        let wrong = complaints_about(r#"metrics::counter!("miss_total").increment(1);"#);
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(wrong[0].contains("miss_total is not in"));
        assert!(wrong[1].contains("nothing records hits_total") && wrong[2].contains("nothing records rows"));
    }

    #[test]
    fn labels_values_and_kinds_must_be_the_same() {
        for (hits, says) in [
            (r#"metrics::counter!("hits_total", "kind" => "page")"#, "labels"),
            (r#"metrics::counter!("hits_total", "kind" => kind, "post" => p, "x" => x)"#, "labels"),
            (r#"metrics::counter!("hits_total", "kind" => "rss", "post" => p)"#, "\"rss\""),
            (r#"metrics::gauge!("hits_total", "kind" => "page", "post" => p)"#, "gauge"),
        ] {
            let wrong = complaints_about(&format!("{hits};{ROWS}"));
            assert!(wrong.len() == 1 && wrong[0].contains(says), "{hits}: {wrong:?}");
        }
    }

    #[test]
    fn the_project_describes_what_it_records() {
        let text = tree::read(&tree::root().join(CATALOGUE)).unwrap();
        let metrics = catalogue::parse(&text).unwrap();
        assert_eq!(complaints(&metrics, &uses().unwrap()), Vec::<String>::new());
        assert!(page::write(&metrics).is_ok());
    }
}
