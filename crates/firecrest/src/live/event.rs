//! What a page says to its view.

use std::borrow::Cow;

use firecrest_live::form::{ClientEvent, ReadError};
use firecrest_wire::Payload;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::channel::{Event, EventError};

/// A message of the client to a view's channel (spec §4).
pub(crate) enum LiveIn {
    /// An event of the page.
    Event(Payload),
    /// The visitor has followed a link to another address of the view, or gone back.
    Patch(Payload),
    /// The page wants to send files.
    AllowUpload(Payload),
    /// How far a file is.
    Progress(Payload),
    /// Components are about to vanish from the page.
    WillDestroy(Payload),
    /// Components have vanished from the page.
    Destroyed(Payload),
}

impl Event for LiveIn {
    fn decode(event: &str, payload: &Payload) -> Result<Self, EventError> {
        match event {
            "event" => Ok(LiveIn::Event(payload.clone())),
            "live_patch" => Ok(LiveIn::Patch(payload.clone())),
            "allow_upload" => Ok(LiveIn::AllowUpload(payload.clone())),
            "progress" => Ok(LiveIn::Progress(payload.clone())),
            "cids_will_destroy" => Ok(LiveIn::WillDestroy(payload.clone())),
            "cids_destroyed" => Ok(LiveIn::Destroyed(payload.clone())),
            _ => Err(EventError::new(format_args!("a live view has no message {event:?}"))),
        }
    }
}

/// The payload of [`LiveIn::Patch`].
#[derive(Deserialize)]
pub(super) struct Patched<'a> {
    #[serde(borrow)]
    pub(super) url: Cow<'a, str>,
}

/// The events a view understands. Every enum that derives `Deserialize` is one.
///
/// A variant is an event: its name (with serde's renaming) is what the template says, its content the event's value. The
/// attributes `phx-value-NAME` are its fields, and so are the fields of a form. All of that is text: where a field asks for a
/// number or a boolean, the text is read as one.
///
/// ```
/// # use serde::Deserialize;
/// # use firecrest::live::form::FormData;
/// #[derive(Deserialize)]
/// #[serde(rename_all = "snake_case")]
/// enum Say {
///     Inc,                              // phx-click="inc"
///     Pick { id: u64 },                 // phx-click="pick" phx-value-id="7"
///     Validate(FormData),               // phx-change="validate"
///     Save(Signup),                     // phx-submit="save"
///     Key { key: String },              // phx-keydown="key"
/// }
///
/// #[derive(Deserialize)]
/// struct Signup { name: String, age: Option<u8> }
/// ```
pub trait LiveEvent: Sized + Send + 'static {
    /// Reads an event.
    ///
    /// # Errors
    /// When the event is unknown or its value does not fit; the view then crashes and is mounted again.
    fn read(event: &ClientEvent) -> Result<Self, ReadError>;
}

impl<T: DeserializeOwned + Send + 'static> LiveEvent for T {
    fn read(event: &ClientEvent) -> Result<Self, ReadError> {
        event.read()
    }
}
