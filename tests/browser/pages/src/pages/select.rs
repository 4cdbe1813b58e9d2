//! Selects that the server renders again while the user is at them (E065, E114).

use firecrest::live::form::{Errors, Form, FormData};
use firecrest::prelude::*;
use serde::{Deserialize, Serialize};

/// Its select is not the server's business: the user's choice stays.
pub(crate) struct Kept {
    is_changed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    Validate,
}

impl LiveView for Kept {
    type Event = Change;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Kept { is_changed: false })
    }

    async fn handle_event(&mut self, Change::Validate: Change, _cx: &mut View<'_>) -> Outcome {
        self.is_changed = true;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form id="kept" phx-change="validate">
                <select>
                    <option value="ONE">"One"</option>
                    <option value="TWO">"Two"</option>
                </select>
                <button disabled={!self.is_changed}>"OK"</button>
            </form>
        }
    }
}

/// Its select wants more than five.
pub(crate) struct Validated {
    form: Form,
}

#[derive(Serialize, Deserialize)]
struct Order {
    amount: u8,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Validate { order: FormData },
}

impl Order {
    fn check(&self) -> Errors {
        let mut errors = Errors::new();
        if self.amount <= 5 {
            errors.add("amount", "must be more than five");
        }
        errors
    }
}

impl LiveView for Validated {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Validated { form: Form::new("order", &Order { amount: 2 }) })
    }

    async fn handle_event(&mut self, Event::Validate { order }: Event, _cx: &mut View<'_>) -> Outcome {
        self.form.change(order, Order::check);
        Outcome::Render
    }

    fn render(&self) -> Html {
        let amount = self.form.field("amount");
        html! {
            <form id={self.form.id()} phx-change="validate">
                <select id={amount.id()} name={amount.name()} class={("has-error", !amount.errors().is_empty())}>
                    for value in 1..=10 {
                        <option value={value} selected={amount.has(&value.to_string())}>{value}</option>
                    }
                </select>
            </form>
        }
    }
}
