//! Which page is where.

use axum::Router;
use axum::routing::{get, post};
use firecrest::Endpoint;
use firecrest::live::LivePages;
use firecrest::security_headers::SecurityHeaders;

use crate::pages::{
    commands, crashes, debounced, elsewhere, empty_form, feedback, form, hook_id, loops, navigation,
    patch_loop, patch_redirect, rows, select, target, two_selects, unsaved,
};
use crate::{document, gate, scripts};

/// Everything there is.
pub(crate) fn router(endpoint: &Endpoint) -> Router {
    let live = endpoint
        .live("/live")
        .root_layout(document::plain)
        .page::<hook_id::HookId>("/hook-id")
        .page::<select::Kept>("/select/kept")
        .page::<select::Validated>("/select")
        .page::<two_selects::TwoSelects>("/select/two")
        .page::<form::FormPage>("/form")
        .page::<form::Around>("/form/nested")
        .page::<feedback::Feedback>("/form/feedback")
        .page::<rows::Rows>("/form/rows")
        .page::<target::Target>("/form/target")
        .page::<debounced::Debounced>("/form/debounced")
        .page::<empty_form::EmptyForm>("/form/empty")
        .page::<unsaved::Unsaved>("/form/unsaved")
        .page::<unsaved::Left>("/form/unsaved/left")
        .page::<commands::Commands>("/commands")
        .page::<loops::Loops>("/loops")
        .page::<elsewhere::Elsewhere>("/elsewhere")
        .page::<patch_redirect::PatchRedirect>("/patch-redirect")
        .session("navigation", navigation_pages)
        .session("errors", |pages| pages.root_layout(document::impatient).page::<crashes::Main>("/errors"));
    Router::new()
        .merge(live)
        .route("/navigation/dead", get(navigation::dead))
        .route("/eval", post(gate::eval))
        .merge(scripts::router())
        .layer(SecurityHeaders::new())
}

fn navigation_pages(pages: LivePages) -> LivePages {
    pages
        .root_layout(document::quick)
        .layout(navigation::layout)
        .page::<navigation::A>("/navigation/a")
        .page::<navigation::B>("/navigation/b")
        .page::<navigation::B>("/navigation/b/{id}")
        .page::<patch_loop::PatchLoop>("/navigation/loop")
}
