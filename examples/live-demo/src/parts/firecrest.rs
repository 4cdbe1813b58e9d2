//! The bird.

use firecrest::prelude::*;

/// A firecrest, so many pixels or units high, with a crest of a colour that the style sheet has a name for.
#[component]
pub(crate) fn Firecrest(size: &str, #[default("flame")] crest: &str) -> Html {
    html! {
        <svg class="firecrest" viewBox="0 0 64 64" width={size} height={size} aria-hidden="true">
            <path d="M15 42 2 52l6 2-2 5 17-9z" fill="#5d7544"/>
            <path d="M12 40C12 22 24 9 40 9c11 0 18 8 18 18 0 18-12 30-27 30-11 0-19-7-19-17z" fill="#7d9a45"/>
            <path d="M58 26c0 19-12 31-27 31-8 0-14-3-17-9 10 2 21-1 28-9 4-5 8-10 16-13z" fill="#f2eedd"/>
            <path d="M18 43c2-9 10-14 19-14 1 9-6 17-19 14z" fill="#46593a"/>
            <path d="M25 17C32 6 47 3 57 19c-8-6-20-8-32-2z" fill="#1d251f"/>
            <path class="crest-feathers" data-colour={crest} d="M28 13.5C35 5 47 4.5 54 15c-8-4-17-5-26-1.5z"/>
            <path d="M27 22c10-6 21-6 30 1" fill="none" stroke="#fffaf0" stroke-width="3.2" stroke-linecap="round"/>
            <path d="M37 28c6-3 13-3 20-1" fill="none" stroke="#1d251f" stroke-width="2.6" stroke-linecap="round"/>
            <circle cx="47" cy="27.5" r="3.8" fill="#1d251f"/>
            <circle cx="48.3" cy="26.2" r="1.2" fill="#fff"/>
            <path d="M57 26.5l7 3-7 2.2z" fill="#7c7a6c"/>
        </svg>
    }
}
