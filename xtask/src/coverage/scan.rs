//! Finds the tests that name items.

use std::collections::BTreeMap;

use super::ids::{self, Id};
use crate::failure::Failure;
use crate::tree;

/// For each item the tests that name it, as "file: test".
pub(crate) type Proofs = BTreeMap<Id, Vec<String>>;

/// One test and the text in which it may name items.
#[derive(Debug, PartialEq)]
struct Test {
    name: String,
    claims: String,
}

/// Scans every test of the repository.
pub(crate) fn proofs() -> Result<Proofs, Failure> {
    let mut proofs = Proofs::new();
    for path in tree::files(tree::root(), &["rs", "mjs"])? {
        let name = tree::relative(&path);
        // This scanner's own tests contain tests that only look like tests.
        if name.starts_with("xtask/") {
            continue;
        }
        let text = tree::read(&path)?;
        let tests = if name.ends_with(".rs") { rust_tests(&text) } else { node_tests(&text) };
        for test in tests {
            record(&mut proofs, &name, &test);
        }
    }
    Ok(proofs)
}

fn record(proofs: &mut Proofs, file: &str, test: &Test) {
    let mut named = ids::find(&test.claims);
    named.sort_unstable();
    named.dedup();
    for id in named {
        proofs.entry(id).or_default().push(format!("{file}: {}", test.name));
    }
}

/// Functions with a test attribute; they claim items in their name and in their doc comment.
fn rust_tests(text: &str) -> Vec<Test> {
    let mut tests = Vec::new();
    let mut head = Head::default();
    for line in text.lines().map(str::trim) {
        if head.takes(line) {
            continue;
        }
        let head = std::mem::take(&mut head);
        if let Some(name) = function_name(line).filter(|_| head.is_test) {
            tests.push(Test { name: name.to_owned(), claims: format!("{name} {}", head.docs) });
        }
    }
    tests
}

/// Doc comments and attributes in front of an item.
#[derive(Default)]
struct Head {
    docs: String,
    is_test: bool,
    /// Inside an attribute that goes on for several lines.
    in_attribute: bool,
}

impl Head {
    /// Whether the line belongs to the head of the item that follows.
    fn takes(&mut self, line: &str) -> bool {
        if self.in_attribute {
            self.in_attribute = !line.ends_with(']');
        } else if let Some(docs) = line.strip_prefix("///") {
            self.docs.push_str(docs);
        } else if let Some(attribute) = line.strip_prefix("#[") {
            let path = attribute.split(['(', ']']).next().unwrap_or_default();
            self.is_test |= path == "test" || path.ends_with("::test");
            self.in_attribute = !line.ends_with(']');
        } else {
            return line.starts_with("//");
        }
        true
    }
}

/// The name in `async fn name(`.
fn function_name(line: &str) -> Option<&str> {
    let words = ["pub ", "async ", "fn "];
    let rest = words.iter().fold(line, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
    let is_function = rest.len() < line.len() && line[..line.len() - rest.len()].ends_with("fn ");
    rest.split(['(', '<']).next().filter(|_| is_function)
}

/// Calls of `test`; they claim items in their title.
fn node_tests(text: &str) -> Vec<Test> {
    text.lines()
        .filter_map(|line| title(line.trim()))
        .map(|title| Test { name: title.to_owned(), claims: title.to_owned() })
        .collect()
}

/// The title in `test("title", …`.
fn title(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("test(")?;
    let quote = rest.chars().next().filter(|first| ['"', '\'', '`'].contains(first))?;
    rest[1..].split(quote).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(tests: &[Test]) -> Vec<(&str, Vec<Id>)> {
        tests.iter().map(|test| (test.name.as_str(), ids::find(&test.claims))).collect()
    }

    #[test]
    fn rust_tests_claim_by_name_and_by_doc_comment() {
        let source = "
            /// Proves C001 and
            /// C002.
            #[test]
            fn routes() {}

            #[tokio::test(
                flavor = \"multi_thread\"
            )]
            async fn c115_join() {}

            #[firecrest::test]
            async fn c116_push() {}";
        let tests = rust_tests(source);
        assert_eq!(
            names(&tests),
            [("routes", vec![1, 2]), ("c115_join", vec![115]), ("c116_push", vec![116])]
        );
    }

    #[test]
    fn what_is_no_test_claims_nothing() {
        let source = "
            /// Proves C001.
            fn helper() {}
            #[must_use]
            fn c002_helper() {}
            /// C003
            struct Thing;
            #[test]
            fn real() {}";
        assert_eq!(names(&rust_tests(source)), [("real", vec![])]);
    }

    #[test]
    fn node_tests_claim_by_title() {
        let source =
            "test(\"H02 C115 ping\", async () => {\n  test(`C116 over ${name}`, f);\nlatest(\"C117\");";
        let tests = node_tests(source);
        assert_eq!(names(&tests), [("H02 C115 ping", vec![115]), ("C116 over ${name}", vec![116])]);
    }

    #[test]
    fn a_test_that_names_an_item_twice_is_listed_once() {
        let mut proofs = Proofs::new();
        record(&mut proofs, "a.rs", &Test { name: "c001_x".into(), claims: "c001_x C001".into() });
        assert_eq!(proofs[&1], ["a.rs: c001_x"]);
    }
}
