//! Rows of a form that buttons add and remove (F033), and inputs that commands say have changed.

use firecrest::live::form::{Errors, Form, FormData};
use firecrest::live::js::{self, Dispatch};
use firecrest::prelude::*;
use firecrest_test::TestView;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Team {
    users: Vec<User>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct User {
    name: String,
}

/// A team, and the fields that it was told last.
struct Teams {
    form: Form,
    told: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Change { team: FormData },
}

impl LiveView for Teams {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Teams { form: Form::new("team", &Team::default()), told: String::new() })
    }

    async fn handle_event(&mut self, Event::Change { team }: Event, _cx: &mut View<'_>) -> Outcome {
        self.told = team.encode();
        self.form.change(team, |_: &Team| Errors::new());
        Outcome::Render
    }

    fn render(&self) -> Html {
        let users = self.form.rows("users");
        html! {
            <form id="team" phx-change="change">
                for user in &users, key = user.id() {
                    <p id={user.id()}>
                        {user.hidden()}
                        <input name={user.field("name").name()} value={user.field("name").value()}>
                        <button {..user.remove()}>"Remove " {user.index()}</button>
                    </p>
                }
                {users.hidden()}
                <button {..users.add()}>"Add"</button>
            </form>
            <button phx-click={js::dispatch(Dispatch::new("change").to("#team_users_0 input"))}>"Far"</button>
            <button phx-click={js::dispatch(Dispatch::new("change"))}>"Lost"</button>
            <button phx-click={js::dispatch("other")}>"Other"</button>
            <pre>{&self.told}</pre>
        }
    }
}

#[firecrest::test]
async fn t10_a_button_that_says_it_has_changed_is_sent_with_its_form() {
    let mut page = TestView::mount::<Teams>().await;
    for _ in 0..2 {
        page.element("button", "Add").click().await;
    }
    page.form("#team").fill([("team[users][1][name]", "Ann")]).change().await;
    page.element("button", "Remove 0").click().await;
    assert_eq!(page.count("#team p"), 1);
    assert_eq!(page.form("#team").value("team[users][0][name]").as_deref(), Some("Ann"));
    assert!(page.has("#team_users_1", None), "the row has kept its id");
}

#[firecrest::test]
async fn t10_an_input_that_is_said_to_have_changed_is_used_from_then_on() {
    let mut page = TestView::mount::<Teams>().await;
    page.element("button", "Add").click().await;
    page.element("button", "Add").click().await;
    assert!(page.text("pre").contains("_unused_name"), "{}", page.text("pre"));
    page.element("button", "Far").click().await;
    assert_eq!(page.text("pre").matches("_unused_name").count(), 1, "{}", page.text("pre"));
    page.element("button", "Other").click().await;
}

#[firecrest::test]
#[should_panic(expected = "no input of a form")]
async fn t10_a_change_of_what_is_no_input_is_refused() {
    let mut page = TestView::mount::<Teams>().await;
    page.element("button", "Lost").click().await;
}
