//! What the browser does by itself: commands in the template, none of which asks the server but one.

use firecrest::live::FocusWrap;
use firecrest::live::js::{self, Classes, Hide, SetAttribute, Show, Target, Toggle, Transition};
use firecrest::prelude::*;
use serde::Deserialize;

use crate::parts::{FADE_IN, FADE_OUT, Modal, close_modal, open_modal};

pub(crate) struct Commands {
    released: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CommandsEvent {
    Release,
}

impl LiveView for Commands {
    type Event = CommandsEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Commands { released: 0 })
    }

    async fn handle_event(&mut self, CommandsEvent::Release: CommandsEvent, _cx: &mut View<'_>) -> Outcome {
        self.released += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <div class="cards">
                <section class="card">
                    <h2>"A dialog"</h2>
                    <p>
                        "It takes the focus, keeps it, and gives it back. "
                        "Escape closes it, and so does a click beside it."
                    </p>
                    <p class="row">
                        <button type="button" phx-click={open_modal("cage")}>"Open the cage"</button>
                        <span class="badge" role="status">{self.released} " released"</span>
                    </p>
                    <Cage/>
                </section>
                <section class="card" id="perch">
                    <h2>"A menu"</h2>
                    <p>"Its entries play with this card. Changes from the server wait for the end of a transition."</p>
                    <Menu/>
                </section>
                <section class="card">
                    <h2>"Switches"</h2>
                    <p>"What they change stays so, also when the server sends news of this page."</p>
                    <Switches/>
                </section>
            </div>
        }
    }
}

/// The dialog belongs to its card, and no card could clip it: it is shown at the end of the document.
#[component]
fn Cage() -> Html {
    html! {
        <Modal id="cage" title="Let it fly?">
            <p>"This is the only button here whose click reaches the server."</p>
            <div class="actions">
                <button type="button" class="quiet" phx-click={close_modal("cage")}>"Not yet"</button>
                <button type="button" phx-click={js::push("release").concat(&close_modal("cage"))}>
                    "Release"
                </button>
            </div>
        </Modal>
    }
}

#[component]
fn Menu() -> Html {
    let open = js::push_focus(Target::this())
        .set_attribute(("aria-expanded", "true"))
        .show(Show::new("#menu").display("grid").transition(FADE_IN))
        .focus_first("#menu");
    let close = js::set_attribute(SetAttribute::new("aria-expanded", "false").to("#menu-button"))
        .hide(Hide::new("#menu").transition(FADE_OUT))
        .pop_focus();
    let shake = js::transition(Transition::new("shake").to("#perch").millis(600)).concat(&close);
    let light_up = js::transition(Transition::new("highlight").to("#perch").millis(1200)).concat(&close);
    html! {
        <div class="menu">
            <button type="button" class="quiet" id="menu-button" aria-expanded="false" aria-controls="menu"
                phx-click={&open}>
                "Move the perch ▾"
            </button>
            <FocusWrap id="menu" class="menu-list" hidden phx-window-keydown={&close} phx-key="Escape"
                phx-click-away={&close}>
                <button type="button" class="quiet" phx-click={shake}>"Shake it"</button>
                <button type="button" class="quiet" phx-click={light_up}>"Light it up"</button>
                <button type="button" class="quiet" phx-click={&close}>"Leave it alone"</button>
            </FocusWrap>
        </div>
    }
}

#[component]
fn Switches() -> Html {
    let night = js::toggle_attribute(("aria-checked", "true", "false"))
        .toggle_class(Classes::new("night").to("#nest"));
    let more = js::toggle_attribute(("aria-expanded", "true", "false"))
        .toggle(Toggle::new("#more").ins(FADE_IN).outs(FADE_OUT));
    html! {
        <p class="row">
            <button type="button" class="switch" role="switch" aria-checked="false" phx-click={night}>"Night"</button>
            <button type="button" class="switch" aria-expanded="false" aria-controls="more" phx-click={more}>
                "Details"
            </button>
        </p>
        <p class="nest" id="nest">"Four eggs, 0.7 g each."</p>
        <p class="quiet-text" id="more" hidden>
            "Moss, lichen and spider silk; the eggs lie in three hundred feathers."
        </p>
    }
}
