//! What makes a page wrong by itself (T61).

use std::collections::BTreeSet;

use firecrest::live::Replica;
use scraper::ElementRef;

use super::dom::{Document, describe, has_attr};
use super::failure::Failure;

/// How much a mistake matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Severity {
    /// The test fails.
    #[default]
    Error,
    /// The test says so.
    Warning,
    /// It does not.
    Nothing,
}

/// Mistakes that are looked for whenever a page changes.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Checks {
    /// Two elements have the same id: the client patches the wrong one. Default: an error.
    pub duplicate_ids: Severity,
    /// A form with `phx-change` has no id: what the visitor has put in is lost when the view crashes. Forms with
    /// `phx-ignore-missing-id` are left out. Default: an error.
    pub forms_without_id: Severity,
}

impl Checks {
    /// Sets how much duplicate ids matter.
    #[must_use]
    pub fn duplicate_ids(self, severity: Severity) -> Self {
        Checks { duplicate_ids: severity, ..self }
    }

    /// Sets how much forms without an id matter.
    #[must_use]
    pub fn forms_without_id(self, severity: Severity) -> Self {
        Checks { forms_without_id: severity, ..self }
    }

    pub(super) fn check(self, document: &Document) -> Result<(), Failure> {
        let duplicates = duplicate_ids(document);
        report(self.duplicate_ids, &duplicates)?;
        report(self.forms_without_id, &forms_without_id(document))
    }
}

/// Fails when the items of a stream are in an element that is none: the client would drop them with the next patch.
pub(super) fn check_streams(replica: &Replica, document: &Document) -> Result<(), Failure> {
    for item in replica.first_items().filter_map(|id| document.by_id(id)) {
        let around = item.ancestors().find_map(ElementRef::wrap);
        let is_stream = |element: &ElementRef<'_>| {
            element.attr("phx-update") == Some("stream") && has_attr(*element, "id")
        };
        if let Some(element) = around.filter(|element| !is_stream(element)) {
            return Err(Failure::new(format!(
                "the items of a stream are in an element without `phx-update=\"stream\"` or without an id: {}",
                describe(element)
            )));
        }
    }
    Ok(())
}

fn duplicate_ids(document: &Document) -> Vec<String> {
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    for element in document.elements() {
        if let Some(id) = element.attr("id")
            && !seen.insert(id)
        {
            found.push(format!("more than one element has the id {id:?}; the last is {}", describe(element)));
        }
    }
    found
}

fn forms_without_id(document: &Document) -> Vec<String> {
    let forms = document.elements().filter(|element| {
        element.value().name() == "form"
            && has_attr(*element, "phx-change")
            && !has_attr(*element, "id")
            && !has_attr(*element, "phx-ignore-missing-id")
    });
    forms.map(|form| format!("a form with phx-change has no id: {}", describe(form))).collect()
}

fn report(severity: Severity, mistakes: &[String]) -> Result<(), Failure> {
    match (severity, mistakes.first()) {
        (Severity::Error, Some(_)) => Err(Failure::new(mistakes.join("\n"))),
        (Severity::Warning, Some(_)) => {
            eprintln!("warning: {}", mistakes.join("\nwarning: "));
            Ok(())
        }
        _ => Ok(()),
    }
}
