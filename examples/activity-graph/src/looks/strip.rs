//! One series of the graph.

use firecrest::prelude::*;

/// A series, and how it is drawn. The script reads the attributes.
pub(crate) struct Series {
    /// Its name in what pages are told.
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    /// `rate` is what is counted in a tick, `level` is what is there at its end.
    pub(crate) kind: &'static str,
    /// Whether the page is to say how many it is in a second.
    pub(crate) per_second: bool,
}

/// All of them, from above.
pub(crate) static SERIES: [Series; 3] = [
    Series { key: "requests", name: "Requests", unit: "in 0.75 s", kind: "rate", per_second: false },
    Series { key: "sockets", name: "Sockets", unit: "open", kind: "level", per_second: false },
    Series { key: "messages", name: "Messages", unit: "a second", kind: "rate", per_second: true },
];

/// Its line, beside what it is and how much it is.
#[component]
pub(crate) fn Strip(of: &Series) -> Html {
    let Series { key, name, unit, kind, per_second } = of;
    html! {
        <div class="strip" data-series={key} data-kind={kind} data-per-second={per_second}>
            <button type="button" data-toggle aria-pressed="true">{name}</button>
            <p class="reading"><b data-reading>"–"</b> " " {unit}</p>
            <p class="peak">"at most " <b data-peak>"–"</b></p>
            <div class="plot" role="img" aria-label={format!("{name}, as a line; the numbers are below")}></div>
        </div>
    }
}
