//! The work of one view.

use std::borrow::Cow;
use std::sync::Arc;

use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use tracing::{Instrument as _, debug_span};

use super::task::{Working, run};
use crate::channel::Shared;
use crate::live::page::{Ear, Page, Reach};
use crate::telemetry::meter::{Limit, reached};

/// Most works of a view that may run at once, those of its components among them: 1,000. One more crashes the view.
pub const MAX_WORK: usize = 1_000;

/// What a view and its components have started. It ends with the view.
#[derive(Default)]
pub(in crate::live) struct Work {
    /// The number of the last one.
    last: u64,
    all: Vec<Entry>,
}

struct Entry {
    number: u64,
    /// The component that has started it, or 0.
    owner: u32,
    /// Nothing when it loads a value, to which it belongs.
    name: Option<Cow<'static, str>>,
    doing: Doing,
}

enum Doing {
    /// There is no socket yet.
    Waiting(Working),
    Running(AbortOnDropHandle<()>),
}

impl Entry {
    /// Whether there is nothing to wait for. What has come of a work with a name may be on its way.
    fn is_over(&self) -> bool {
        self.name.is_none() && matches!(&self.doing, Doing::Running(task) if task.is_finished())
    }

    fn is(&self, owner: u32, name: &str) -> bool {
        self.owner == owner && self.name.as_deref() == Some(name)
    }
}

/// Where the task of a work runs.
struct Office<'a> {
    view: &'a str,
    kind: &'static str,
    running: &'a TaskTracker,
    channel: &'a Arc<Shared>,
}

impl Office<'_> {
    fn spawn(&self, (number, owner): (u64, u32), name: Option<&str>, work: Working) -> AbortOnDropHandle<()> {
        let span = debug_span!("live_work", view = self.kind, id = self.view, name);
        let channel = Arc::downgrade(self.channel);
        let task = run((number, owner), work, channel, self.running.token()).instrument(span);
        AbortOnDropHandle::new(tokio::spawn(task))
    }
}

impl Work {
    /// Ends the work of this name. Whether it was running, or what has come of it was still on its way.
    fn stop(&mut self, owner: u32, name: &str) -> bool {
        let before = self.all.len();
        self.all.retain(|entry| !entry.is(owner, name));
        self.all.len() < before
    }

    /// The name of a work that is done; nothing when it was replaced or cancelled meanwhile, or has none.
    pub(super) fn take(&mut self, number: u64) -> Option<Cow<'static, str>> {
        let at = self.all.iter().position(|entry| entry.number == number)?;
        self.all.swap_remove(at).name
    }
}

impl Page {
    /// The view has a socket now: what waits is begun.
    pub(in crate::live) fn begin_work(&mut self, channel: &Arc<Shared>) {
        let Page { rare: Some(rare), id, kind, endpoint, .. } = self else { return };
        let running = &endpoint.live_table().work;
        let office = Office { view: id, kind: (kind.name)(), running, channel };
        for Entry { number, owner, name, doing } in &mut rare.work.all {
            if let Doing::Waiting(work) = doing {
                let work = std::mem::replace(work, Box::pin(std::future::pending()));
                *doing = Doing::Running(office.spawn((*number, *owner), name.as_deref(), work));
            }
        }
    }

    /// Ends the work of components that are gone.
    pub(in crate::live) fn end_work_of(&mut self, owners: &[u32]) {
        if let Some(rare) = &mut self.rare {
            rare.work.all.retain(|entry| !owners.contains(&entry.owner));
        }
    }

    /// Ends all work.
    pub(in crate::live) fn end_work(&mut self) {
        if let Some(rare) = &mut self.rare {
            rare.work.all.clear();
        }
    }
}

impl Reach<'_> {
    /// Begins a work; while there is no socket yet, as soon as there is one.
    pub(super) fn begin(&mut self, owner: u32, name: Option<Cow<'static, str>>, working: Working) {
        let Page { rare, id, kind, endpoint, .. } = &mut *self.page;
        let work = &mut rare.get_or_insert_default().work;
        if let Some(name) = &name {
            work.stop(owner, name);
        }
        work.all.retain(|entry| !entry.is_over());
        if work.all.len() >= MAX_WORK {
            reached(Limit::Work);
            return self.page.fail(format_args!("more than {MAX_WORK} works run in the background"));
        }
        work.last += 1;
        let number = work.last;
        let doing = match self.ear {
            Ear::Nobody(_) => Doing::Waiting(working),
            Ear::Channel(channel) => {
                let running = &endpoint.live_table().work;
                let office = Office { view: id, kind: (kind.name)(), running, channel };
                Doing::Running(office.spawn((number, owner), name.as_deref(), working))
            }
        };
        work.all.push(Entry { number, owner, name, doing });
    }

    /// Ends a work. Whether it was running, or what has come of it was still on its way.
    pub(in crate::live) fn stop(&mut self, owner: u32, name: &str) -> bool {
        self.page.rare.as_mut().is_some_and(|rare| rare.work.stop(owner, name))
    }
}
