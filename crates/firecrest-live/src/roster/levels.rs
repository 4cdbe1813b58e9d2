//! From a tree to the components that it calls, level by level (spec §3.9).

use super::PartError;
use super::pass::{Due, Pass};
use super::state::{NOBODY, Roster, VIEW};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::call::Call;
use crate::html::Html;

/// How many components may be inside each other: 32. One more is a [`PartError`], so that recursion ends.
pub const MAX_DEPTH: usize = 32;

impl Roster {
    /// Renders these components and what they call, without the view: those that [are told together](Self::apart).
    ///
    /// Also those that nobody calls, and that the client may be about to delete: the row of a stream may have come back before the client
    /// could say that it had vanished, and is not called again then.
    pub fn components(&mut self, cids: &[u32]) -> Pass {
        let mut pass = Pass::default();
        pass.wanted.extend(cids.iter().copied().filter(|cid| self.parts.contains_key(cid)));
        self.add_between(&mut pass);
        for cid in &pass.wanted {
            match self.callers(*cid).any(|caller| pass.wanted.contains(&caller)) {
                true => {}
                false if self.is_called(*cid) => pass.roots.push(*cid),
                false => pass.loose.push(*cid),
            }
        }
        // A set has no order, and messages should have one.
        pass.roots.sort_unstable();
        pass.loose.sort_unstable();
        pass
    }

    /// Renders a view as [`Pass::view`], and these components in it with all that is around them. Those that the view does not call any
    /// more are not rendered.
    pub fn view(&self, view: Html, is_whole: bool, cids: &[u32]) -> Pass {
        let mut pass = Pass::view(view, is_whole);
        for cid in cids.iter().filter(|cid| self.is_called(**cid)) {
            pass.wanted.insert(*cid);
            pass.wanted.extend(self.callers(*cid).filter(|caller| *caller != VIEW));
        }
        pass
    }

    /// Components to render: those that are in the page, and the others in the messages that they are told the client with: those that are
    /// inside something that is not known here, such as the rows of a stream, cannot be in one message with what is around them.
    pub fn apart(&self, cids: &[u32]) -> (Vec<u32>, Vec<Vec<u32>>) {
        let mut apart: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for cid in cids {
            let outermost = self.callers(*cid).take_while(|caller| *caller != NOBODY).last();
            apart.entry(outermost.unwrap_or(*cid)).or_default().push(*cid);
        }
        (apart.remove(&VIEW).unwrap_or_default(), apart.into_values().collect())
    }

    /// A change is painted only when all trees around it are part of the message, up to the outermost that is.
    fn add_between(&self, pass: &mut Pass) {
        let mut between = Vec::new();
        for cid in &pass.wanted {
            let around: Vec<u32> = self.callers(*cid).collect();
            if let Some(outermost) = around.iter().rposition(|caller| pass.wanted.contains(caller)) {
                between.extend_from_slice(&around[..outermost]);
            }
        }
        pass.wanted.extend(between);
    }

    /// The components that are next: those that the trees of the last level call, each with its number. None when all are
    /// rendered that must be.
    ///
    /// # Errors
    /// When a component is called twice, too deep, or is one too many.
    pub fn next(&mut self, pass: &mut Pass) -> Result<Vec<Due>, PartError> {
        let mut level = Vec::new();
        if !pass.has_begun {
            pass.has_begun = true;
            if let Some(mut view) = pass.view.take() {
                let called = self.search(pass, VIEW, 0, &mut view, &mut level);
                pass.view = Some(view);
                called?;
            }
            let roots = std::mem::take(&mut pass.roots);
            level.extend(roots.into_iter().filter_map(|cid| self.root(pass, cid)));
        }
        while let Some(tree) = pass.trees.get_mut(pass.searched) {
            pass.searched += 1;
            let (cid, depth, mut html) = (tree.cid, tree.depth, std::mem::take(&mut tree.html));
            let called = self.search(pass, cid, depth, &mut html, &mut level);
            pass.trees[pass.searched - 1].html = html;
            called?;
        }
        while level.is_empty()
            && let Some(cid) = pass.loose.pop()
        {
            if !pass.called.contains(&cid) {
                level.extend(self.root(pass, cid));
            }
        }
        Ok(level)
    }

