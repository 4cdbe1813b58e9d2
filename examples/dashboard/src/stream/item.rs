//! What is shown of an event.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::parser::Event;
use crate::config::{StreamCard, WebUrl};
use crate::sources::cut;

/// Longest text of an item, in characters.
const MAX_TEXT: usize = 280;

/// Longest address of an item, in bytes. What has a longer one is shown without.
const MAX_LINK: usize = 2_048;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Item {
    /// Its place in the stream, as it was heard here.
    pub(crate) number: u64,
    pub(crate) text: String,
    /// An address by http or https.
    pub(crate) link: Option<String>,
}

/// Which events become items, and how.
#[derive(Debug)]
pub(super) struct Filter {
    event: Option<String>,
    /// In lower case.
    term: Option<String>,
    text: Option<String>,
    link: Option<String>,
}

impl Filter {
    pub(super) fn of(card: &StreamCard) -> Self {
        let plain =
            |pointer: &Option<crate::config::Pointer>| pointer.as_ref().map(|pointer| pointer.0.clone());
        Filter {
            event: card.event.as_ref().map(|event| event.0.clone()),
            term: card.term.as_ref().map(|term| term.0.to_lowercase()),
            text: plain(&card.text),
            link: plain(&card.link),
        }
    }

    /// What is shown of an event, if anything.
    pub(super) fn item(&self, event: Event, number: u64) -> Option<Item> {
        if self.event.as_ref().is_some_and(|name| *name != event.name) {
            return None;
        }
        let (text, link) = match &self.text {
            None => (event.data, None),
            Some(pointer) => {
                let data: Value = serde_json::from_str(&event.data).ok()?;
                let text = data.pointer(pointer)?.as_str()?.to_owned();
                let link =
                    self.link.as_ref().and_then(|pointer| data.pointer(pointer)?.as_str().and_then(web));
                (text, link)
            }
        };
        if self.term.as_ref().is_some_and(|term| !text.to_lowercase().contains(term.as_str())) {
            return None;
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then(|| Item { number, text: cut(&text, MAX_TEXT), link })
    }
}

/// An address that a page may lead to.
fn web(link: &str) -> Option<String> {
    let WebUrl(url) = WebUrl::new(link).ok()?;
    Some(url.to_string()).filter(|link| link.len() <= MAX_LINK)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filter(toml: &str) -> Filter {
        let card: StreamCard = toml::from_str(&format!("url = 'http://a.example'\n{toml}")).unwrap();
        Filter::of(&card)
    }

    fn item(filter: &Filter, data: &(impl ToString + ?Sized)) -> Option<Item> {
        filter.item(Event { name: "message".to_owned(), data: data.to_string() }, 7)
    }

    #[test]
    fn d010_a_term_is_found_in_whatever_case() {
        let filter = filter("term = 'ÉlixirConf'");
        assert!(item(&filter, "at @élixirCONFEU now").is_some());
        assert!(item(&filter, "elsewhere").is_none());
    }

    #[test]
    fn text_and_address_are_where_the_file_says() {
        let filter = filter("text = '/a/text'\nlink = '/url'");
        let shown = item(&filter, &json!({"a": {"text": " two\n words "}, "url": "https://b.example/x?y=z"}))
            .unwrap();
        let expected = Item {
            number: 7,
            text: "two words".to_owned(),
            link: Some("https://b.example/x?y=z".to_owned()),
        };
        assert_eq!(shown, expected);
        for none in [json!({"a": {"text": ""}}), json!({"a": {"text": 7}}), json!({}), json!("text")] {
            assert_eq!(item(&filter, &none), None);
        }
        assert_eq!(item(&filter, "no JSON"), None);
    }

    #[test]
    fn only_the_web_is_led_to() {
        let filter = filter("text = '/t'\nlink = '/u'");
        for link in [
            "javascript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,x",
            "//c.example/",
            "/local",
            "ftp://c.example",
            "https://user:secret@c.example/",
            "http://",
        ] {
            assert_eq!(item(&filter, &json!({"t": "x", "u": link})).unwrap().link, None, "{link}");
        }
        let long = format!("https://c.example/{}", "x".repeat(MAX_LINK));
        assert_eq!(item(&filter, &json!({"t": "x", "u": long})).unwrap().link, None);
    }

    #[test]
    fn events_of_other_names_and_empty_ones_are_left_out() {
        let filter = filter("event = 'update'");
        assert_eq!(item(&filter, "x"), None);
        assert!(filter.item(Event { name: "update".to_owned(), data: "x".to_owned() }, 1).is_some());
        assert_eq!(filter.item(Event { name: "update".to_owned(), data: " \n".to_owned() }, 1), None);
    }
}
