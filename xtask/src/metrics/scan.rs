//! Where sources record something: the calls of `counter!`, `gauge!` and `histogram!`.

use super::catalogue::Metric;
use crate::failure::Failure;

/// One call.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) file: String,
    pub(super) name: String,
    kind: &'static str,
    labels: Vec<UsedLabel>,
}

#[derive(Debug)]
struct UsedLabel {
    name: String,
    /// The value, when it stands there.
    value: Option<String>,
}

const KINDS: [&str; 3] = ["counter", "gauge", "histogram"];

/// The calls in a source, without those of its tests; the error is one whose name does not stand there.
pub(super) fn uses(file: &str, source: &str) -> Result<Vec<Use>, Failure> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut uses = Vec::new();
    for kind in KINDS {
        let call = format!("{kind}!(");
        for (at, _) in source.match_indices(&call) {
            // `describe_counter!` records nothing.
            let before = source[..at].chars().next_back();
            if before.is_none_or(|before| before == '_' || before.is_alphanumeric()) || is_comment(source, at)
            {
                continue;
            }
            let used = read(file, kind, arguments(&source[at + call.len()..]));
            uses.push(used.ok_or_else(|| {
                let line = source[..at].lines().count();
                Failure::new(format!("{file}:{line}: the name of a metric must stand in the call, as text"))
            })?);
        }
    }
    Ok(uses)
}

fn is_comment(source: &str, at: usize) -> bool {
    let line = source[..at].rsplit('\n').next().unwrap_or_default();
    line.trim_start().starts_with("//")
}

fn read(file: &str, kind: &'static str, arguments: Vec<&str>) -> Option<Use> {
    let mut arguments = arguments.into_iter();
    let name = literal(arguments.next()?)?;
    let labels = arguments.filter_map(|argument| {
        let (name, value) = argument.split_once("=>")?;
        Some(UsedLabel { name: literal(name)?, value: literal(value) })
    });
    Some(Use { file: file.into(), name, kind, labels: labels.collect() })
}

/// The arguments of a call, from behind its bracket on.
fn arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut in_text, mut escaped, mut begin) = (0, false, false, 0);
    let mut arguments = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => {
                arguments.push(text[begin..at].trim());
                break;
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                arguments.push(text[begin..at].trim());
                begin = at + 1;
            }
            _ => {}
        }
    }
    arguments.retain(|argument| !argument.is_empty());
    arguments
}

fn literal(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains('"')).then(|| inner.to_owned())
}

impl Use {
    /// How the call differs from what the catalogue says.
    pub(super) fn differs(&self, metric: &Metric) -> Option<String> {
        if self.kind != metric.kind {
            return Some(format!("is a {} here, and a {} in the catalogue", self.kind, metric.kind));
        }
        let mut used: Vec<_> = self.labels.iter().map(|label| label.name.as_str()).collect();
        let mut listed: Vec<_> = metric.labels.iter().map(|label| label.name.as_str()).collect();
        used.sort_unstable();
        listed.sort_unstable();
        if used != listed {
            return Some(format!("has the labels {used:?} here, and {listed:?} in the catalogue"));
        }
        self.labels.iter().find_map(|label| {
            let value = label.value.as_ref()?;
            let listed = metric.labels.iter().find(|listed| listed.name == label.name)?;
            let is_listed = listed.values.is_empty() || listed.values.contains(value);
            (!is_listed).then(|| format!("has {}={value:?}, which the catalogue does not list", label.name))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_however_they_are_written() {
        let source = r#"
            metrics::counter!("a_total").increment(1);
            let b = gauge!(
                "b",
                "label" => if yes { "x, (y)" } else { f(1, 2) },
            );
            metrics::describe_counter!("c_total", "C");
            /// metrics::counter!("d_total") in a comment.
            "#;
        let uses = uses("a.rs", source).unwrap();
        let names: Vec<_> =
            uses.iter().map(|used| (used.kind, used.name.as_str(), used.labels.len())).collect();
        assert_eq!(names, [("counter", "a_total", 0), ("gauge", "b", 1)]);
    }

    #[test]
    fn tests_record_what_they_like_and_names_must_stand_there() {
        assert!(uses("a.rs", "#[cfg(test)]\nmod tests {\n counter!(\"x\");").unwrap().is_empty());
        let error = uses("a.rs", "\nfn a() { metrics::counter!(NAME); }").unwrap_err();
        assert!(error.to_string().contains("a.rs:2"), "{error}");
    }
}
