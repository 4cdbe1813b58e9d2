//! A viewer's end of a shared view: its channel.

use std::sync::Arc;

use firecrest_wire::Payload;
use serde_json::{Value, json};

use super::key::Key;
use super::kind::SharedKind;
use super::page::TRIES;
use super::stage::{Event, Place};
use super::viewer::Visit;
use crate::channel::{self, Context, Joined, Outcome, Reply, Stop};
use crate::live::channel::LiveChannel;
use crate::live::family::Kin;
use crate::live::info::LiveInfo;
use crate::live::page::Page;
use crate::live::watching::Watching;
use crate::live::{MountError, address, turn};
use crate::presence::InView;
use crate::telemetry::meter::{Limit, Open, reached};

/// A viewer who is there.
pub(crate) struct Seat {
    place: Arc<Place>,
    /// What hooks have counted the viewer in.
    _watching: Option<Box<Watching>>,
    /// Where hooks have said that the viewer is.
    _present: Option<Box<InView>>,
    _kin: Kin,
    _open: Open,
}

/// Lets a viewer in, whom the hooks have let pass. With a container it comes by navigation.
pub(in crate::live) async fn join(
    page: &mut Page,
    shared: &'static SharedKind,
    channel: &Arc<channel::Shared>,
    kin: Kin,
    container: Option<&Value>,
) -> Result<Joined<LiveChannel, LiveInfo>, MountError> {
    for _ in 0..TRIES {
        let stage = page.endpoint.live_table().stages.find(page, shared)?;
        if !stage.ready().await? {
            continue;
        }
        let shown = Arc::clone(&stage.shown).read_owned().await;
        let Some(sight) = shown.as_ref() else { continue };
        let reply = sight.joined(page, container).map_err(MountError::crashed)?;
        // Not when it has ended just now: then there will be another.
        if let Some((place, frames)) = stage.enter(Visit::of(page), channel) {
            let seat = Seat {
                place: Arc::new(place),
                _watching: page.watching.take(),
                _present: page.present.take(),
                _kin: kin,
                _open: Open::view(),
            };
            let joined = Joined::new(LiveChannel::Seat(Box::new(seat))).with_payload(reply);
            // Locked until the answer is on its way: nothing is shown in between.
            return Ok(joined.on(frames, shown));
        }
    }
    Err(MountError::crashed(super::page::GONE))
}

impl Seat {
    /// The page says something: the view is told, and answers.
    pub(in crate::live) async fn event(
        &mut self,
        payload: Payload,
        cx: &mut Context<'_, LiveInfo>,
    ) -> Outcome {
        let event = match turn::read(&payload) {
            Ok(event) => event,
            Err(error) => return Stop::error(format!("the event cannot be read: {error}")).into(),
        };
        if event.cid.is_some() || event.name == "lv:clear-flash" {
            // There is no component, and no flash: the client only wants to go on (spec §4.1).
            return Reply::empty().into();
        }
        let said = match (self.place.stage.shared.read)(&event) {
            Ok(said) => said,
            Err(error) => {
                return Stop::error(format!("event {:?} is not understood: {error}", event.name)).into();
            }
        };
        let event = Event { place: Arc::clone(&self.place), said, answer: cx.defer_reply() };
        if self.place.stage.events.capacity() == 0 {
            reached(Limit::SharedEvents);
        }
        tokio::select! {
            biased;
            room = self.place.stage.events.reserve() => match room {
                Ok(room) => room.send(event),
                Err(_) => return Stop::error("the shared view has ended").into(),
            },
            // Who leaves does not wait for room.
            () = cx.closing() => {}
        }
        Outcome::NoReply
    }

    /// The visitor has gone to another address: another query, or another view.
    pub(in crate::live) fn patched(&self, payload: &Payload) -> Outcome {
        let to = match turn::patched(payload) {
            Ok(to) => to,
            Err(error) => return Stop::error(format!("the patch cannot be read: {error}")).into(),
        };
        let stage = &self.place.stage;
        let session = stage.live_session.as_deref();
        match Key::at(&stage.endpoint, session, address::path_and_query(to.as_str())) {
            Ok(key) if key == stage.key => Reply::empty().into(),
            Ok(_) => Reply::ok(json!({ "link_redirect": true })).into(),
            Err(error) => Stop::error(error.to_string()).into(),
        }
    }
}
