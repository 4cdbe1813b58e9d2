//! The components of a view.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::Arc;

use firecrest_live::{Due, Html, Roster};

use super::kind::{Changed, ComponentKind, Part};
use super::pass::PassError;
use crate::live::page::Reach;

/// The components of a view. While one of them is called, it is not in the table.
#[derive(Default)]
pub(in crate::live) struct Components {
    pub(in crate::live) roster: Roster,
    table: HashMap<u32, Box<dyn Part>>,
    /// Those that have to be rendered, because of what was said to them.
    pub(super) due: Vec<u32>,
}

impl Components {
    pub(super) fn take(&mut self, cid: u32) -> Option<Box<dyn Part>> {
        self.table.remove(&cid)
    }

    pub(super) fn put_back(&mut self, cid: u32, part: Box<dyn Part>) {
        self.table.insert(cid, part);
    }

    /// Those that have to be rendered: in the page, and the others, as messages of their own.
    pub(in crate::live) fn take_due(&mut self) -> (Vec<u32>, Vec<Vec<u32>>) {
        self.roster.apart(&std::mem::take(&mut self.due))
    }

    /// One of them has to be rendered.
    pub(in crate::live) fn must_render(&mut self, cid: u32) {
        self.due.push(cid);
    }

    /// Components are gone.
    pub(super) fn drop_all(&mut self, cids: &[u32]) {
        for cid in cids {
            if let Some(part) = self.table.remove(cid) {
                tracing::debug!(component = part.name(), cid, "component destroyed");
            }
        }
    }

    /// How it looks.
    pub(super) fn render(&self, cid: u32) -> Option<Html> {
        self.table.get(&cid)?.render(cid)
    }

    /// Mounts those of a level that are new, and updates those that are called with something else. Gives them all.
    pub(super) async fn update(
        &mut self,
        level: &[Due],
        reach: &mut Reach<'_>,
    ) -> Result<Vec<u32>, PassError> {
        let mut changed = Vec::new();
        for (kind, mut group) in self.changed(level) {
            (kind.update_many)(&mut group, reach.again()).await.map_err(PassError::Mount)?;
            for Changed { cid, part, id, .. } in group {
                if !part.is_mounted() {
                    return Err(PassError::NotMounted { name: part.name(), id: id.to_string() });
                }
                changed.push(cid);
                self.put_back(cid, part);
            }
        }
        changed.sort_unstable();
        Ok(changed)
    }

    /// Those of a level that are new or called with something else, by type.
    fn changed(&mut self, level: &[Due]) -> Vec<(&'static ComponentKind, Vec<Changed>)> {
        let mut at: HashMap<TypeId, usize> = HashMap::new();
        let mut groups: Vec<(&'static ComponentKind, Vec<Changed>)> = Vec::new();
        for due in level {
            let Some(call) = &due.call else { continue };
            // Calls are made by `live_component` only.
            let Some(kind) = call.behind.downcast_ref::<ComponentKind>() else { continue };
            let held = self.table.get(&due.cid);
            if held.is_some_and(|part| (kind.is_same)(&**part, &*call.props)) {
                continue;
            }
            let part = self.table.remove(&due.cid).unwrap_or_else(kind.make);
            let at = *at.entry(call.kind()).or_insert(groups.len());
            if at == groups.len() {
                groups.push((kind, Vec::new()));
            }
            if let Some((_, group)) = groups.get_mut(at) {
                let (id, props) = (Arc::from(call.id()), Arc::clone(&call.props));
                group.push(Changed { cid: due.cid, id, props, part });
            }
        }
        groups
    }
}

impl std::fmt::Debug for Components {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Components").field("roster", &self.roster).finish_non_exhaustive()
    }
}
