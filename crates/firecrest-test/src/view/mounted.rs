//! Commands that run when an element appears (spec §6, `phx-mounted`).

use std::collections::HashMap;

use serde_json::Map;

use super::cause::Cause;
use super::dom::{Node, describe};
use super::failure::Failure;
use super::tab::{State, Tab};

/// The elements whose commands have run, and how many look alike.
#[derive(Default)]
pub(super) struct Mounted(HashMap<String, usize>);

impl Tab {
    /// Runs what elements ask for that have appeared since the last time. Returns whether there were any.
    pub(super) async fn run_mounted(&mut self) -> Result<bool, Failure> {
        let new = self.newly_mounted();
        for (node, commands) in &new {
            let cause = Cause::Event { kind: None, data: Map::new() };
            self.execute(&cause, *node, commands).await?;
        }
        Ok(!new.is_empty())
    }

    fn newly_mounted(&mut self) -> Vec<(Node, String)> {
        let (mut seen, mut new) = (HashMap::<String, usize>::new(), Vec::new());
        for element in self.document.elements() {
            let Some(commands) = element.attr("phx-mounted") else { continue };
            let owner = self.document.owner(element.id()).unwrap_or_default();
            if self.view(owner).is_none_or(|at| self.views[at].state != State::Joined) {
                continue;
            }
            let name = element.attr("id").map_or_else(|| describe(element), str::to_owned);
            let key = format!("{owner} {name}");
            let count = seen.entry(key.clone()).or_default();
            *count += 1;
            if *count > self.mounted.0.get(&key).copied().unwrap_or_default() {
                new.push((element.id(), commands.to_owned()));
            }
        }
        self.mounted.0 = seen;
        new
    }
}
