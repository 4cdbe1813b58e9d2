//! The element of an item.

use crate::escape::escape;

/// Whether HTML begins with an element that has this id, after comments at most.
pub(crate) fn has_id(html: &str, id: &str) -> bool {
    let mut escaped = String::new();
    escape(&mut escaped, id);
    first_id(html) == Some(&*escaped)
}

/// The id of the first element, as it is written.
fn first_id(html: &str) -> Option<&str> {
    let mut html = html;
    while let Some((_, rest)) = html.strip_prefix("<!--").and_then(|comment| comment.split_once("-->")) {
        html = rest;
    }
    let mut parts = html.strip_prefix('<')?.split('"');
    loop {
        let outside = parts.next().filter(|outside| !outside.contains('>'))?;
        let value = parts.next()?;
        if outside.ends_with(" id=") {
            return Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_the_first_element_is_found_wherever_it_stands() {
        for (html, id) in [
            (r#"<li id="a">"#, Some("a")),
            (r#"<!-- " --><li class="x > y" title=" id=" id="a">"#, Some("a")),
            (r#"<li data-id="b" hidden id="">"#, Some("")),
            (r#"<li><b id="a">"#, None),
            (r#"<li title="x"><b id="a">"#, None),
            (r#"a<li id="a">"#, None),
            ("<li", None),
            ("", None),
        ] {
            assert_eq!(first_id(html), id, "{html}");
        }
    }
}
