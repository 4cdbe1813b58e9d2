//! Components that vanish from a page (T64, spec §3.5).

use std::collections::BTreeSet;

use firecrest::live::ReplicaError;
use serde_json::{Value, json};

use super::failure::Failure;
use super::tab::{About, State, Tab, View};

/// The components of a view, as far as the page has to tell of them.
#[derive(Default)]
pub(super) struct Components {
    shown: BTreeSet<u64>,
    /// Those that have vanished, and nobody has been told.
    gone: BTreeSet<u64>,
    /// Those that have been announced, and are still not there.
    destroyed: Vec<u64>,
}

impl View {
    /// The page shows what has been merged.
    pub(super) fn note_components(&mut self) -> Result<(), ReplicaError> {
        let shown: BTreeSet<u64> = self.replica.components()?.into_iter().collect();
        let Components { shown: before, gone, .. } = &mut self.components;
        gone.extend(before.difference(&shown));
        *before = shown;
        Ok(())
    }

    /// The server knows that components are about to vanish: some may have come back meanwhile.
    pub(super) fn will_be_destroyed(&mut self, mut cids: Vec<u64>) {
        cids.retain(|cid| !self.components.shown.contains(cid));
        self.components.destroyed.extend(cids);
    }

    /// The server has deleted components.
    pub(super) fn are_destroyed(&mut self, response: &Value) -> Result<(), Failure> {
        let Some(cids) = response.get("cids").and_then(Value::as_array) else {
            return Err(Failure::new(format!(
                "the answer has no `cids`, which no client gets over: {response}"
            )));
        };
        self.replica.forget(cids.iter().filter_map(Value::as_u64));
        Ok(())
    }
}

impl Tab {
    /// Tells views of components that have vanished. Whether there was anything to tell.
    pub(super) async fn tell_vanished(&mut self) -> Result<bool, Failure> {
        let mut has_told = false;
        for at in 0..self.views.len() {
            let view = &mut self.views[at];
            if view.state != State::Joined {
                continue;
            }
            let shown = &view.components.shown;
            let gone = std::mem::take(&mut view.components.gone).into_iter();
            let gone: Vec<u64> = gone.filter(|cid| !shown.contains(cid)).collect();
            let destroyed = std::mem::take(&mut view.components.destroyed);
            for (event, cids) in [("cids_will_destroy", gone), ("cids_destroyed", destroyed)] {
                if cids.is_empty() {
                    continue;
                }
                let payload = json!({ "cids": cids });
                let about =
                    if event == "cids_destroyed" { About::Destroyed } else { About::WillDestroy(cids) };
                self.send(at, event, &payload, about).await?;
                has_told = true;
            }
        }
        Ok(has_told)
    }
}
