//! The cookie session, and protection against forged requests, for axum (spec §1.9).
//!
//! The whole session travels in one cookie, signed or encrypted with keys derived from the application's
//! [`SecretKeyBase`](crate::token::SecretKeyBase); the server stores nothing. The cookie is that of Phoenix: with the
//! same secret, name and salts both read each other's sessions.
//!
//! ```
//! use axum::{Router, routing::get};
//! use firecrest::session::{CsrfLayer, CsrfToken, Session, SessionConfig, SessionError, SessionLayer};
//! use firecrest::token::SecretKeyBase;
//!
//! async fn form(token: CsrfToken) -> String {
//!     format!("<form method=post><input type=hidden name=_csrf_token value={token}></form>")
//! }
//!
//! async fn log_in(session: Session) -> Result<(), SessionError> {
//!     session.renew();
//!     session.insert("user_id", &7)
//! }
//!
//! let app: Router = Router::new()
//!     .route("/", get(form).post(log_in))
//!     .layer(CsrfLayer::new())
//!     .layer(SessionLayer::new(SecretKeyBase::random(), SessionConfig::new("signing salt")));
//! ```
//!
//! Merge the routes of sockets *after* these layers: sockets load the session themselves, and a long-poll client sends
//! no CSRF token with its messages.

mod codec;
mod config;
mod cookie;
pub mod csrf;
mod csrf_layer;
mod data;
mod error;
mod layer;
mod method;
mod socket;
mod state;

pub use config::{DEFAULT_COOKIE_NAME, DEFAULT_CSRF_KEY, DEFAULT_MAX_SIZE, SameSite, Secure, SessionConfig};
pub use csrf::CsrfToken;
pub use csrf_layer::{CSRF_BODY_LIMIT, CsrfLayer, CsrfService};
pub use data::SessionData;
pub use error::{SessionError, SessionRejection};
pub use layer::{SessionLayer, SessionService};
pub use method::method_override;
pub use socket::load_for_socket;
pub use state::Session;
