//! What a view says to its client, as JSON.

use std::fmt::Write as _;

use firecrest_live::Members;
use firecrest_wire::Payload;
use serde_json::{Map, Value, json};

use super::kind::Kind;
use super::leave::Leave;
use super::page::{Page, Pushed};
use super::tokens;
use crate::channel::Reply;

/// The client's version that this server speaks to; the client compares it with its own.
const VERSION: &str = "1.2.12";

impl Page {
    /// Adds what is not part of the tree: title and events (spec §3.1). Both are sent once.
    pub(super) fn add_members(&mut self, members: &mut Members) {
        if std::mem::take(&mut self.title_is_new)
            && let Some(title) = &self.title
        {
            members.push_member("t", &text(title));
        }
        if let Some(events) = self.take_events() {
            members.push_member("e", &events);
        }
    }

    /// The events that have not been sent, as a JSON list.
    pub(super) fn take_events(&mut self) -> Option<String> {
        Pushed::list(&mut self.events)
    }

    /// Where a sticky view sends the page while it stays itself, if it does.
    pub(super) fn send_away(&mut self) -> Option<(&'static str, Value)> {
        if !self.is_sticky {
            return None;
        }
        let leave = self.leave.take_if(|leave| matches!(leave, Leave::Navigate(..)))?;
        Some(self.departure(&leave))
    }

    /// Where the page is to go, as replies and pushes say it (spec §5.1). What was put into the flash in this turn goes along.
    pub(super) fn departure(&self, leave: &Leave) -> (&'static str, Value) {
        let (event, mut body) = match leave {
            Leave::Patch(to, kind) => return ("live_patch", json!({ "to": to, "kind": kind })),
            Leave::Navigate(to, kind) => ("live_redirect", json!({ "to": to, "kind": kind })),
            Leave::Redirect(to) => ("redirect", json!({ "to": to })),
        };
        if let Some(flash) = tokens::sign_flash(&self.endpoint, &self.fresh) {
            body["flash"] = flash.into();
        }
        (event, body)
    }
}

/// The answer to an event: nothing to say, or a diff.
pub(super) fn answer(members: &Members) -> Payload {
    if members.is_empty() {
        return Payload::empty();
    }
    json_payload(format!("{{\"diff\":{{{}}}}}", members.as_str()))
}

/// A reply with further members, first.
pub(super) fn with_members(reply: Reply, more: &Map<String, Value>) -> Reply {
    let text = match &reply.payload {
        Ok(Payload::Json(json)) => json.strip_prefix('{').filter(|rest| *rest != "}").map(str::to_owned),
        _ => return reply,
    };
    let more = json!(more).to_string();
    match (text, more.strip_suffix('}')) {
        (Some(rest), Some(start)) => Reply::payload("ok", json_payload(format!("{start},{rest}"))),
        _ => Reply::payload("ok", json_payload(more)),
    }
}

/// The payload of a `diff` that nobody has asked for.
pub(super) fn diff(members: &Members) -> Payload {
    json_payload(format!("{{{}}}", members.as_str()))
}

/// The answer to the join of a view of this kind (spec §2.5), with further members. Where pages are annotated, it names the view
/// (F019).
pub(super) fn joined(
    members: &Members,
    kind: &Kind,
    container: Option<&Value>,
    patch: Option<&Value>,
) -> Payload {
    let mut json = format!("{{\"rendered\":{{{}}},\"liveview_version\":\"{VERSION}\"", members.as_str());
    let name = firecrest_live::annotates().then(|| Value::from((kind.name)()));
    for (name, value) in [("container", container), ("live_patch", patch), ("pid", name.as_ref())] {
        if let Some(value) = value {
            // Writing to a string does not fail.
            let _ = write!(json, ",\"{name}\":{value}");
        }
    }
    json.push('}');
    json_payload(json)
}

fn json_payload(json: String) -> Payload {
    Payload::Json(json.into())
}

/// A text as JSON.
pub(super) fn text(text: &str) -> String {
    Value::from(text).to_string()
}
