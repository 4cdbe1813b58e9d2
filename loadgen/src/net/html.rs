//! Finding attributes in a page: enough of HTML for pages that a server of live views writes.

use std::borrow::Cow;

/// The start tag of an element, from its name to the end of its attributes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag<'a>(&'a str);

/// The start tags of a page, in order. What looks like one inside a script is taken for one.
pub(super) fn tags(mut page: &str) -> impl Iterator<Item = Tag<'_>> {
    std::iter::from_fn(move || {
        loop {
            let (_, rest) = page.split_once('<')?;
            page = rest;
            if rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
                let tag;
                (tag, page) = rest.split_at(end(rest)?);
                return Some(Tag(tag));
            }
        }
    })
}

/// Where the tag ends: at the first `>` that is not in quotes.
fn end(tag: &str) -> Option<usize> {
    let mut quote = None;
    tag.bytes().position(|byte| {
        match (quote, byte) {
            (None, b'>') => return true,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        false
    })
}

impl<'a> Tag<'a> {
    /// The element's name.
    pub(super) fn name(self) -> &'a str {
        let end = self.0.find(|c: char| c.is_ascii_whitespace() || c == '/');
        &self.0[..end.unwrap_or(self.0.len())]
    }

    /// The value of an attribute; empty when it has none.
    pub(super) fn attribute(self, name: &str) -> Option<Cow<'a, str>> {
        let mut rest = &self.0[self.name().len()..];
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let end = rest.find(|c: char| c.is_ascii_whitespace() || "=/".contains(c)).unwrap_or(rest.len());
            let (found, after) = rest.split_at(end);
            let value;
            (value, rest) = take_value(after);
            if found.eq_ignore_ascii_case(name) {
                return Some(unescaped(value));
            }
            if found.is_empty() && value.is_empty() {
                // Not HTML: an equals sign that nothing follows.
                return None;
            }
        }
    }
}

/// Takes `="value"` off what follows an attribute's name.
fn take_value(after: &str) -> (&str, &str) {
    let Some(value) = after.trim_start().strip_prefix('=') else { return ("", after) };
    let value = value.trim_start();
    let quoted = value.strip_prefix('"').and_then(|value| value.split_once('"'));
    let quoted = quoted.or_else(|| value.strip_prefix('\'').and_then(|value| value.split_once('\'')));
    let bare = || value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len()));
    quoted.unwrap_or_else(bare)
}

/// The references that escaping writes.
fn unescaped(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return value.into();
    }
    let value = value.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#39;", "'");
    value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(page: &str, name: &str) -> Option<String> {
        tags(page).next().unwrap().attribute(name).map(Cow::into_owned)
    }

    #[test]
    fn tags_are_found_in_order() {
        let page = "<!DOCTYPE html><!-- a < b --><html><p title='1 > 0'>a &lt; b</p><br/><x";
        let names: Vec<_> = tags(page).map(Tag::name).collect();
        assert_eq!(names, ["html", "p", "br"]);
        assert_eq!(tags("no < tags </p>").count(), 0);
    }

    #[test]
    fn an_attribute_has_a_value_in_any_quotes_or_none() {
        let page = "<div id=\"a b\" data-x='c\"d'\n data-bare=e data-main data-empty=\"\" HREF = \"f\"/>";
        let expected =
            [("id", "a b"), ("data-x", "c\"d"), ("data-bare", "e"), ("data-main", ""), ("href", "f")];
        for (name, value) in expected {
            assert_eq!(attribute(page, name).as_deref(), Some(value), "{name}");
        }
        assert_eq!((attribute(page, "data-empty").as_deref(), attribute(page, "div")), (Some(""), None));
        assert_eq!((attribute(page, "b"), attribute(page, "data")), (None, None));
    }

    #[test]
    fn a_value_is_unescaped_once() {
        assert_eq!(attribute("<a b='&lt;&amp;lt;&quot;&#39;&gt;'>", "b").unwrap(), "<&lt;\"'>");
    }

    #[test]
    fn what_is_not_html_ends() {
        for page in ["<a =", "<a = >", "<a b=\"c>", "<a '>", "<a ==>"] {
            assert_eq!(tags(page).find_map(|tag| tag.attribute("id")), None, "{page}");
        }
    }
}
