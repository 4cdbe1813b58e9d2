//! The components of a view: numbers, who calls whom, and the deletion protocol.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::PartError;
use crate::call::{Call, Kind};

/// Most components of a view, in the page or not yet deleted: 10,000. More are a [`PartError`].
pub const MAX_COMPONENTS: usize = 10_000;

/// The caller of a component that the view itself calls.
pub(super) const VIEW: u32 = 0;
/// The caller of a component that nobody calls any more.
pub(super) const NOBODY: u32 = u32::MAX;

/// The components of one view: the number of each, and who calls it (spec §3.5).
///
/// A component is known from its first call until the client says that it has vanished from the page. Numbers begin with 1 and
/// are not used again.
#[derive(Debug, Default)]
pub struct Roster {
    last: u32,
    cids: HashMap<(TypeId, Arc<str>), u32>,
    pub(super) parts: HashMap<u32, Part>,
    /// Those that the view itself calls.
    pub(super) calls: Vec<u32>,
}

/// A component.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) id: Arc<str>,
    /// The component in whose tree it was called last, or [`VIEW`] or [`NOBODY`].
    pub(super) caller: u32,
    /// Those that it calls.
    pub(super) calls: Vec<u32>,
    /// Whether it has left the page since, itself or within another one.
    pub(super) has_vanished: bool,
    /// Whether the client has announced that it vanishes: then it may be deleted.
    pub(super) is_announced: bool,
    /// Whether the client has deleted it although it is called: then it ends as soon as it is not.
    pub(super) is_absent: bool,
    /// Whether the client may not hold it any more: then it is sent whole, with all that is in it.
    pub(super) is_forgotten: bool,
}

impl Roster {
    /// A view without components.
    pub fn new() -> Roster {
        Roster::default()
    }

    /// How many components there are.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there is no component.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether there has never been a component: then a new roster is as good as this one.
    pub fn is_unused(&self) -> bool {
        self.last == 0
    }

    /// Whether there was a component of this number.
    pub fn is_gone(&self, cid: u32) -> bool {
        (1..=self.last).contains(&cid) && !self.parts.contains_key(&cid)
    }

    /// The number of a component, if it is there.
    pub fn find(&self, kind: TypeId, id: &str) -> Option<u32> {
        self.cids.get(&(kind, Arc::from(id))).copied()
    }

    /// The numbers of all components of a type, in order.
    pub fn all(&self, kind: TypeId) -> Vec<u32> {
        let all = self.parts.iter().filter(|(_, part)| part.kind.id() == kind);
        let mut cids: Vec<u32> = all.map(|(cid, _)| *cid).collect();
        cids.sort_unstable();
        cids
    }

    /// The client is about to delete components (`cids_will_destroy`): those that are called again from now on stay (F132).
    /// Numbers of components that are not there are ignored. Gives those that are.
    pub fn mark(&mut self, cids: &[u32]) -> Vec<u32> {
        let mut marked = Vec::new();
        for cid in cids {
            if let Some(part) = self.parts.get_mut(cid) {
                (part.is_announced, part.is_forgotten) = (true, true);
                marked.push(*cid);
            }
        }
        marked
    }

    /// The client has deleted components (`cids_destroyed`): those that are still marked are gone, and those that only they call: of
    /// what was never in the page, the client cannot say that it has vanished. Those that are called stay until they are not: the client
    /// may not have heard of it yet. Gives all that are gone, each once.
    pub fn delete(&mut self, cids: &[u32]) -> Vec<u32> {
        let mut deleted = Vec::new();
        for cid in cids {
            let is_called = self.is_called(*cid);
            match self.parts.get_mut(cid).filter(|part| part.is_announced) {
                Some(part) if is_called => part.is_absent = true,
                Some(_) => self.remove(*cid, &mut deleted),
                None => {}
            }
        }
        deleted
    }

    fn remove(&mut self, cid: u32, deleted: &mut Vec<u32>) {
        let Some(part) = self.parts.remove(&cid) else { return };
        self.cids.remove(&(part.kind.id(), part.id));
        deleted.push(cid);
        for inner in part.calls {
            if self.parts.get(&inner).is_some_and(|inner| inner.caller == cid) {
                self.remove(inner, deleted);
            }
        }
    }

    /// The number of what is called: the one it has, or a new one.
    pub(super) fn cid(&mut self, call: &Call) -> Result<u32, PartError> {
        let key = (call.kind(), Arc::clone(&call.id));
        if let Some(cid) = self.cids.get(&key) {
            return Ok(*cid);
        }
        if self.parts.len() >= MAX_COMPONENTS || self.last >= NOBODY - 1 {
            return Err(PartError::TooMany);
        }
        self.last += 1;
        let id = Arc::clone(&call.id);
        let part = Part {
            kind: call.kind,
            id,
            caller: NOBODY,
            calls: Vec::new(),
            has_vanished: true,
            is_announced: false,
            is_absent: false,
            is_forgotten: false,
        };
        self.parts.insert(self.last, part);
        self.cids.insert(key, self.last);
        Ok(self.last)
    }

    /// Whether a component is in the page, as far as is known here.
    pub(super) fn is_called(&self, cid: u32) -> bool {
        self.callers(cid).last() == Some(VIEW)
    }

    /// The components around a component, from the inside out, and what ends them: the view, or nothing that is known.
    pub(super) fn callers(&self, cid: u32) -> impl Iterator<Item = u32> {
        let mut next = cid;
        // Components that nobody calls may be inside each other.
        (0..=self.parts.len()).map_while(move |_| {
            next = self.parts.get(&next)?.caller;
            Some(next)
        })
    }

    /// What a tree calls now: those that it has called before and nobody has taken over are called by nobody, and have vanished with
    /// all that is in them. When the caller itself is not seen they are deleted: the client may never have had them, and would not say
    /// so. Nor would it say once more what it has said.
    pub(super) fn set_calls(&mut self, caller: u32, calls: Vec<u32>, deleted: &mut Vec<u32>) {
        let is_unseen = self.parts.get(&caller).is_some_and(|part| part.has_vanished);
        let before = match self.parts.get_mut(&caller) {
            Some(part) => &mut part.calls,
            None => &mut self.calls,
        };
        if *before == calls {
            return;
        }
        let now: HashSet<u32> = calls.iter().copied().collect();
        let before = std::mem::replace(before, calls);
        for cid in before {
            if let Some(part) = self.parts.get_mut(&cid)
                && part.caller == caller
                && !now.contains(&cid)
            {
                part.caller = NOBODY;
                match is_unseen || part.is_absent {
                    true => self.remove(cid, deleted),
                    false => self.vanish(cid),
                }
            }
        }
    }

    /// The client has forgotten all but the components that are called in a pass.
    pub(super) fn forget_others(&mut self, called: &HashSet<u32>) {
        for (cid, part) in &mut self.parts {
            part.is_forgotten |= !called.contains(cid);
        }
    }

    fn vanish(&mut self, cid: u32) {
        let mut vanishing = vec![cid];
        while let Some(cid) = vanishing.pop() {
            let Some(part) = self.parts.get_mut(&cid).filter(|part| !part.has_vanished) else { continue };
            part.has_vanished = true;
            let inside = part.calls.clone();
            let is_inside = |inner: &u32| self.parts.get(inner).is_some_and(|part| part.caller == cid);
            vanishing.extend(inside.into_iter().filter(is_inside));
        }
    }
}
