//! HTML pages with places to fill in.

use crate::url;

/// Fills in a page: `{{name}}` with the value of that name, escaped for text and attributes, and `{{asset:FILE}}` with the
/// address of a bundled file.
///
/// # Panics
/// When the page has a place that nobody fills: the pages are part of the program.
pub fn page(template: &str, values: &[(&str, &str)]) -> String {
    let mut parts = template.split("{{");
    let mut page = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, text) = part.split_once("}}").expect("every {{ has its }}");
        match name.strip_prefix("asset:") {
            Some(file) => page.push_str(&url(file)),
            None => {
                let value = values.iter().find(|(key, _)| *key == name);
                let (_, value) = value.unwrap_or_else(|| panic!("nothing to fill in for {{{{{name}}}}}"));
                escape(&mut page, value);
            }
        }
        page.push_str(text);
    }
    page
}

fn escape(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn values_are_escaped() {
        let page = page("<b title=\"{{a}}\">{{b}}</b>", &[("a", "\"'"), ("b", "<&>")]);
        assert_eq!(page, "<b title=\"&quot;&#39;\">&lt;&amp;&gt;</b>");
    }

    #[test]
    fn a_bundled_file_has_an_address_that_changes_with_it() {
        assert!(page("{{asset:base.css}}", &[]).starts_with("/assets/base.css?v="));
    }
}
