//! One turn of a view: a callback, and what comes of it (spec §5.3, §8.2).

use std::any::Any;
use std::time::Instant;

use firecrest_live::Members;
use firecrest_live::form::{ClientEvent, EventValue, LIMITS};
use firecrest_pubsub::Broadcast;
use firecrest_wire::Payload;
use serde_json::{Map, Value, json};

use super::address::path_and_query;
use super::event::Patched;
use super::hooks;
use super::info::LiveInfo;
use super::leave::{Kind as History, Leave, Local};
use super::mounted::{MAX_PATCHES, PatchError, TooManyPatches};
use super::own::{OwnView, ShowError};
use super::reply;
use crate::channel::{Context, Outcome, Reply, Stop};

impl OwnView {
    /// The page says something.
    pub(super) async fn event(&mut self, payload: Payload, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        let event = match read(&payload) {
            Ok(event) => event,
            Err(error) => return Stop::error(format!("the event cannot be read: {error}")).into(),
        };
        if event.name.starts_with("lv:") {
            return self.reserved(&event, cx).await;
        }
        if let Err(error) = self.page.choose_files(&event) {
            return Stop::error(format!("the files of a form cannot be read: {error}")).into();
        }
        if let Some(cid) = event.cid {
            return self.component_event(cid, &event, cx).await;
        }
        let (meters, started) = (self.page.meters, Instant::now());
        let (view, mut reach) = self.reach(cx);
        if let Some(outcome) = hooks::event(&event, &mut reach) {
            return self.conclude(outcome, cx, true).await;
        }
        let outcome = match view.handle_event(&event, reach) {
            Ok(handling) => handling.await,
            Err(error) => {
                return Stop::error(format!("event {:?} is not understood: {error}", event.name)).into();
            }
        };
        if !outcome.is_crash() && self.page.failed.is_none() {
            meters.event.record_time(started.elapsed());
        }
        self.conclude(outcome, cx, true).await
    }

    /// An event of the framework itself.
    async fn reserved(&mut self, event: &ClientEvent, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        if event.name != "lv:clear-flash" {
            return Stop::error(format!("there is no event {:?}", event.name)).into();
        }
        let key = match &event.value {
            EventValue::Json(value) => value.get("key").and_then(Value::as_str),
            EventValue::Form(fields) => fields.text("key"),
        };
        self.page.flash.clear(key);
        self.conclude(Outcome::Render, cx, true).await
    }

    /// The visitor has gone to another address of the view.
    pub(super) async fn patched(&mut self, payload: Payload, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        let to = match patched(&payload) {
            Ok(to) => to,
            Err(error) => return Stop::error(format!("the patch cannot be read: {error}")).into(),
        };
        self.page.flash.clear(None);
        match self.page.patch(&to) {
            Ok(()) => {}
            Err(PatchError::OtherView(_)) => return Reply::ok(json!({ "link_redirect": true })).into(),
            Err(error) => return Stop::error(error.to_string()).into(),
        }
        // The address and the flash are another, whatever the view says.
        let outcome = match self.call_params(cx).await {
            Outcome::NoReply => Outcome::Render,
            outcome => outcome,
        };
        self.conclude(outcome, cx, true).await
    }

    async fn call_params(&mut self, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        let (view, mut reach) = self.reach(cx);
        match hooks::params(&mut reach) {
            Some(outcome) => outcome,
            None => view.handle_params(reach).await,
        }
    }

    pub(super) async fn info(
        &mut self,
        info: Box<dyn Any + Send>,
        cx: &mut Context<'_, LiveInfo>,
    ) -> Outcome {
        let (view, mut reach) = self.reach(cx);
        let outcome = match hooks::info(&*info, &mut reach) {
            Some(outcome) => outcome,
            None => view.handle_info(info, reach).await,
        };
        self.conclude(outcome, cx, false).await
    }

    /// A live value has changed.
    pub(super) async fn changed(&mut self, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        if let Some(watching) = &self.page.watching {
            watching.notice();
        }
        self.conclude(Outcome::Render, cx, false).await
    }

    /// A view inside wants the page to go somewhere (F125).
    pub(super) async fn gone(&mut self, leave: Leave, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        self.page.go(leave);
        self.conclude(Outcome::Render, cx, false).await
    }

    pub(super) async fn broadcast(
        &mut self,
        broadcast: &Broadcast,
        cx: &mut Context<'_, LiveInfo>,
    ) -> Outcome {
        let (view, mut reach) = self.reach(cx);
        let outcome = match hooks::broadcast(broadcast, &mut reach) {
            Some(outcome) => outcome,
            None => view.handle_broadcast(broadcast, reach).await,
        };
        self.conclude(outcome, cx, false).await
    }

