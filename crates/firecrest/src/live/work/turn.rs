//! The turn in which work in the background is done.

use super::task::{Came, Done};
use crate::channel::{Context, Outcome};
use crate::live::component::{ToComponent, Whom};
use crate::live::info::LiveInfo;
use crate::live::own::OwnView;
use crate::telemetry::{Panic, shown_error};

impl OwnView {
    /// A work is done.
    pub(in crate::live) async fn work_done(&mut self, done: Done, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        let Done { number, owner, came, running: _running } = done;
        let name = self.page.rare.as_mut().and_then(|rare| rare.work.take(number));
        match (came, name) {
            (Came::Value(put, panic), _) => {
                panic.iter().for_each(|panic| self.log_crash("load", panic));
                if !put() {
                    return Outcome::NoReply;
                }
                match (owner, &mut self.page.components) {
                    (0, _) | (_, None) => self.conclude(Outcome::Render, cx, false).await,
                    (owner, Some(components)) => {
                        components.must_render(owner);
                        self.conclude_component(Outcome::NoReply, cx, false).await
                    }
                }
            }
            // It was replaced or cancelled while this was on its way.
            (_, None) | (Came::Nothing, _) => Outcome::NoReply,
            (Came::Info(info), Some(_)) if owner == 0 => self.info(info, cx).await,
            (Came::Info(info), Some(_)) => {
                let mut info = Some(info);
                let to = ToComponent { whom: Whom::Number(owner), say: Box::new(move || info.take()) };
                self.component_info(to, cx).await
            }
            (Came::Crash(panic), Some(name)) => {
                self.log_crash(&name, &panic);
                self.work_crashed(owner, &name, &panic, cx).await
            }
        }
    }

    async fn work_crashed(
        &mut self,
        owner: u32,
        name: &str,
        panic: &Panic,
        cx: &mut Context<'_, LiveInfo>,
    ) -> Outcome {
        if owner != 0 {
            return self.component_crash(owner, name, panic, cx).await;
        }
        let (view, reach) = self.reach(cx);
        let outcome = view.handle_crash(name, panic, reach).await;
        self.conclude(outcome, cx, false).await
    }

    fn log_crash(&self, work: &str, panic: &Panic) {
        let (id, view) = (&*self.page.id, (self.page.kind.name)());
        tracing::error!(id, view, work, error = shown_error(panic), "work in the background panicked");
        metrics::counter!("firecrest_live_work_crashes_total").increment(1);
    }
}
