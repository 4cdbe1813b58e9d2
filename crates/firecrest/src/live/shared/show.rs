//! What a shared view sends.

use std::sync::Arc;
use std::time::Duration;

use firecrest_live::{Child, Members};
use tokio::time::Instant;

use super::task::{End, Task};
use super::turn::Answer;
use crate::connection::flush;
use crate::live::nested::NestedView;
use crate::live::page::Pushed;
use crate::live::reply;

/// Which part of the time may be spent on telling everybody: one of so many.
const SHARE: u32 = 5;

/// However long that takes: this is long enough to be counted.
const MAX_SPENT: Duration = Duration::from_millis(200);

/// Most events that wait for their answers until the next change is sent.
const MAX_ANSWERS: usize = 1_024;

/// Most events for single viewers' scripts that wait for the next change.
const MAX_ASIDES: usize = 1_024;

impl Task {
    /// Whether there is something that viewers have not been sent.
    pub(super) fn has_news(&self) -> bool {
        self.is_dirty || self.is_ahead || !self.ties.events.is_empty() || !self.ties.asides.is_empty()
    }

    /// Shows pages the view as it is now, and viewers what has changed, if it is time.
    pub(super) async fn show(&mut self) -> Result<(), End> {
        let looking = self.stage.take_looking();
        if !looking.is_empty() {
            self.touch();
            self.look()?;
        }
        if self.is_alone() {
            // Nobody to be told: the state is rendered when somebody asks. But who comes next must not be told of a change
            // whose events are gone.
            self.ties.asides.clear();
            if !looking.is_empty() || !self.ties.events.is_empty() {
                self.look()?;
                self.tell().await?;
            }
        } else if self.has_news() && (Instant::now() >= self.next || self.is_full()) {
            self.look()?;
            self.tell().await?;
        }
        if !self.has_news() || self.is_alone() {
            self.answer();
        }
        for looking in looking {
            // A page that nobody waits for any more is no matter.
            let _ = looking.send(Arc::clone(&self.latest));
        }
        Ok(())
    }

    /// Whether more waits to be sent than may.
    fn is_full(&self) -> bool {
        self.answers.len() >= MAX_ANSWERS || self.ties.asides.len() >= MAX_ASIDES
    }

    /// Renders the state, if it has changed.
    fn look(&mut self) -> Result<(), End> {
        if std::mem::take(&mut self.is_dirty) {
            self.latest = Self::render(&self.stage, &*self.state).map_err(End::crash)?;
            self.is_ahead = true;
        }
        Ok(())
    }

    /// Tells all viewers what has changed since they were told last, and what their scripts are to know.
    async fn tell(&mut self) -> Result<(), End> {
        let stage = Arc::clone(&self.stage);
        let mut shown = stage.shown.write().await;
        let begun = Instant::now();
        let (mut members, mut size) = (Members::default(), 0);
        if std::mem::take(&mut self.is_ahead) {
            let (meters, compared) = (stage.meters, std::time::Instant::now());
            let sticky = &mut |child: &Child| NestedView::sticky_container(&stage.endpoint, child);
            let diff = self.held.diff(&self.latest.html, sticky);
            members = diff.map_err(|error| End::crash(error.to_string()))?;
            meters.diff.record_time(compared.elapsed());
            size = members.as_str().len();
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
        if !members.is_empty() && stage.tell(&reply::diff(&members)) > 0 {
            metrics::counter!("firecrest_shared_frames_total").increment(1);
            if size > 0 {
                stage.meters.diff_bytes.record(size as u64);
            }
        }
        drop(shown);
        flush::scope(|| self.tell_asides());
        if !self.is_alone() {
            let spent = begun.elapsed().min(MAX_SPENT);
            self.next = begun + self.options.pace().max(spent * SHARE);
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