    /// Goes where the callback wants to, or sends what has changed. `is_asked` when the client waits for an answer.
    pub(super) async fn conclude(
        &mut self,
        outcome: Outcome,
        cx: &mut Context<'_, LiveInfo>,
        is_asked: bool,
    ) -> Outcome {
        self.conclude_for(true, outcome, cx, is_asked).await
    }

    /// The same when it was a component that was called: the view is not rendered because of it.
    pub(super) async fn conclude_component(
        &mut self,
        outcome: Outcome,
        cx: &mut Context<'_, LiveInfo>,
        is_asked: bool,
    ) -> Outcome {
        self.conclude_for(false, outcome, cx, is_asked).await
    }

    async fn conclude_for(
        &mut self,
        is_view: bool,
        outcome: Outcome,
        cx: &mut Context<'_, LiveInfo>,
        is_asked: bool,
    ) -> Outcome {
        let (mut renders, answer) = match outcome {
            Outcome::Render => (true, None),
            Outcome::NoReply => (false, None),
            Outcome::Reply(reply) => (true, Some(reply)),
            Outcome::Stop(stop) => return self.stop(stop, cx, is_asked).into(),
        };
        renders &= is_view;
        let away = self.page.send_away();
        match self.go(cx, is_asked).await {
            Ok(has_patched) => renders |= has_patched,
            Err(stop) => return stop.into(),
        }
        let members = match self.changes(renders, cx).await {
            Ok(members) => members,
            Err(error) => match error.leave() {
                Ok(leave) => return self.depart(&leave, cx, is_asked).into(),
                Err(error) => return Stop::error(error.to_string()).into(),
            },
        };
        self.page.fresh.clear(None);
        match (answer, is_asked) {
            (Some(answer), true) => match answer_with(members, answer) {
                Ok(reply) => away_with(reply, away).into(),
                Err(crash) => crash.into(),
            },
            (Some(_), false) => Stop::error("only handle_event has an event to reply to").into(),
            (None, true) => away_with(Reply::payload("ok", reply::answer(&members)), away).into(),
            (None, false) => {
                if !members.is_empty() {
                    cx.push_payload("diff", &reply::diff(&members));
                }
                if let Some((event, body)) = away {
                    cx.push(event, &body);
                }
                Outcome::NoReply
            }
        }
    }

    /// Ends the view as it wants to, after what it has asked for besides; and however it ends in good order, an event is
    /// answered.
    fn stop(&mut self, mut stop: Stop, cx: &mut Context<'_, LiveInfo>, is_asked: bool) -> Stop {
        if stop.reason.is_crash() {
            return stop;
        }
        if let Some(error) = self.page.failed.take() {
            return Stop::error(error);
        }
        if let Some(leave) = self.page.leave.take().filter(|leave| !matches!(leave, Leave::Patch(..))) {
            return self.depart(&leave, cx, is_asked);
        }
        let mut members = Members::default();
        self.page.add_members(&mut members);
        match (stop.reply.take(), is_asked) {
            (Some(reply), true) => match answer_with(members, reply) {
                Ok(reply) => stop.with_reply(reply),
                Err(crash) => crash,
            },
            (None, true) => stop.with_reply(Reply::payload("ok", reply::answer(&members))),
            (_, false) => {
                if !members.is_empty() {
                    cx.push_payload("diff", &reply::diff(&members));
                }
                stop
            }
        }
    }

    /// What has changed. Components whose place in the page is not known here, such as the rows of a stream, are told in messages of their
    /// own: all but the last are sent here.
    async fn changes(&mut self, renders: bool, cx: &mut Context<'_, LiveInfo>) -> Result<Members, ShowError> {
        self.page.note_uploads();
        let mut last = Members::default();
        let mut in_page = Vec::new();
        if let Some(components) = &mut self.page.components {
            let (here, mut apart) = components.take_due();
            match renders || self.page.must_render || here.is_empty() {
                true => in_page = here,
                false => apart.push(here),
            }
            for due in apart {
                let members = self.render_components(&due, cx.ties()).await?;
                send(&std::mem::replace(&mut last, members), cx);
            }
        }
        if renders || self.page.must_render {
            send(&last, cx);
            last = self.render_changes(&in_page, cx.ties()).await?;
            self.rendered(cx.ties())?;
        }
        self.page.add_members(&mut last);
        Ok(last)
    }

