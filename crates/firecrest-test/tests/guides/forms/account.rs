use axum::Router;
use axum::http::StatusCode;
use axum::routing::delete;
use firecrest::live::form::{Errors, Form, FormData, LiveForm};
use firecrest::prelude::*;
use firecrest::session::{CsrfLayer, method_override};
use serde::Deserialize;

struct Account {
    form: Form,
    csrf_token: String,
    is_checked: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum AccountEvent {
    Leave { account: FormData },
}

impl LiveView for Account {
    type Event = AccountEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Account { form: Form::new("account", &()), csrf_token: cx.csrf_token(), is_checked: false })
    }

    async fn handle_event(&mut self, event: AccountEvent, _cx: &mut View<'_>) -> Outcome {
        let AccountEvent::Leave { account } = event;
        self.is_checked = self.form.submit(account, check).is_some();
        Outcome::Render
    }

    fn render(&self) -> Html {
        let word = self.form.field("word");
        html! {
            <LiveForm form={&self.form} action="/account" method="delete" csrf_token={&self.csrf_token}
                phx-submit="leave" phx-trigger-action={self.is_checked}>
                <label>"Type “leave”: " <input name={word.name()} value={word.value()}></label>
                for error in word.errors() { <p class="error">"It " {error} "."</p> }
                <button>"Delete my account"</button>
            </LiveForm>
        }
    }
}

fn check(account: &FormData) -> Errors {
    let mut errors = Errors::new();
    if account.text("word") != Some("leave") {
        errors.add("word", "is another word");
    }
    errors
}

fn app(endpoint: &Endpoint) -> Router {
    let account = Router::new()
        .route("/account", delete(async || (StatusCode::OK, "It is gone.")))
        .layer(CsrfLayer::new())
        .layer(endpoint.session_layer());
    let pages = endpoint.live("/live").page::<Account>("/");
    method_override(Router::new().merge(account).merge(pages))
}
