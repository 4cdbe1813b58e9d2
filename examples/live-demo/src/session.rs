//! The part of a login that only HTTP can do: it sets the cookie.

use axum::response::Redirect;
use axum::routing::post;
use axum::{Form, Router};
use firecrest::Endpoint;
use firecrest::live::put_flash;
use firecrest::session::{CsrfLayer, Session, SessionError};
use serde::Deserialize;

/// Where the session keeps the name of who has logged in.
pub(crate) const NAME: &str = "live_demo_name";

/// The password of everybody.
pub(crate) const PASSWORD: &str = "firecrest";

pub(crate) fn router(endpoint: &Endpoint) -> Router {
    Router::new()
        .route("/live-demo/login", post(log_in))
        .route("/live-demo/logout", post(log_out))
        .layer(CsrfLayer::new())
        .layer(endpoint.session_layer())
}

/// The form of [`Login`](crate::pages::Login), as the browser submits it.
#[derive(Deserialize)]
struct Credentials {
    #[serde(rename = "login[name]")]
    name: String,
    #[serde(rename = "login[password]")]
    password: String,
}

async fn log_in(session: Session, Form(login): Form<Credentials>) -> Result<Redirect, SessionError> {
    let name = login.name.trim();
    if name.is_empty() || login.password != PASSWORD {
        return Ok(Redirect::to("/live-demo/form"));
    }
    session.renew();
    session.insert(NAME, name)?;
    put_flash(&session, "info", format!("Welcome, {name}!"))?;
    Ok(Redirect::to("/live-demo/members"))
}

async fn log_out(session: Session) -> Redirect {
    session.remove(NAME);
    session.renew();
    Redirect::to("/live-demo/form")
}
