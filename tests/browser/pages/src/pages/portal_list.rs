//! A stream in a component that is shown elsewhere, and whose items show something elsewhere (E059).

use firecrest::live::Portal;
use firecrest::prelude::*;
use serde::Deserialize;

use super::portals::TARGET;

pub(crate) struct PortalList;

impl LiveView for PortalList {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(PortalList)
    }

    fn render(&self) -> Html {
        html! { <Portal id="list-portal" target={TARGET}>{live_component::<List>("list", ())}</Portal> }
    }
}

struct List {
    items: Stream<u32>,
    last: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Prepend,
    Drop,
}

impl LiveComponent for List {
    type Props = ();
    type Event = Event;
    type Info = ();

    async fn mount(_props: &(), _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        let mut items = Stream::new(|item: &u32| format!("item-{item}"));
        items.append(1);
        items.append(2);
        Ok(List { items, last: 2 })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        match event {
            Event::Prepend => {
                self.last += 1;
                self.items.prepend(self.last);
            }
            Event::Drop => self.items.delete(&self.last),
        }
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        html! {
            <div id="component">
                <ul id="items" phx-update="stream">
                    stream (id, item) in &self.items {
                        <li id={id}>
                            {item}
                            <Portal id={&format!("{id}-portal")} target={TARGET}><i>{item}</i></Portal>
                        </li>
                    }
                </ul>
                <button phx-click="drop" phx-target={cx.myself()}>"Drop the last"</button>
                <button phx-click="prepend" phx-target={cx.myself()}>"Prepend"</button>
                <Portal id="button-portal" target={TARGET}>
                    <button phx-click="prepend" phx-target={cx.myself()}>"Prepend from afar"</button>
                </Portal>
            </div>
        }
    }
}
