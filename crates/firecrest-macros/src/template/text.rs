//! Text of a template on its way into statics.

/// Appends text between tags, escaped.
pub(super) fn push(out: &mut String, text: &str) {
    escape(out, text, false);
}

/// Appends ` name="value"`, escaped.
pub(super) fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(out, value, true);
    out.push('"');
}

fn escape(out: &mut String, text: &str, is_quoted: bool) {
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if is_quoted => out.push_str("&quot;"),
            char => out.push(char),
        }
    }
}

/// Texts as a JSON array.
pub(super) fn json(texts: &[String]) -> String {
    let mut out = String::from("[");
    for text in texts {
        if out.len() > 1 {
            out.push(',');
        }
        push_json(&mut out, text);
    }
    out.push(']');
    out
}

fn push_json(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{0}'..='\u{1f}' => out.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => out.push(char),
        }
    }
    out.push('"');
}

/// What a run of tokens was most likely meant to say: the words with the spaces that prose has.
pub(super) fn prose(words: &[String]) -> String {
    let mut out = String::new();
    for word in words {
        let sticks = out.is_empty()
            || word.starts_with([',', '.', ';', ':', '!', '?', '\'', ')', '-', '/', '’'])
            || out.ends_with(['\'', '(', '-', '/', '’']);
        if !sticks {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f005_text_and_attributes_are_escaped() {
        let mut out = String::new();
        push(&mut out, "a < b && \"c\" > 'd'");
        push_attribute(&mut out, "title", "<\"&'>");
        assert_eq!(out, "a &lt; b &amp;&amp; \"c\" &gt; 'd' title=\"&lt;&quot;&amp;'&gt;\"");
    }

    #[test]
    fn statics_are_json() {
        let texts = ["", "a\"b\\c", "\n\r\t\u{1}\u{1f}", "é\u{2028}<"].map(String::from);
        assert_eq!(json(&texts), "[\"\",\"a\\\"b\\\\c\",\"\\n\\r\\t\\u0001\\u001f\",\"é\u{2028}<\"]");
        assert_eq!(json(&[]), "[]");
    }

    #[test]
    fn tokens_read_as_prose() {
        let words = ["Hello", ",", "world", "!", "don", "'", "t", "(", "x", ")"].map(String::from);
        assert_eq!(prose(&words), "Hello, world! don't (x)");
    }
}
