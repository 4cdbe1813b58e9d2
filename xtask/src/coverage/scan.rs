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

/// Those proofs that are in files below `folder`.
pub(crate) fn within(folder: &str, proofs: &Proofs) -> Proofs {
    let own = |tests: &Vec<String>| tests.iter().filter(|test| test.starts_with(folder)).cloned().collect();
    let some = proofs.iter().map(|(id, tests)| (*id, own(tests)));
    some.filter(|(_, tests): &(Id, Vec<String>)| !tests.is_empty()).collect()
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

    fn claims(tests: &[Test]) -> Vec<(&str, String)> {
        let claims = |test: &Test| ids::find(&test.claims).iter().map(Id::to_string).collect::<Vec<_>>();
        tests.iter().map(|test| (test.name.as_str(), claims(test).join(" "))).collect()
    }

    fn expected<'a>(claims: &[(&'a str, &str)]) -> Vec<(&'a str, String)> {
        claims.iter().map(|(name, ids)| (*name, (*ids).to_owned())).collect()
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
            async fn f062_push() {}";
        let tests = rust_tests(source);
        assert_eq!(
            claims(&tests),
            expected(&[("routes", "C001 C002"), ("c115_join", "C115"), ("f062_push", "F062")])
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
        assert_eq!(claims(&rust_tests(source)), expected(&[("real", "")]));
    }

    #[test]
    fn node_tests_claim_by_title() {
        let source = "test(\"H02 C115 ping\", async () => {\n  test(`F110, E042: over ${name}`, f);\nlatest(\"C117\");";
        let tests = node_tests(source);
        let over = ("F110, E042: over ${name}", "F110 E042");
        assert_eq!(claims(&tests), expected(&[("H02 C115 ping", "C115"), over]));
    }

    #[test]
    fn a_test_that_names_an_item_twice_is_listed_once() {
        let mut proofs = Proofs::new();
        record(&mut proofs, "a.rs", &Test { name: "c001_x".into(), claims: "c001_x C001".into() });
        assert_eq!(proofs[&ids::only("C001")], ["a.rs: c001_x"]);
    }

    #[test]
    fn proofs_can_be_limited_to_a_folder() {
        let mut proofs = Proofs::new();
        for (file, ids) in [("tests/browser/a.test.mjs", "E001"), ("crates/a.rs", "E001 E002")] {
            record(&mut proofs, file, &Test { name: "x".into(), claims: ids.into() });
        }
        let own = within("tests/browser/", &proofs);
        assert_eq!(own, Proofs::from([(ids::only("E001"), vec!["tests/browser/a.test.mjs: x".to_owned()])]));
        assert_eq!(within("", &proofs), proofs);
    }
}
