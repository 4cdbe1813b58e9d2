//! Turns of a view that are about its components.

use std::time::Instant;

use firecrest_live::MAX_COMPONENTS;
use firecrest_live::form::ClientEvent;
use firecrest_wire::Payload;
use serde::Deserialize;
use serde_json::json;

use super::{Components, ToComponent, Whom};
use crate::channel::{Context, Outcome, Reply, Stop};
use crate::live::info::LiveInfo;
use crate::live::own::OwnView;
use crate::telemetry::Panic;

impl OwnView {
    /// The page says something to a component.
    pub(in crate::live) async fn component_event(
        &mut self,
        cid: u64,
        event: &ClientEvent,
        cx: &mut Context<'_, LiveInfo>,
    ) -> Outcome {
        let taken = u32::try_from(cid).ok().and_then(|cid| Some((cid, self.components()?.take(cid)?)));
        // There was a component, or there never was: the client only wants to go on (spec §4.1).
        let Some((cid, mut part)) = taken else { return Reply::empty().into() };
        let component = part.name();
        let (meters, started) = (self.page.meters, Instant::now());
        let (_, reach) = self.reach(cx);
        let outcome = match part.handle_event(event, cid, reach) {
            Ok(handling) => handling.await,
            Err(error) => {
                let name = &event.name;
                return Stop::error(format!("event {name:?} is not understood by {component}: {error}"))
                    .into();
            }
        };
        self.put_back(cid, part, &outcome);
        if !outcome.is_crash() && self.page.failed.is_none() {
            meters.event.record_time(started.elapsed());
        }
        self.conclude_component(outcome, cx, true).await
    }

    /// Somebody says something to components.
    pub(in crate::live) async fn component_info(
        &mut self,
        mut to: ToComponent,
        cx: &mut Context<'_, LiveInfo>,
    ) -> Outcome {
        let whom = match (&to.whom, self.components()) {
            (_, None) => Vec::new(),
            (Whom::Number(cid), Some(_)) => vec![*cid],
            (Whom::One(kind, id), Some(components)) => {
                components.roster.find(*kind, id).into_iter().collect()
            }
            (Whom::All(kind), Some(components)) => components.roster.all(*kind),
        };
        for cid in whom {
            let Some(mut part) = self.components().and_then(|components| components.take(cid)) else {
                continue;
            };
            let Some(info) = (to.say)() else { break };
            let (_, reach) = self.reach(cx);
            let outcome = part.handle_info(info, cid, reach).await;
            self.put_back(cid, part, &outcome);
            if matches!(outcome, Outcome::Reply(_) | Outcome::Stop(_)) {
                return self.conclude_component(outcome, cx, false).await;
            }
        }
        self.conclude_component(Outcome::NoReply, cx, false).await
    }

    /// Work that a component has started has panicked.
    pub(in crate::live) async fn component_crash(
        &mut self,
        cid: u32,
        name: &str,
        panic: &Panic,
        cx: &mut Context<'_, LiveInfo>,
    ) -> Outcome {
        let Some(mut part) = self.components().and_then(|components| components.take(cid)) else {
            return Outcome::NoReply;
        };
        let (_, reach) = self.reach(cx);
        let outcome = part.handle_crash(name, panic, cid, reach).await;
        self.put_back(cid, part, &outcome);
        self.conclude_component(outcome, cx, false).await
    }

    /// Components are about to vanish from the page.
    pub(in crate::live) fn will_destroy(&mut self, payload: &Payload) -> Outcome {
        if let Some(components) = self.components() {
            let marked = components.roster.mark(&cids(payload));
            self.held.forget(&marked);
        }
        Reply::empty().into()
    }

    /// Components have vanished from the page. The answer names those that are not there any more: the client forgets them.
    pub(in crate::live) fn destroyed(&mut self, payload: &Payload) -> Outcome {
        let mut gone = Vec::new();
        if let Some(components) = self.components() {
            gone = cids(payload);
            let deleted = components.roster.delete(&gone);
            components.drop_all(&deleted);
            gone.extend(&deleted);
            gone.retain(|cid| components.roster.is_gone(*cid));
            self.held.forget(&deleted);
            self.page.end_work_of(&deleted);
        }
        gone.sort_unstable();
        gone.dedup();
        Reply::ok(json!({ "cids": gone })).into()
    }

    fn components(&mut self) -> Option<&mut Components> {
        self.page.components.as_deref_mut()
    }

    fn put_back(&mut self, cid: u32, part: Box<dyn super::kind::Part>, outcome: &Outcome) {
        if let Some(components) = self.components() {
            components.put_back(cid, part);
            if matches!(outcome, Outcome::Render | Outcome::Reply(_)) {
                components.due.push(cid);
            }
        }
    }
}

/// The components of a message, at most as many as a view can have; none when it cannot be read.
fn cids(payload: &Payload) -> Vec<u32> {
    #[derive(Deserialize)]
    struct Cids {
        cids: Vec<i64>,
    }
    let Payload::Json(json) = payload else { return Vec::new() };
    let cids = serde_json::from_str::<Cids>(json).map(|read| read.cids).unwrap_or_default();
    cids.into_iter().filter_map(|cid| u32::try_from(cid).ok()).take(MAX_COMPONENTS).collect()
}