    /// Follows patches; yes when there was one. The client is told of the last only: those on the way there are no entries of
    /// its history, and a view that never arrives says nothing. The error ends the view: it goes elsewhere, or a callback has
    /// failed.
    async fn go(&mut self, cx: &mut Context<'_, LiveInfo>, is_asked: bool) -> Result<bool, Stop> {
        let mut last = None;
        for patches in 0..=MAX_PATCHES {
            if let Some(error) = self.page.failed.take() {
                return Err(Stop::error(error));
            }
            let to = match self.page.leave.take() {
                None => {
                    if let Some(last) = last {
                        let (event, body) = self.page.departure(&last);
                        cx.push(event, &body);
                    }
                    return Ok(patches > 0);
                }
                Some(leave @ Leave::Patch(..)) if self.kin.is_nested() => {
                    let gone = self.kin.go(leave);
                    gone.map_err(|error| Stop::error(format!("the outer view cannot be patched: {error}")))?;
                    continue;
                }
                Some(leave @ Leave::Patch(..)) => leave,
                Some(leave) => return Err(self.depart(&leave, cx, is_asked)),
            };
            self.patch(&to, cx, is_asked).await?;
            // An entry that is due is not lost because a later patch only replaces.
            last = Some(match (last, to) {
                (Some(Leave::Patch(_, History::Push)), Leave::Patch(path, _)) => {
                    Leave::Patch(path, History::Push)
                }
                (_, to) => to,
            });
        }
        Err(Stop::error(TooManyPatches::reached().to_string()))
    }

    /// Changes the address and tells the view.
    async fn patch(
        &mut self,
        leave: &Leave,
        cx: &mut Context<'_, LiveInfo>,
        is_asked: bool,
    ) -> Result<(), Stop> {
        let Leave::Patch(to, _) = leave else { return Ok(()) };
        self.page.patch(to).map_err(|error| Stop::error(error.to_string()))?;
        match self.call_params(cx).await {
            Outcome::Stop(stop) => Err(self.stop(stop, cx, is_asked)),
            _ => Ok(()),
        }
    }

    /// The last words of a view that goes elsewhere: its events, then where to (spec §5.3).
    fn depart(&mut self, leave: &Leave, cx: &mut Context<'_, LiveInfo>, is_asked: bool) -> Stop {
        self.kin.depart();
        if let Some(events) = self.page.take_events() {
            let mut members = Members::default();
            members.push_member("e", &events);
            cx.push_payload("diff", &reply::diff(&members));
        }
        let (name, body) = self.page.departure(leave);
        if is_asked {
            return Stop::normal().with_reply(Reply::ok(json!({ name: body })));
        }
        cx.push(name, &body);
        Stop::normal()
    }
}

/// Tells what has changed, if anything has.
fn send(members: &Members, cx: &mut Context<'_, LiveInfo>) {
    if !members.is_empty() {
        cx.push_payload("diff", &reply::diff(members));
    }
}

/// What changed, and what the view replies to the event (F062).
pub(super) fn answer_with(mut members: Members, answer: Reply) -> Result<Reply, Stop> {
    let payload = match answer.payload {
        Ok(Payload::Json(json)) if answer.status == "ok" && json.starts_with('{') => json,
        Ok(_) => return Err(Stop::error("a view's reply must be `Reply::ok` with an object")),
        Err(error) => return Err(Stop::error(format!("the reply cannot be sent: {error}"))),
    };
    members.push_member("r", &payload);
    Ok(Reply::payload("ok", reply::answer(&members)))
}

/// An answer that also sends the page elsewhere.
fn away_with(reply: Reply, away: Option<(&'static str, Value)>) -> Reply {
    match away {
        Some((event, body)) => reply::with_members(reply, &Map::from_iter([(event.to_owned(), body)])),
        None => reply,
    }
}

/// Where the visitor has gone.
pub(super) fn patched(payload: &Payload) -> Result<Local, String> {
    let patched: Patched<'_> = serde_json::from_str(text(payload)?).map_err(|error| error.to_string())?;
    Local::new(path_and_query(&patched.url)).map_err(|error| error.to_string())
}

pub(super) fn read(payload: &Payload) -> Result<ClientEvent, String> {
    ClientEvent::parse(text(payload)?, &LIMITS).map_err(|error| error.to_string())
}

fn text(payload: &Payload) -> Result<&str, String> {
    match payload {
        Payload::Json(json) => Ok(json),
        Payload::Binary(_) => Err("it is binary".to_owned()),
    }
}
