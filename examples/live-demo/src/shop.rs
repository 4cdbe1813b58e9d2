//! What can be ordered, what an order is, and its way over HTTP, for browsers without JavaScript.

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use firecrest::Endpoint;
use firecrest::live::form::{Errors, FormData};
use firecrest::live::put_flash;
use firecrest::session::{CsrfLayer, Session, SessionError};
use serde::{Deserialize, Serialize};

/// Name, and price in cents.
pub(crate) static GOODS: [(&str, u64); 6] = [
    ("Sunflower hearts, 2 kg", 890),
    ("Peanuts, 1 kg", 540),
    ("Suet balls, a dozen", 420),
    ("Mealworms, 500 g", 760),
    ("Nest box for tits", 1_850),
    ("Bird bath", 3_290),
];

/// Most lines of an order.
const MOST: usize = 12;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Order {
    pub(crate) name: String,
    pub(crate) lines: Vec<Line>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Line {
    pub(crate) item: String,
    pub(crate) quantity: Option<u32>,
}

impl Order {
    /// One with this many empty lines.
    pub(crate) fn blank(lines: usize) -> Self {
        Order { name: String::new(), lines: vec![Line::default(); lines] }
    }

    /// In cents.
    pub(crate) fn total(&self) -> u64 {
        self.lines.iter().map(Line::amount).sum()
    }

    pub(crate) fn check(&self) -> Errors {
        let mut errors = Errors::new();
        if self.name.trim().is_empty() {
            errors.add("name", "must not be empty");
        }
        if self.lines.is_empty() {
            errors.add("lines", "An order has a line at least.");
        }
        if self.lines.len() > MOST {
            errors.add("lines", format!("An order has {MOST} lines at most."));
        }
        for (index, line) in self.lines.iter().enumerate() {
            errors.add_part(&format!("lines[{index}]"), line.check());
        }
        errors
    }

    pub(crate) fn thanks(&self) -> String {
        format!("Thank you, {}! The birds are looking forward to {}.", self.name.trim(), euros(self.total()))
    }
}

impl Line {
    /// In cents, as far as it is known.
    pub(crate) fn amount(&self) -> u64 {
        let price = GOODS.iter().find(|(name, _)| *name == self.item).map_or(0, |(_, price)| *price);
        price.saturating_mul(self.quantity.unwrap_or_default().into())
    }

    fn check(&self) -> Errors {
        let mut errors = Errors::new();
        if GOODS.iter().all(|(name, _)| *name != self.item) {
            errors.add("item", "must be chosen");
        }
        if !self.quantity.is_some_and(|quantity| (1..=99).contains(&quantity)) {
            errors.add("quantity", "must be 1 to 99");
        }
        errors
    }
}

/// `€ 12.60`
pub(crate) fn euros(cents: u64) -> String {
    format!("€ {}.{:02}", cents / 100, cents % 100)
}

/// Where a browser without JavaScript sends an order, and asks for one more line.
pub(crate) fn router(endpoint: &Endpoint) -> Router {
    Router::new()
        .route("/live-demo/order/send", post(send))
        .route("/live-demo/order/more", post(more))
        .layer(CsrfLayer::new())
        .layer(endpoint.session_layer())
}

async fn send(session: Session, body: String) -> Result<Response, SessionError> {
    let Ok(said) = FormData::decode(&body) else { return Ok(StatusCode::BAD_REQUEST.into_response()) };
    let said = without_blanks(said.part("order"));
    match said.read::<Order>() {
        Ok(order) if order.check().is_empty() => put_flash(&session, "info", order.thanks())?,
        _ => return Ok(back(said, "&check=on")),
    }
    Ok(Redirect::to("/live-demo/order").into_response())
}

async fn more(body: String) -> Response {
    match FormData::decode(&body) {
        Ok(said) => back(said.part("order"), ""),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Has the lines taken out in which nothing was said.
fn without_blanks(order: FormData) -> FormData {
    let is_blank = |line: &&String| {
        let said = |name| order.text(&format!("lines[{line}][{name}]")).unwrap_or_default();
        said("item").is_empty() && said("quantity").is_empty()
    };
    let lines = order.get("lines").and_then(|lines| lines.as_object());
    let blank: Vec<_> = lines.into_iter().flat_map(|lines| lines.keys()).filter(is_blank).cloned().collect();
    let mut fields = order.into_map();
    fields.insert("lines_drop".to_owned(), blank.into());
    fields.into()
}

/// The page, which finds what was typed in its address.
fn back(order: FormData, wish: &str) -> Response {
    let said = FormData::from_iter([("order".to_owned(), order.into_map().into())]);
    Redirect::to(&format!("/live-demo/order?{}{wish}", said.encode())).into_response()
}
