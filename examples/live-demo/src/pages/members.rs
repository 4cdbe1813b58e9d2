//! A page for those who have logged in.

use firecrest::channel::NoEvents;
use firecrest::prelude::*;

use crate::session::NAME;

/// Sends everybody away who has not logged in, and tells the view who has.
pub(crate) struct RequireName;

/// Who has logged in.
#[derive(Clone)]
struct Name(String);

impl MountHook for RequireName {
    async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
        let Some(name) = cx.session(NAME) else {
            cx.put_flash("error", "Members only: please log in.");
            return Err(MountError::redirect("/live-demo/form"));
        };
        cx.insert(Name(name));
        Ok(())
    }
}

pub(crate) struct Members {
    name: String,
    csrf_token: String,
}

impl LiveView for Members {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let Name(name) = cx.get::<Name>().cloned().ok_or_else(|| MountError::redirect("/live-demo/form"))?;
        Ok(Members { name, csrf_token: cx.csrf_token() })
    }

    fn render(&self) -> Html {
        html! {
            <section class="card">
                <h2>"Welcome, " {&self.name} "."</h2>
                <p>
                    "The hook that asked for your name has handed it to this page. Without one you would have been sent "
                    "to the login, over HTTP as well as over the socket."
                </p>
                <form action="/live-demo/logout" method="post">
                    <input type="hidden" name="_csrf_token" value={&self.csrf_token}>
                    <button type="submit" class="quiet">"Log out"</button>
                </form>
            </section>
        }
    }
}
