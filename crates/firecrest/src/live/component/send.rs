//! Messages to components (F084, F085).

use std::any::{Any, TypeId};
use std::sync::Arc;
use std::time::Duration;

use super::LiveComponent;
use crate::channel::{ChannelHandle, MAX_TIMERS, SendError, Timer};
use crate::live::info::LiveInfo;
use crate::live::page::{Ear, Reach};

/// A message to components of a view.
pub(crate) struct ToComponent {
    pub(in crate::live) whom: Whom,
    /// What it says to the next of them; none when it has nothing more to say.
    pub(in crate::live) say: Box<dyn FnMut() -> Option<Box<dyn Any + Send>> + Send>,
}

/// Which components are told. Those that are not there are not.
pub(in crate::live) enum Whom {
    Number(u32),
    One(TypeId, Arc<str>),
    All(TypeId),
}

impl ToComponent {
    /// To the component with this id.
    pub(in crate::live) fn one<C: LiveComponent>(id: impl std::fmt::Display, info: C::Info) -> Self {
        Self::to(Whom::One(TypeId::of::<C>(), id.to_string().into()), info)
    }

    pub(super) fn number(cid: u32, info: impl Any + Send) -> Self {
        Self::to(Whom::Number(cid), info)
    }

    /// To all components of a type.
    pub(in crate::live) fn all<C: LiveComponent<Info: Clone>>(info: C::Info) -> Self {
        ToComponent {
            whom: Whom::All(TypeId::of::<C>()),
            say: Box::new(move || Some(Box::new(info.clone()))),
        }
    }

    fn to(whom: Whom, info: impl Any + Send) -> Self {
        let mut info = Some(info);
        ToComponent { whom, say: Box::new(move || Some(Box::new(info.take()?))) }
    }
}

impl Reach<'_> {
    /// Says something to components when this callback has ended; while there is no socket yet, as soon as there is one.
    pub(in crate::live) fn tell(&mut self, to: ToComponent) {
        let info = LiveInfo::Component(Box::new(to));
        match self.ear {
            Ear::Channel(shared) => match ChannelHandle::new(Arc::clone(shared)).send(info) {
                Ok(()) | Err(SendError::Closed) => {}
                Err(error) => self.page.fail(format_args!("a component cannot be told: {error}")),
            },
            Ear::Nobody(_) => drop(self.later(Duration::ZERO, info)),
        }
    }

    /// Says something after a time; while there is no socket yet, as soon as there is one.
    pub(in crate::live) fn later(&mut self, after: Duration, info: LiveInfo) -> Timer {
        match self.timers.get_or_insert_default().add(after, Box::new(info)) {
            Some(timer) => timer,
            None => {
                self.page.fail(format_args!("more than {MAX_TIMERS} timers are pending"));
                Timer::default()
            }
        }
    }
}

impl std::fmt::Debug for ToComponent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ToComponent").finish_non_exhaustive()
    }
}
