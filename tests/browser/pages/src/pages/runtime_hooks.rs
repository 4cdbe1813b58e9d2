//! Hooks that stand beside their template and come with the page, or with what changes in it (E001, E002).

use axum::http::HeaderValue;
use firecrest::live::RuntimeHook;
use firecrest::live::js;
use firecrest::prelude::*;
use firecrest::security_headers::DEFAULT_CONTENT_SECURITY_POLICY;
use serde::Deserialize;

/// Groups the digits of a telephone number.
static PHONE: RuntimeHook = RuntimeHook::new(
    "Pages.Phone",
    r#"{
        mounted() {
            this.el.addEventListener("input", () => {
                const [, area, number] = this.el.value.replace(/\D/g, "").match(/^(\d{0,3})(\d*)/);
                this.el.value = number ? `${area}-${number}` : area;
            });
        }
    }"#,
);

/// Asks the view something, and shows the answer.
static ASK: RuntimeHook = RuntimeHook::new(
    "Pages.Ask",
    r#"{
        mounted() {
            this.pushEvent("ask", { question: "who" }, ({ answer }) => { this.el.textContent = answer });
        }
    }"#,
);

/// Runs the commands that the view sends.
static RUN: RuntimeHook = RuntimeHook::new(
    "Pages.Run",
    "{ mounted() { this.handleEvent(\"run\", ({ commands }) => this.js().exec(commands)) } }",
);

/// Says that it is there. No hash allows its script, but a nonce.
static SAY: RuntimeHook = RuntimeHook::new("Pages.Say", "{ mounted() { this.el.textContent = \"here\" } }");

/// A real one is never the same twice.
const NONCE: &str = "pages";

/// The default policy, and these scripts.
pub(crate) fn policy() -> HeaderValue {
    let hashes = [PHONE, ASK, RUN].map(|hook| hook.policy_source()).join(" ");
    let policy = format!("{DEFAULT_CONTENT_SECURITY_POLICY}; script-src 'self' 'nonce-{NONCE}' {hashes}");
    HeaderValue::try_from(policy).expect("hashes are visible ASCII")
}

pub(crate) struct RuntimeHooks {
    asks: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Show,
    Ask { question: String },
    Run,
}

impl LiveView for RuntimeHooks {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(RuntimeHooks { asks: false })
    }

    async fn handle_event(&mut self, event: Event, cx: &mut View<'_>) -> Outcome {
        match event {
            Event::Show => self.asks = true,
            Event::Ask { question } => {
                return Reply::ok(json!({ "answer": format!("{question}: you") })).into();
            }
            Event::Run => cx.push_event("run", &json!({ "commands": js::hide("#target").to_string() })),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            {PHONE}
            <input id="phone" phx-hook={PHONE.name()}>
            {RUN}
            <p id="target" phx-hook={RUN.name()}>"Still here"</p>
            <button phx-click="run">"Run"</button>
            <button phx-click="show">"Show"</button>
            if self.asks {
                {ASK}
                <output id="answer" phx-hook={ASK.name()} phx-update="ignore"></output>
                {SAY.with_nonce(NONCE)}
                <output id="said" phx-hook={SAY.name()} phx-update="ignore"></output>
            }
        }
    }
}
