//! A form in all the ways that submit and recovery are tried, alone, in a nested view, in a component and in a portal
//! (E018–E029, E035, E036). The query says what it is like.

use firecrest::channel::NoEvents;
use firecrest::live::Portal;
use firecrest::live::form::FormData;
use firecrest::live::js;
use firecrest::prelude::*;
use firecrest::wire::params::Params;
use serde::{Deserialize, Serialize};

use crate::gate::Gate;

pub(crate) struct FormPage {
    look: Look,
    /// What the form has said, over what it began with.
    fields: FormData,
    is_submitted: bool,
    gate: Gate,
}

/// What the form is like.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Look {
    id: Option<String>,
    change: Option<String>,
    recover: Option<String>,
    has_disabled_fieldset: bool,
    marks_no_unused: bool,
    marks_no_unused_c: bool,
    is_in_portal: bool,
}

impl Look {
    fn of(params: &Params) -> Self {
        let has = |name: &str| params.get(name).is_some();
        let change = if has("js-change") { js::push("validate").to_string() } else { "validate".to_owned() };
        Look {
            id: (!has("no-id")).then(|| "test-form".to_owned()),
            change: (!has("no-change")).then_some(change),
            recover: params.get("recover").map(str::to_owned),
            has_disabled_fieldset: has("disabled-fieldset"),
            marks_no_unused: has("no-unused"),
            marks_no_unused_c: has("no-unused-c"),
            is_in_portal: has("in-portal"),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Validate(FormData),
    Save,
    Recover,
    RecoverByPatch,
    Ping,
    #[serde(rename = "sandbox:eval")]
    Eval {
        value: String,
    },
}

impl LiveView for FormPage {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        FormPage::new(cx.session("look").unwrap_or_else(|| Look::of(cx.params())))
    }

    async fn handle_event(&mut self, event: Event, cx: &mut View<'_>) -> Outcome {
        if matches!(event, Event::RecoverByPatch) {
            cx.push_patch("/form?patched=1");
        }
        self.handle(event).await
    }

    fn render(&self) -> Html {
        html! {
            if self.look.is_in_portal {
                <Portal id="portal" target="body">{self.form(None)}</Portal>
            } else {
                {self.form(None)}
            }
        }
    }
}

impl LiveComponent for FormPage {
    type Props = Look;
    type Event = Event;
    type Info = ();

    async fn mount(look: &Look, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        FormPage::new(look.clone())
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.handle(event).await
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        html! { <section id="component">{self.form(Some(cx.myself()))}</section> }
    }
}

impl FormPage {
    fn new(look: Look) -> Result<Self, MountError> {
        let fields = FormData::decode("a=foo&b=bar&c=baz")?;
        Ok(FormPage { look, fields, is_submitted: false, gate: Gate::default() })
    }

    async fn handle(&mut self, event: Event) -> Outcome {
        match event {
            Event::Validate(said) => {
                self.gate.pass("validate").await;
                self.fields.merge(said.into_map());
            }
            Event::Save => {
                self.gate.pass("save").await;
                self.is_submitted = true;
            }
            Event::Recover => {
                let said = json!({ "b": "recovered by the server" });
                self.fields.merge(said.as_object().cloned().unwrap_or_default());
            }
            Event::RecoverByPatch | Event::Ping => {}
            Event::Eval { value } if value == "block" => {
                return Reply::ok(json!({ "result": self.gate.close() })).into();
            }
            Event::Eval { value } => return Stop::error(format!("no command {value:?}")).into(),
        }
        Outcome::Render
    }

    fn form(&self, target: Option<u64>) -> Html {
        let Look { id, change, recover, .. } = &self.look;
        html! {
            <form
                id={id}
                class="mine"
                phx-target={target}
                phx-submit="save"
                phx-change={change}
                phx-auto-recover={recover}
                phx-no-unused-field={self.look.marks_no_unused}
            >
                {self.inputs()}
                {buttons()}
            </form>
            if id.is_some() {
                <input type="text" name="f" form={id} value={self.text("f")}>
            }
            if self.is_submitted {
                <p id="submitted">"Submitted"</p>
            }
        }
    }

    fn inputs(&self) -> Html {
        let look = &self.look;
        html! {
            <fieldset disabled={look.has_disabled_fieldset}>
                <input type="text" name="a" readonly value={self.text("a")}>
                <input type="text" name="b" value={self.text("b")}>
            </fieldset>
            <input type="text" name="c" value={self.text("c")} phx-no-unused-field={look.marks_no_unused_c}>
            <select name="d">
                for option in ["foo", "bar", "baz"] {
                    <option value={option} selected={self.text("d") == Some(option)}>{option}</option>
                }
            </select>
            if look.id.is_some() {
                <input type="text" name="e" form={&look.id} value={self.text("e")}>
            }
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.fields.text(name)
    }
}

fn buttons() -> Html {
    html! {
        <button type="submit" phx-disable-with="Submitting" phx-click={js::dispatch("test")}>
            "Submit with commands"
        </button>
        <button id="submit" type="submit" phx-disable-with="Submitting">"Submit"</button>
        <button id="plain" type="button" phx-click="ping" phx-disable-with="Loading">"Plain"</button>
    }
}

/// The view around a form in a component.
pub(crate) struct InComponent {
    look: Look,
}

impl LiveView for InComponent {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(InComponent { look: cx.session("look").unwrap_or_else(|| Look::of(cx.params())) })
    }

    fn render(&self) -> Html {
        html! { {live_component::<FormPage>("form", self.look.clone())} }
    }
}

/// The view around a nested form, which may be in a component there.
pub(crate) struct Around {
    look: Look,
    in_component: bool,
}

impl LiveView for Around {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let in_component = cx.params().get("in-component").is_some();
        Ok(Around { look: Look::of(cx.params()), in_component })
    }

    fn render(&self) -> Html {
        html! {
            if self.in_component {
                {nested::<InComponent>("nested").given("look", &self.look)}
            } else {
                {nested::<FormPage>("nested").given("look", &self.look)}
            }
        }
    }
}
