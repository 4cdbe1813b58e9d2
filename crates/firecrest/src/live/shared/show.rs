//! What a shared view sends.

use std::sync::Arc;

use firecrest_live::{Held, Members};
use tokio::time::Instant;

use super::sight::Sight;
use super::task::{End, Task};
use super::turn::Answer;
use crate::channel::Reason;
use crate::connection::flush;
use crate::live::page::Pushed;
use crate::live::reply;

/// Which part of the time may be spent on telling everybody: one of so many.
const SHARE: u32 = 5;

/// Most events that wait for their answers until the next change is sent.
const MAX_ANSWERS: usize = 1_024;

impl Task {
    /// Whether there is something that viewers have not been sent.
    pub(super) fn has_news(&self) -> bool {
        self.is_dirty || self.is_ahead || !self.ties.events.is_empty() || !self.ties.asides.is_empty()
    }

    /// Shows pages the view as it is now, and viewers what has changed, if it is time.
    pub(super) async fn show(&mut self) -> Result<(), End> {
        if self.is_alone() {
            // Nobody to be told: the state is rendered when somebody asks. But who comes next must not be told of a change
            // whose events are gone.
            self.ties.asides.clear();
            if !self.looking.is_empty() || !self.ties.events.is_empty() {
                self.look()?;
                self.tell(Instant::now()).await?;
            }
        } else if self.has_news() {
            let now = Instant::now();
            if now >= self.next || self.answers.len() >= MAX_ANSWERS {
                self.look()?;
                self.tell(now).await?;
            } else if !self.looking.is_empty() {
                self.look()?;
            }
        }
        if !self.has_news() || self.is_alone() {
            self.answer();
        }
        for looking in self.looking.drain(..) {
            // A page that nobody waits for any more is no matter.
            let _ = looking.send(Arc::clone(&self.latest));
        }
        Ok(())
    }

    /// Renders the state, if it has changed.
    fn look(&mut self) -> Result<(), End> {
        if std::mem::take(&mut self.is_dirty) {
            self.latest = Self::render(&self.stage, &*self.state).map_err(crash)?;
            self.is_ahead = true;
        }
        Ok(())
    }

    /// Tells all viewers what has changed since they were told last, and what their scripts are to know.
    async fn tell(&mut self, now: Instant) -> Result<(), End> {
        let stage = Arc::clone(&self.stage);
        let mut shown = stage.shown.write().await;
        let mut members = Members::default();
        if std::mem::take(&mut self.is_ahead) {
            members = self.held.diff(&self.latest.html, &mut |_| String::new()).map_err(|error| crash(error.to_string()))?;
            let title = shown.as_ref().and_then(|shown| shown.title.as_deref());
            if self.latest.title.as_deref() != title
                && let Some(title) = &self.latest.title
            {
                members.push_member("t", &reply::text(title));
            }
            if !members.is_empty() {
                *shown = Some(Arc::clone(&self.latest));
            }
        }
        if let Some(events) = Pushed::list(&mut self.ties.events) {
            members.push_member("e", &events);
        }
        let told = if members.is_empty() { 0 } else { stage.tell(&reply::diff(&members)) };
        drop(shown);
        self.tell_asides();
        if told > 0 {
            metrics::counter!("firecrest_shared_frames_total").increment(1);
            self.next = now + self.options.pace().max(now.elapsed() * SHARE);
        }
        Ok(())
    }

    /// Tells single viewers' scripts what they are to know.
    fn tell_asides(&mut self) {
        for (viewer, event) in self.ties.asides.drain(..) {
            let channel = self.stage.roster().channel(viewer).map(Arc::clone);
            let mut members = Members::default();
            if let (Some(channel), Some(events)) = (channel, Pushed::list(&mut vec![event])) {
                members.push_member("e", &events);
                // JSON always has a form.
                let _ = channel.push("diff", &reply::diff(&members));
            }
        }
    }

    /// Shows a new state to everybody who has seen another.
    pub(super) async fn show_everything(&mut self) -> Result<(), String> {
        let latest: Arc<Sight> = Self::render(&self.stage, &*self.state)?;
        let mut held = Held::shared(self.stage.endpoint.live_table().seed);
        let members = latest.everything(&mut held).map_err(|error| error.to_string())?;
        let mut shown = self.stage.shown.write().await;
        *shown = Some(Arc::clone(&latest));
        // A message with statics takes the place of all that clients hold (spec §3.3).
        self.stage.tell(&reply::diff(&members));
        drop(shown);
        (self.latest, self.held) = (latest, held);
        (self.is_dirty, self.is_ahead) = (false, false);
        Ok(())
    }

    fn answer(&mut self) {
        if !self.answers.is_empty() {
            flush::scope(|| {
                for Answer { answer, reply } in self.answers.drain(..) {
                    answer.send(reply);
                }
            });
        }
    }
}

fn crash(error: impl Into<String>) -> End {
    End::Over(Reason::Crashed(error.into()))
}
