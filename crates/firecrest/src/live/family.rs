//! Views inside each other, on one connection (F120–F126).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Extensions;

use super::LiveConnection;
use super::info::LiveInfo;
use super::leave::Leave;
use crate::channel::{ChannelHandle, Reason, SendError, Shared};

/// A view's place among those of its connection; given up when dropped, however the view has ended: the views inside end too.
pub(super) struct Kin {
    connection: LiveConnection,
    /// By which the views inside know this one. Drawn by lot: a token of another connection must not fit by chance.
    pub(super) instance: u64,
    parent: Option<u64>,
    /// Whether it has entered the connection's family.
    has_entered: bool,
}

impl Kin {
    pub(super) fn new(connection: LiveConnection, parent: Option<u64>) -> Self {
        Kin { connection, instance: rand::random(), parent, has_entered: false }
    }

    /// Whether the view is inside another.
    pub(super) fn is_nested(&self) -> bool {
        self.parent.is_some()
    }

    /// Enters the family, unless it has; with what the views inside take over. The error is what has become of the view around.
    pub(super) fn enter(&mut self, channel: &Arc<Shared>, heritage: &Extensions) -> Result<(), Outer> {
        if self.has_entered {
            return Ok(());
        }
        // Copied before anything is locked: that is the application's code.
        let heritage = Arc::new(heritage.clone());
        match self.connection.family().enter(self.instance, self.parent, channel, heritage) {
            Outer::Joined => self.has_entered = true,
            outer => return Err(outer),
        }
        Ok(())
    }

    /// Lets the views inside know that the page goes elsewhere.
    pub(super) fn depart(&self) {
        if self.has_entered {
            self.connection.family().depart(self.instance);
        }
    }

    /// Asks the outermost view to go somewhere (F125).
    ///
    /// # Errors
    /// When it has ended, or as many messages wait for it as may.
    pub(super) fn go(&self, leave: Leave) -> Result<(), SendError> {
        self.connection.family().go(self.instance, leave)
    }

    /// Tells the views inside to end.
    pub(super) fn leave(&mut self) {
        if std::mem::take(&mut self.has_entered) {
            self.connection.family().leave(self.instance);
        }
    }
}

impl Drop for Kin {
    fn drop(&mut self) {
        self.leave();
    }
}

/// What has become of the view around another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outer {
    Joined,
    /// It has just sent the page elsewhere.
    Departed,
    /// It has ended, or never was.
    Gone,
}

/// Views that are inside each other, on one connection.
#[derive(Debug, Default)]
pub(super) struct Family(Mutex<Members>);

#[derive(Debug, Default)]
struct Members {
    joined: Vec<Member>,
    /// Views that have sent the page elsewhere, the last ones.
    departed: VecDeque<u64>,
}

#[derive(Debug)]
struct Member {
    instance: u64,
    parent: Option<u64>,
    channel: Arc<Shared>,
    /// What the views inside take over.
    heritage: Arc<Extensions>,
}

/// How many views are remembered that have sent the page elsewhere.
const DEPARTED: usize = 8;

impl Members {
    fn find(&self, instance: u64) -> Option<&Member> {
        self.joined.iter().find(|member| member.instance == instance)
    }

    fn outer(&self, instance: u64) -> Outer {
        if self.find(instance).is_some() {
            Outer::Joined
        } else if self.departed.contains(&instance) {
            Outer::Departed
        } else {
            Outer::Gone
        }
    }
}

impl Family {
    /// Adds a view. It is not added when the view around it is not there any more.
    fn enter(
        &self,
        instance: u64,
        parent: Option<u64>,
        channel: &Arc<Shared>,
        heritage: Arc<Extensions>,
    ) -> Outer {
        let mut members = self.members();
        let outer = parent.map_or(Outer::Joined, |parent| members.outer(parent));
        if outer == Outer::Joined && members.find(instance).is_none() {
            let channel = Arc::clone(channel);
            members.joined.push(Member { instance, parent, channel, heritage });
        }
        outer
    }

    /// Removes a view and tells those inside it to end.
    fn leave(&self, instance: u64) {
        let mut members = self.members();
        members.joined.retain(|member| member.instance != instance);
        for child in members.joined.iter().filter(|member| member.parent == Some(instance)) {
            child.channel.mailbox.close(Reason::Normal);
        }
    }

    /// Remembers that a view has sent the page elsewhere: one inside that is about to join need not wonder.
    fn depart(&self, instance: u64) {
        let mut members = self.members();
        members.departed.push_back(instance);
        if members.departed.len() > DEPARTED {
            members.departed.pop_front();
        }
    }

    /// Asks the outermost view to go somewhere (F125).
    ///
    /// # Errors
    /// When it has ended, or as many messages wait for it as may.
    fn go(&self, instance: u64, leave: Leave) -> Result<(), SendError> {
        let members = self.members();
        let mut at = members.find(instance);
        while let Some(parent) = at.and_then(|member| member.parent) {
            at = members.find(parent);
        }
        let root = at.ok_or(SendError::Closed)?;
        ChannelHandle::new(Arc::clone(&root.channel)).send(LiveInfo::Go(leave))
    }

    /// What has become of a view.
    pub(super) fn outer(&self, instance: u64) -> Outer {
        self.members().outer(instance)
    }

    /// What the views inside a view take over (F052).
    pub(super) fn heritage(&self, instance: u64) -> Extensions {
        let heritage = self.members().find(instance).map(|member| Arc::clone(&member.heritage));
        heritage.map(|heritage| Extensions::clone(&heritage)).unwrap_or_default()
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
