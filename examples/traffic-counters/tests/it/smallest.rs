//! The whole of it without looks does what it says, and is as small as the README says.

use std::path::Path;
use std::time::Duration;

use firecrest::Endpoint;
use firecrest::tally::Tally;
use firecrest_test::{TestBrowser, TestPage, advance};

#[allow(dead_code, unreachable_pub, reason = "a program, of which a part is tested")]
#[path = "../../examples/smallest.rs"]
mod program;

async fn look(page: &TestPage) -> Vec<String> {
    advance(Duration::from_millis(100)).await;
    page.texts("p")
}

#[firecrest::test]
async fn k006_two_numbers_rise_and_fall_for_everybody() {
    let endpoint = Endpoint::builder().tally(Tally::in_memory()).build().unwrap();
    let app = program::app(&endpoint);
    let visitor = || TestBrowser::new(&endpoint, app.clone());
    let ann = visitor().open("/").await.unwrap();
    assert_eq!(look(&ann).await, ["Total: 1", "Active: 1"]);
    let ben = visitor().open("/").await.unwrap();
    assert_eq!(look(&ann).await, ["Total: 2", "Active: 2"]);
    assert_eq!(look(&ben).await, ["Total: 2", "Active: 2"]);
    drop(ben);
    assert_eq!(look(&ann).await, ["Total: 2", "Active: 1"]);
}

/// Lines of code: neither empty, nor a comment, nor part of a file's own tests.
fn lines(program: &str) -> usize {
    let code = program.split("#[cfg(test)]").next().unwrap_or_default().lines();
    code.filter(|line| !line.trim().is_empty() && !line.trim().starts_with("//")).count()
}

#[test]
fn every_file_has_as_many_lines_as_the_readme_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rows = include_str!("../../README.md").lines().filter_map(|row| {
        let (file, rest) = row.strip_prefix("| `")?.split_once("` | ")?;
        Some((file, rest.split(' ').next()?.parse::<usize>().ok()?))
    });
    let rows: Vec<_> = rows.collect();
    assert_eq!((rows[0].0, rows.len()), ("examples/smallest.rs", 6));
    for (file, said) in rows {
        assert_eq!(lines(&std::fs::read_to_string(root.join(file)).unwrap()), said, "{file}");
    }
}
