//! One page: its own numbers, its last minutes, and the numbers of all pages.

use assets::url;
use firecrest::prelude::*;

use super::rolling::Rolling;
use crate::traffic::{Numbers, Traffic};

/// Most birds on the wire. Whoever comes then is in the number only.
const PERCHES: usize = 12;

/// The page as it is now.
pub(crate) fn page(Traffic { page, here, site, history }: &Traffic) -> Html {
    let now = here.viewers.count();
    html! {
        <div class="intro">
            <h1>{page.title}</h1>
            <p class="lede">{page.about}</p>
        </div>
        <section class="board" aria-label="This page">
            <Figures id="here" numbers={here}/>
            <Wire birds={now}/>
        </section>
        <figure class="history">
            <figcaption>
                "Here in the last two and a half minutes " <span class="peak">"at most " {history.peak(now)}</span>
            </figcaption>
            <svg viewBox="0 0 150 104" preserveAspectRatio="none" aria-hidden="true">
                <polyline points={history.points(now)}/>
            </svg>
        </figure>
        <section class="site" aria-labelledby="site-title">
            <h2 id="site-title">"All pages together"</h2>
            <Figures id="site" numbers={site}/>
        </section>
        <details class="source" id="source" phx-mounted={firecrest::live::js::ignore_attributes("open")}>
            <summary>"The code behind it"</summary>
            <pre tabindex="0" role="region" aria-label="Source"><code>{include_str!("../traffic.rs")}</code></pre>
        </details>
    }
}

/// Who is there, and how often somebody came.
#[component]
fn Figures(id: &str, numbers: &Numbers) -> Html {
    html! {
        <dl class="figures" id={id}>
            <div class="figure active">
                <dt>"here now"</dt>
                <dd><Rolling value={numbers.viewers.count() as u64}/></dd>
            </div>
            <div class="figure visits">
                <dt>"visits"</dt>
                <dd><Rolling value={numbers.visits.get().unsigned_abs()}/></dd>
            </div>
        </dl>
    }
}

/// A bird for each viewer, as far as there is room. The number says it all.
#[component]
fn Wire(birds: usize) -> Html {
    let bird = url("icon.svg");
    html! {
        <ul class="wire" aria-hidden="true">
            for _ in 0..birds.min(PERCHES) {
                <li><img src={&bird} alt="" width="44" height="44"></li>
            }
            if birds > PERCHES { <li class="more">"+" {birds - PERCHES}</li> }
        </ul>
    }
}
