//! One client: what is held of it, and what it makes of the messages.

use firecrest_live::{Child, Held, Html, RenderError, Replica, Template};

/// A template as the macro would make it.
pub(crate) fn template(fingerprint: u64, statics: &'static [&'static str]) -> &'static Template {
    leak(fingerprint, statics, false)
}

/// The same with one root element.
pub(crate) fn root(fingerprint: u64, statics: &'static [&'static str]) -> &'static Template {
    leak(fingerprint, statics, true)
}

fn leak(fingerprint: u64, statics: &'static [&'static str], is_root: bool) -> &'static Template {
    let json = Box::leak(serde_json::to_string(statics).unwrap().into_boxed_str());
    Box::leak(Box::new(Template { fingerprint, statics, json, is_root, source: None }))
}

/// A tree of a template around a single value.
pub(crate) fn around(template: &'static Template, write: impl FnOnce(&mut Html)) -> Html {
    let mut html = Html::new(template);
    write(&mut html);
    html
}

/// What the server puts where a nested view stands.
pub(crate) fn stand_in(child: &Child) -> String {
    format!("<div id=\"{}\"></div>", child.id)
}

/// What a browser shows of a tree.
pub(crate) fn shown(html: &Html) -> String {
    let mut out = String::new();
    html.write_to(&mut out, &mut |child, out| out.push_str(&stand_in(child)));
    out
}

#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) held: Held,
    pub(crate) replica: Replica,
}

impl Client {
    pub(crate) fn new() -> Client {
        Client { held: Held::new(7), replica: Replica::new() }
    }

    /// Sends what is needed to show a tree, and gives the message; fails unless the client shows the tree then.
    pub(crate) fn show(&mut self, html: &Html) -> String {
        let message = self.try_show(html).unwrap();
        assert_eq!(self.replica.html().unwrap(), shown(html), "{message}");
        message
    }

    pub(crate) fn try_show(&mut self, html: &Html) -> Result<String, RenderError> {
        let message = self.held.diff(html, &mut stand_in)?.to_string();
        let value = serde_json::from_str(&message).unwrap();
        self.replica.merge(&value).unwrap_or_else(|error| panic!("{error}: {message}"));
        Ok(message)
    }
}
