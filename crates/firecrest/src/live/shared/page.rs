//! A shared view as part of a page.

use std::sync::Arc;

use firecrest_live::Pass;

use super::kind::SharedKind;
use super::sight::Sight;
use super::stage::Stage;
use crate::live::MountError;
use crate::live::container::Spot;
use crate::live::dead::{Around, Dead, Shell};
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
    spot: Spot<'_>,
) -> Result<Dead, NotMounted> {
    let missed = Arc::new(Missed::default());
    // A page that no socket will follow is asked for by HEAD: nobody sees it.
    let visit = (spot == Spot::Main && !page.needs_socket).then_some(shared.visit);
    let mut page = Mounting::new(page).admit(Ear::Nobody(&missed), visit).await?;
    match contain(&mut page, shared, spot).await {
        Ok(dead) => Ok(dead),
        Err(error) => Err(NotMounted { error, page }),
    }
}

async fn contain(page: &mut Page, shared: &'static SharedKind, spot: Spot<'_>) -> Result<Dead, MountError> {
    for _ in 0..TRIES {
        let stage: Arc<Stage> = page.endpoint.live_table().stages.find(page, shared)?;
        if stage.ready().await?
            && let Some(sight) = stage.look().await
        {
            let content = content(page, spot, &sight).await?;
            let element = Shell::of(page, spot)?.element(None, &content);
            return Ok(Dead { element, title: sight.title.clone(), flash: page.flash.clone() });
        }
    }
    Err(MountError::crashed(GONE))
}

/// The HTML, the same for everybody but for the sticky views in it.
async fn content(page: &mut Page, spot: Spot<'_>, sight: &Sight) -> Result<Arc<str>, MountError> {
    if sight.html.children().is_empty() {
        return Ok(sight.page());
    }
    let content = Around::of(page, spot).content(Pass::view(sight.html.clone(), true)).await;
    content.map(Arc::from).map_err(|(error, fresh)| {
        page.flash.extend(fresh);
        error
    })
}
