//! A shared view as part of a page.

use std::sync::Arc;

use super::kind::SharedKind;
use super::stage::Stage;
use crate::live::MountError;
use crate::live::dead::{Dead, Shell};
use crate::live::mounted::{Mounting, NotMounted};
use crate::live::page::{Ear, Missed, Page};

/// How often a view is looked for again that has ended while it was asked.
pub(super) const TRIES: usize = 3;

/// What the log is told then.
pub(super) const GONE: &str = "the shared view has ended, again and again";

/// Renders the view for a page, after the hooks have let the visitor pass.
pub(in crate::live) async fn page(
    page: Page,
    shared: &'static SharedKind,
    parent: Option<&str>,
) -> Result<Dead, NotMounted> {
    let missed = Arc::new(Missed::default());
    // A page that no socket will follow is asked for by HEAD: nobody sees it.
    let visit = (parent.is_none() && !page.needs_socket).then_some(shared.visit);
    let mut page = Mounting::new(page).admit(Ear::Nobody(&missed), visit).await?;
    match contain(&mut page, shared, parent).await {
        Ok(dead) => Ok(dead),
        Err(error) => Err(NotMounted { error, page }),
    }
}

async fn contain(
    page: &mut Page,
    shared: &'static SharedKind,
    parent: Option<&str>,
) -> Result<Dead, MountError> {
    for _ in 0..TRIES {
        let stage: Arc<Stage> = page.endpoint.live_table().stages.find(page, shared)?;
        if stage.ready().await?
            && let Some(sight) = stage.look().await
        {
            let element = Shell::of(page, parent)?.element(None, parent, &sight.page());
            return Ok(Dead { element, title: sight.title.clone(), flash: page.flash.clone() });
        }
    }
    Err(MountError::crashed(GONE))
}
