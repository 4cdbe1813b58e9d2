//! A page for every bird, with tabs and further pages: what is shown stands in the address.

use firecrest::prelude::*;
use serde::Deserialize;

use crate::birds::{BIRDS, Bird};

/// Sightings on one page, and pages.
const ROWS: usize = 5;
const PAGES: usize = 4;

const PLACES: [&str; 6] =
    ["Ravensmoor", "Old orchard", "Churchyard", "Beech walk", "Heron's mill", "South dunes"];

pub(crate) struct Guide {
    /// The bird's place in [`BIRDS`].
    at: usize,
    query: Query,
}

/// What the address says.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Query {
    tab: Tab,
    /// Counted from 0; later than the last is the last.
    page: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tab {
    #[default]
    About,
    Sightings,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GuideEvent {
    Anywhere,
    Reload,
}

impl LiveView for Guide {
    type Event = GuideEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let slug = cx.params().get("bird").unwrap_or("firecrest");
        let at = BIRDS.iter().position(|bird| bird.slug() == slug).ok_or_else(MountError::not_found)?;
        cx.set_title(BIRDS[at].name);
        Ok(Guide { at, query: Query::default() })
    }

    async fn handle_params(&mut self, cx: &mut View<'_>) -> Outcome {
        self.query = cx.parse_params().unwrap_or_default();
        Outcome::Render
    }

    async fn handle_event(&mut self, event: GuideEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            GuideEvent::Anywhere => {
                let other = (self.at + rand::random_range(1..BIRDS.len())) % BIRDS.len();
                cx.put_flash(
                    "info",
                    format!("This came along from the {}.", self.bird().name.to_lowercase()),
                );
                cx.push_navigate(path(other));
            }
            GuideEvent::Reload => {
                cx.put_flash("info", "The page was loaded anew, and this came along.");
                cx.redirect(cx.uri().to_owned());
            }
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        let (before, after) = ((self.at + BIRDS.len() - 1) % BIRDS.len(), (self.at + 1) % BIRDS.len());
        html! {
            <nav class="row" aria-label="Birds">
                <a class="button quiet" {..link::navigate(path(before))}>"← " {BIRDS[before].name}</a>
                <a class="button quiet" {..link::navigate(path(after))}>{BIRDS[after].name} " →"</a>
                <button type="button" class="quiet" phx-click="anywhere">"Anywhere"</button>
                <button type="button" class="quiet" phx-click="reload">"Reload"</button>
                <a class="button quiet" href="/live-demo/members">"Members only"</a>
            </nav>
            <section class="card">
                <nav class="tabs" aria-label="About the bird">
                    <a {..link::patch(path(self.at))} aria-current={self.is_current(Tab::About)}>"About"</a>
                    <a {..link::patch(self.page(0))} aria-current={self.is_current(Tab::Sightings)}>"Sightings"</a>
                </nav>
                match self.query.tab {
                    Tab::About => {
                        let Bird { latin, grams, about, .. } = self.bird();
                        <p class="count">{grams} <small>" g"</small></p>
                        <meter min="0" max="25" value={grams} aria-label="Its weight, from 0 to 25 grams"></meter>
                        <p class="lede">{about}</p>
                        <p><i>{latin}</i></p>
                    }
                    Tab::Sightings => { {self.sightings()} }
                }
            </section>
        }
    }
}

impl Guide {
    fn bird(&self) -> &'static Bird {
        &BIRDS[self.at]
    }

    fn is_current(&self, tab: Tab) -> Option<&'static str> {
        (self.query.tab == tab).then_some("page")
    }

    /// The address of a page of sightings.
    fn page(&self, page: usize) -> String {
        format!("{}?tab=sightings&page={page}", path(self.at))
    }

    fn sightings(&self) -> Html {
        let page = self.query.page.min(PAGES - 1);
        html! {
            <div class="table" tabindex="0" role="region" aria-label="Sightings">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Week"</th>
                            <th scope="col">"Place"</th>
                            <th scope="col" class="number">"Birds"</th>
                        </tr>
                    </thead>
                    <tbody>
                        for row in page * ROWS..(page + 1) * ROWS, key = row {
                            let (place, count) = self.sighting(row);
                            <tr><td>{52 - row}</td><td>{place}</td><td class="number">{count}</td></tr>
                        }
                    </tbody>
                </table>
            </div>
            <nav class="row" aria-label="Pages of sightings">
                for other in 0..PAGES {
                    // Replaced, so that one step back leaves the sightings and does not leaf through them.
                    <a class="button quiet" {..link::patch(self.page(other)).replace()}
                        aria-current={(other == page).then_some("page")}>{other + 1}</a>
                }
            </nav>
        }
    }

    /// Who counts birds in all these places? Nobody: where, and how many.
    fn sighting(&self, row: usize) -> (&'static str, usize) {
        (PLACES[(row * 5 + self.at * 3 + row / 4) % PLACES.len()], (row * row + self.at * 7) % 9 + 1)
    }
}

fn path(at: usize) -> String {
    format!("/live-demo/pages/{}", BIRDS[at].slug())
}
