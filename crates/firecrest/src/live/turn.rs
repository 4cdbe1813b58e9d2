//! One turn of a view: a callback, and what comes of it (spec §5.3, §8.2).

use std::any::Any;
use std::time::Instant;

use firecrest_live::Members;
use firecrest_live::form::{ClientEvent, EventValue, LIMITS};
use firecrest_pubsub::Broadcast;
use firecrest_wire::Payload;
use serde_json::{Value, json};

use super::address::path_and_query;
use super::event::Patched;
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
        if event.cid.is_some() {
            // There was a component, or there never was: the client only wants to go on (spec §4.1).
            return Reply::empty().into();
        }
        if event.name.starts_with("lv:") {
            return self.reserved(&event, cx).await;
        }
        let (meters, started) = (self.page.meters, Instant::now());
        let (view, reach) = self.reach(cx);
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
        let (view, reach) = self.reach(cx);
        // The address and the flash are another, whatever the view says.
        let outcome = match view.handle_params(reach).await {
            Outcome::NoReply => Outcome::Render,
            outcome => outcome,
        };
        self.conclude(outcome, cx, true).await
    }

    pub(super) async fn info(
        &mut self,
        info: Box<dyn Any + Send>,
        cx: &mut Context<'_, LiveInfo>,
    ) -> Outcome {
        let (view, reach) = self.reach(cx);
        let outcome = view.handle_info(info, reach).await;
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
        let (view, reach) = self.reach(cx);
        let outcome = view.handle_broadcast(broadcast, reach).await;
        self.conclude(outcome, cx, false).await
    }

    /// Goes where the callback wants to, or sends what has changed. `is_asked` when the client waits for an answer.
    async fn conclude(
        &mut self,
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
        match self.go(cx, is_asked).await {
            Ok(has_patched) => renders |= has_patched,
            Err(stop) => return stop.into(),
        }
        let members = match self.changes(renders, cx) {
            Ok(members) => members,
            Err(error) => return Stop::error(error.to_string()).into(),
        };
        self.page.fresh.clear(None);
        match (answer, is_asked) {
            (Some(answer), true) => match answer_with(members, answer) {
                Ok(reply) => reply.into(),
                Err(crash) => crash.into(),
            },
            (Some(_), false) => Stop::error("only handle_event has an event to reply to").into(),
            (None, true) => Reply::payload("ok", reply::answer(&members)).into(),
            (None, false) => {
                if !members.is_empty() {
                    cx.push_payload("diff", &reply::diff(&members));
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

    fn changes(&mut self, renders: bool, cx: &mut Context<'_, LiveInfo>) -> Result<Members, ShowError> {
        if renders {
            return self.render_changes(cx.ties().0);
        }
        let mut members = Members::default();
        self.page.add_members(&mut members);
        Ok(members)
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
        let (view, reach) = self.reach(cx);
        match view.handle_params(reach).await {
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
