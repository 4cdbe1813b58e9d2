//! Which page is where.

use axum::Router;
use axum::routing::{get, post};
use firecrest::Endpoint;
use firecrest::live::LivePages;
use firecrest::security_headers::SecurityHeaders;

use crate::pages::{
    card_streams, commands, components, crashes, debounced, elsewhere, empty_form, feedback, form, hook_id,
    loading, loops, navigation, patch_loop, patch_redirect, portal_list, portal_nesting, portals, rows,
    runtime_hooks, select, slow_stream, sticky, streams, target, two_selects, unsaved, uploads,
};
use crate::{document, gate, scripts};

/// Everything there is.
pub(crate) fn router(endpoint: &Endpoint) -> Router {
    let live = endpoint
        .live("/live")
        .root_layout(document::plain)
        .page::<hook_id::HookId>("/hook-id")
        .page::<runtime_hooks::RuntimeHooks>("/hooks/runtime")
        .page::<select::Kept>("/select/kept")
        .page::<select::Validated>("/select")
        .page::<two_selects::TwoSelects>("/select/two")
        .page::<form::FormPage>("/form")
        .page::<form::InComponent>("/form/component")
        .page::<form::Around>("/form/nested")
        .page::<feedback::Feedback>("/form/feedback")
        .page::<rows::Rows>("/form/rows")
        .page::<target::Target>("/form/target")
        .page::<debounced::Debounced>("/form/debounced")
        .page::<empty_form::EmptyForm>("/form/empty")
        .page::<unsaved::Unsaved>("/form/unsaved")
        .page::<unsaved::Left>("/form/unsaved/left")
        .page::<commands::Commands>("/commands")
        .page::<components::Components>("/components")
        .page::<loops::Loops>("/loops")
        .page::<streams::Streams>("/streams")
        .page::<card_streams::CardStreams>("/streams/cards")
        .page::<slow_stream::SlowStream>("/streams/slow")
        .page::<loading::Loading>("/streams/loading")
        .page::<uploads::Uploads>("/uploads")
        .page::<sticky::Top>("/sticky/top")
        .page::<sticky::Bottom>("/sticky/bottom")
        .page::<sticky::Nowhere>("/sticky/nowhere")
        .page::<elsewhere::Elsewhere>("/elsewhere")
        .page::<patch_redirect::PatchRedirect>("/patch-redirect")
        .session("navigation", navigation_pages)
        .session("portals", portal_pages)
        .session("errors", |pages| pages.root_layout(document::impatient).page::<crashes::Main>("/errors"));
    Router::new()
        .merge(live)
        .route("/navigation/dead", get(navigation::dead))
        .route("/eval", post(gate::eval))
        .merge(scripts::router())
        .layer(SecurityHeaders::new().content_security_policy(runtime_hooks::policy()))
}

fn portal_pages(pages: LivePages) -> LivePages {
    pages
        .root_layout(document::roomy)
        .page::<portals::Portals>("/portals")
        .page::<portal_nesting::Nesting>("/portals/nesting")
        .page::<portal_list::PortalList>("/portals/list")
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
