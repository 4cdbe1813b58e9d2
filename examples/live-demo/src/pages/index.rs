//! The page that leads to all others.

use firecrest::channel::NoEvents;
use firecrest::prelude::*;

use super::Crest;
use crate::menu::PAGES;

pub(crate) struct Index;

impl LiveView for Index {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Index)
    }

    fn render(&self) -> Html {
        html! {
            <ul class="tiles">
                for page in &PAGES, key = page.path {
                    <li class="card tile">
                        <h2><a {..link::navigate(page.path)}>{page.title}</a></h2>
                        <p>{page.about}</p>
                    </li>
                }
                <li class="card wide">{nested::<Crest>("crest")}</li>
            </ul>
        }
    }
}
