//! Rendering all that is due: the view or some components, and level by level what they call (spec §3.9).

use std::time::{Duration, Instant};

use firecrest_live::{PartError, Pass};

use crate::live::MountError;
use crate::live::page::Reach;
use crate::telemetry::meter::{Limit, reached};

/// Why components cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(in crate::live) enum PassError {
    #[error(transparent)]
    Part(#[from] PartError),
    #[error("a component was not mounted: {0:?}")]
    Mount(MountError),
    #[error("`update_many` of {name} has not mounted the new component with the id {id:?}")]
    NotMounted { name: &'static str, id: String },
    /// A callback has failed without a way to return it.
    #[error("{0}")]
    Failed(String),
    #[error("a component cannot go elsewhere in `update`: only from `mount` with an error, or in a callback")]
    Leaves,
}

/// Counts that there would be more components than may be.
fn note(error: &PartError) {
    if matches!(error, PartError::TooMany) {
        reached(Limit::Components);
    }
}

/// Mounts, updates and renders the components of a pass. Gives those that are gone.
pub(in crate::live) async fn run(pass: &mut Pass, reach: &mut Reach<'_>) -> Result<Vec<u32>, PassError> {
    let mut components = reach.page.components.take().unwrap_or_default();
    // What the view has said comes after what its components say (spec §3.9).
    let events = if pass.has_view() { std::mem::take(&mut reach.page.events) } else { Vec::new() };
    let (mut rendering, mut has_rendered) = (Duration::ZERO, false);
    while let level = components.roster.next(pass).inspect_err(note)?
        && !level.is_empty()
    {
        let changed = components.update(&level, reach).await?;
        let begun = Instant::now();
        for due in &level {
            if (due.must_render || changed.binary_search(&due.cid).is_ok())
                && let Some(html) = components.render(due.cid)
            {
                pass.rendered(due, html);
                has_rendered = true;
            }
        }
        rendering += begun.elapsed();
    }
    if has_rendered {
        reach.page.meters.render.record_time(rendering);
    }
    let deleted = components.roster.end(pass)?;
    components.drop_all(&deleted);
    reach.page.end_work_of(&deleted);
    reach.page.events.extend(events);
    // A number is not used again, whoever had it; but a view that never had components has no room for them.
    reach.page.components = Some(components).filter(|components| !components.roster.is_unused());
    match (reach.page.failed.take(), &reach.page.leave) {
        (Some(error), _) => Err(PassError::Failed(error)),
        (None, Some(_)) => Err(PassError::Leaves),
        (None, None) => Ok(deleted),
    }
}
