//! From Markdown to HTML that needs neither scripts nor styles of its own: code is coloured by classes.

use std::sync::LazyLock;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};
use syntect::html::{ClassStyle, ClassedHTMLGenerator};
use syntect::parsing::SyntaxSet;
use syntect::util::LinesWithEndings;

/// The languages that code can be in.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// What the classes of coloured code begin with: `hl-keyword`, `hl-string`, `hl-comment`.
const CLASSES: ClassStyle = ClassStyle::SpacedPrefixed { prefix: "hl-" };

/// The HTML of a text. HTML in it is shown as it is written.
pub(crate) fn to_html(markdown: &str) -> String {
    let mut code: Option<Code<'_>> = None;
    let events =
        Parser::new_ext(markdown, Options::ENABLE_SMART_PUNCTUATION).filter_map(|event| match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                code = Some(Code::new(kind));
                None
            }
            Event::Text(text) if let Some(code) = &mut code => {
                code.text.push_str(&text);
                None
            }
            Event::End(TagEnd::CodeBlock) => code.take().map(|code| Event::Html(code.to_html().into())),
            Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
            other => Some(other),
        });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

/// Code, and its language.
struct Code<'a> {
    language: CowStr<'a>,
    text: String,
}

impl<'a> Code<'a> {
    fn new(kind: CodeBlockKind<'a>) -> Self {
        let language = match kind {
            CodeBlockKind::Fenced(language) => language,
            CodeBlockKind::Indented => CowStr::Borrowed(""),
        };
        Code { language, text: String::new() }
    }

    /// The code in a box that the keyboard reaches, since it may be wider than the page.
    fn to_html(&self) -> String {
        let coloured = self.coloured().unwrap_or_else(|_| {
            let mut plain = String::new();
            html::push_html(&mut plain, std::iter::once(Event::Text(self.text.as_str().into())));
            plain
        });
        format!("<pre class=\"code\" tabindex=\"0\"><code>{coloured}</code></pre>\n")
    }

    fn coloured(&self) -> Result<String, syntect::Error> {
        let known = SYNTAXES.find_syntax_by_token(&self.language);
        let syntax = known.unwrap_or_else(|| SYNTAXES.find_syntax_plain_text());
        let mut generator = ClassedHTMLGenerator::new_with_class_style(syntax, &SYNTAXES, CLASSES);
        for line in LinesWithEndings::from(&self.text) {
            generator.parse_html_for_line_which_includes_newline(line)?;
        }
        Ok(generator.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_coloured_by_classes() {
        let html = to_html("```rust\nlet a = \"<b>\"; // x\n```\n");
        for part in
            ["<pre class=\"code\" tabindex=\"0\">", "hl-storage", "hl-string", "&lt;b&gt;", "hl-comment"]
        {
            assert!(html.contains(part), "no {part} in {html}");
        }
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn code_of_no_language_is_what_it_is() {
        let html = to_html("```nonsense\na < b\n```\n\n    c & d\n");
        assert!(html.contains("a &lt; b") && html.contains("c &amp; d"), "{html}");
    }

    #[test]
    fn html_is_shown_as_it_is_written() {
        let html = to_html("<script>alert(1)</script>\n\na <b onclick=\"x\">b</b>\n");
        assert!(!html.contains("<script") && !html.contains("<b"), "{html}");
        assert!(html.contains("&lt;script&gt;"), "{html}");
    }
}
