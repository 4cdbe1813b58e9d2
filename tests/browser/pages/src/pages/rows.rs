//! Rows that named buttons, or checkboxes, add and remove (E031–E033).

use firecrest::live::form::{Errors, Form, FormData};
use firecrest::live::js;
use firecrest::prelude::*;
use serde::{Deserialize, Serialize};

pub(crate) struct Rows {
    form: Form,
    rows: usize,
    has_checkboxes: bool,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Team {
    name: String,
    users: Vec<User>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct User {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Validate { team: FormData },
    Save { team: FormData },
}

impl Rows {
    /// Shows the rows in their new arrangement.
    fn arrange(&mut self, said: &FormData) -> Result<(), Errors> {
        let team: Team = said.read()?;
        self.rows = team.users.len();
        self.form = Form::new("team", &team);
        Ok(())
    }
}

impl LiveView for Rows {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let has_checkboxes = cx.params().get("checkboxes").is_some();
        Ok(Rows { form: Form::new("team", &Team::default()), rows: 0, has_checkboxes })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        let (Event::Validate { team } | Event::Save { team }) = event;
        match self.arrange(&team) {
            Ok(()) => Outcome::Render,
            Err(errors) => Stop::error(errors.to_string()).into(),
        }
    }

    fn render(&self) -> Html {
        let name = self.form.field("name");
        html! {
            <form id={self.form.id()} phx-change="validate" phx-submit="save">
                <fieldset>
                    <input type="text" id={name.id()} name={name.name()} value={name.value()}>
                    for index in 0..self.rows {
                        {self.row(index)}
                    }
                </fieldset>
                <input type="hidden" name="team[users_drop][]">
                if self.has_checkboxes {
                    <label><input type="checkbox" name="team[users_sort][]"> " Add"</label>
                } else {
                    <button type="button" name="team[users_sort][]" value="new" phx-click={js::dispatch("change")}>
                        "Add"
                    </button>
                }
            </form>
        }
    }
}

impl Rows {
    fn row(&self, index: usize) -> Html {
        let name = self.form.nested(&format!("users[{index}]")).field("name");
        html! {
            <div>
                <input type="hidden" name="team[users_sort][]" value={index}>
                <input type="text" id={name.id()} name={name.name()} value={name.value()}>
                if self.has_checkboxes {
                    <label><input type="checkbox" name="team[users_drop][]" value={index}> " Remove"</label>
                } else {
                    <button type="button" name="team[users_drop][]" value={index} phx-click={js::dispatch("change")}>
                        "Remove"
                    </button>
                }
            </div>
        }
    }
}
