//! What the client adds to a component's element.

/// Marks the element that begins at `from`, after comments perhaps, as that of a component.
pub(super) fn mark(cid: u64, from: usize, out: &mut String) {
    let mut at = from;
    while let Some(comment) = out.get(at..).and_then(|rest| rest.trim_start().strip_prefix("<!--")) {
        match comment.find("-->") {
            Some(end) => at = out.len() - comment.len() + end + 3,
            None => return,
        }
    }
    let Some(tag) = out.get(at..).and_then(|rest| rest.find('<')).map(|tag| at + tag + 1) else { return };
    let name = out[tag..].find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or_default();
    out.insert_str(tag + name, &format!(" data-phx-component=\"{cid}\""));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_the_first_attribute_of_the_element() {
        for (html, marked) in [
            ("<p>a</p>", "x<p data-phx-component=\"7\">a</p>"),
            ("<hr/>", "x<hr data-phx-component=\"7\"/>"),
            ("\n<!-- <b> -->\n<p id=\"a\">", "x\n<!-- <b> -->\n<p data-phx-component=\"7\" id=\"a\">"),
            ("no element", "xno element"),
        ] {
            let mut out = format!("x{html}");
            mark(7, 1, &mut out);
            assert_eq!(out, marked);
        }
    }
}