    /// All have been rendered: components that are not called any more are called by nobody. Gives those that are deleted at once.
    ///
    /// # Errors
    /// When a component is at two places, one of which was not rendered in this pass (F135).
    pub fn end(&mut self, pass: &Pass) -> Result<Vec<u32>, PartError> {
        let mut deleted = Vec::new();
        let cids = |html: &Html| html.calls().iter().map(|call| call.cid).collect();
        pass.view.iter().for_each(|html| self.set_calls(VIEW, cids(html), &mut deleted));
        pass.trees.iter().for_each(|tree| self.set_calls(tree.cid, cids(&tree.html), &mut deleted));
        for (cid, before) in &pass.moved {
            let was_rendered =
                if *before == VIEW { pass.view.is_some() } else { pass.at.contains_key(before) };
            if !was_rendered && (*before == VIEW || self.is_called(*before)) {
                return Err(self.duplicate(*cid));
            }
        }
        if pass.is_whole {
            self.forget_others(&pass.called);
        }
        Ok(deleted)
    }

    fn root(&mut self, pass: &mut Pass, cid: u32) -> Option<Due> {
        pass.called.insert(cid);
        let depth = self.callers(cid).count();
        let is_called = self.is_called(cid);
        let part = self.parts.get_mut(&cid)?;
        // Whether the client still shows what nobody calls, only the client knows.
        (part.is_announced, part.is_absent) = (part.is_announced && !is_called, false);
        if std::mem::take(&mut part.is_forgotten) {
            pass.revived.insert(cid);
        }
        let (kind, id) = (part.kind, Arc::clone(&part.id));
        Some(Due { cid, call: None, must_render: true, kind, id, depth })
    }

    /// Numbers what a tree calls.
    fn search(
        &mut self,
        pass: &mut Pass,
        caller: u32,
        depth: usize,
        html: &mut Html,
        level: &mut Vec<Due>,
    ) -> Result<(), PartError> {
        for call in html.calls_mut() {
            if depth >= MAX_DEPTH {
                return Err(PartError::TooDeep { name: call.kind.name(), id: call.id.to_string() });
            }
            call.cid = self.cid(call)?;
            let must_render = self.call(pass, caller, call)?;
            let (cid, kind, id) = (call.cid, call.kind, Arc::clone(&call.id));
            level.push(Due { cid, call: Some(call.clone()), must_render, kind, id, depth: depth + 1 });
        }
        Ok(())
    }

    /// Notes who calls a component. Whether it must be rendered.
    fn call(&mut self, pass: &mut Pass, caller: u32, call: &Call) -> Result<bool, PartError> {
        let cid = call.cid;
        if !pass.called.insert(cid) {
            return Err(self.duplicate(cid));
        }
        // What is called where nobody sees it has not come back yet; but where it was called before, the client has it.
        let is_unseen = self.parts.get(&caller).is_some_and(|part| part.has_vanished);
        let is_held = is_unseen && !pass.revived.contains(&caller);
        let Some(part) = self.parts.get_mut(&cid) else { return Ok(true) };
        let before = std::mem::replace(&mut part.caller, caller);
        if before != caller && before != NOBODY {
            pass.moved.push((cid, before));
        }
        let had_vanished = std::mem::replace(&mut part.has_vanished, is_unseen);
        (part.is_announced, part.is_absent) = (false, false);
        if std::mem::take(&mut part.is_forgotten) || had_vanished && !(is_held && before == caller) {
            pass.revived.insert(cid);
        }
        Ok(pass.is_whole || pass.revived.contains(&cid) || pass.wanted.contains(&cid))
    }

    fn duplicate(&self, cid: u32) -> PartError {
        let part = self.parts.get(&cid);
        let (name, id) = part.map_or(("", String::new()), |part| (part.kind.name(), part.id.to_string()));
        PartError::Duplicate { name, id }
    }
}
