//! Finding elements (T05).

use std::fmt;

use scraper::{ElementRef, Selector};

use super::text::{describe, shortened, text};
use super::{Document, Node};
use crate::view::failure::Failure;

/// Most candidates that a failed search shows.
const MAX_CANDIDATES: usize = 12;

/// Most characters of the page that a failed search shows.
const MAX_PAGE: usize = 2_000;

/// What a test looks for: a CSS selector, and text that must be in the element.
#[derive(Clone, Copy, Debug)]
pub(in crate::view) struct Query<'a> {
    pub(in crate::view) selector: &'a str,
    pub(in crate::view) text: Option<&'a str>,
}

impl Document {
    /// All that match, in the whole page or inside an element.
    pub(in crate::view) fn all(
        &self,
        within: Option<Node>,
        query: Query<'_>,
    ) -> Result<Vec<ElementRef<'_>>, Failure> {
        let mut found = self.selected(within, query.selector)?;
        if let Some(wanted) = query.text {
            found.retain(|element| text(*element).contains(wanted));
        }
        Ok(found)
    }

    /// The only one that matches. When several contain the text and one of them is nothing but the text, it is that one.
    pub(in crate::view) fn one(&self, within: Option<Node>, query: Query<'_>) -> Result<Node, Failure> {
        let found = self.all(within, query)?;
        if let [only] = found[..] {
            return Ok(only.id());
        }
        let exact: Vec<_> = found.iter().filter(|element| Some(&*text(**element)) == query.text).collect();
        match exact[..] {
            [only] => Ok(only.id()),
            _ => Err(self.not_one(within, query, &found)),
        }
    }

    fn selected(&self, within: Option<Node>, selector: &str) -> Result<Vec<ElementRef<'_>>, Failure> {
        let parsed = Selector::parse(selector)
            .map_err(|error| Failure::new(format!("{selector:?} is no CSS selector: {error:?}")))?;
        Ok(match within {
            Some(node) => self.get(node).select(&parsed).collect(),
            None => self.elements().filter(|element| parsed.matches(element)).collect(),
        })
    }

    fn not_one(&self, within: Option<Node>, query: Query<'_>, found: &[ElementRef<'_>]) -> Failure {
        if !found.is_empty() {
            let text = format!("expected one {query}, but there are {}:{}", found.len(), list(found));
            return Failure::new(text);
        }
        let others = self.selected(within, query.selector).unwrap_or_default();
        Failure::new(if others.is_empty() {
            let page = within.map_or_else(|| self.body(), |node| self.get(node).html());
            format!("expected one {query}, but there is none in:\n{}", shortened(&page, MAX_PAGE))
        } else {
            format!(
                "expected one {query}, but there is none; without the text there would be:{}",
                list(&others)
            )
        })
    }
}

/// One line each.
fn list(elements: &[ElementRef<'_>]) -> String {
    let shown = elements.iter().take(MAX_CANDIDATES).map(|element| format!("\n  {}", describe(*element)));
    let more = elements.len().saturating_sub(MAX_CANDIDATES);
    let more = (more > 0).then(|| format!("\n  and {more} more"));
    shown.chain(more).collect()
}

impl fmt::Display for Query<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.selector)?;
        match self.text {
            Some(text) => write!(f, " with the text {text:?}"),
            None => Ok(()),
        }
    }
}
