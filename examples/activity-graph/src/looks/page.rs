//! The page: the lines, and the same in numbers.

use firecrest::prelude::*;

use super::strip::{SERIES, Strip};
use crate::history::History;
use crate::rows::{Row, rows};

/// The page as it is now. The lines are the script's business: the server never looks at them again.
pub(crate) fn page(history: &History) -> Html {
    let nodes = history.nodes();
    html! {
        <div class="intro">
            <h1>"Every request, as it happens"</h1>
            <p class="lede">
                "Pages, scripts, pictures: whatever this server answers moves the line, for all who look at the same moment. \
                 Reload this page in a second window, and watch the first."
            </p>
        </div>
        <section class="monitor" id="graph" aria-label="Graph of the last two and a half minutes" phx-hook="ActivityGraph"
            phx-update="ignore">
            for series in &SERIES { <Strip of={series}/> }
            <div class="monitor-foot">
                <p class="moment" data-clock>"now"</p>
                <p class="keys" aria-hidden="true"><kbd>"space"</kbd> " or " <kbd>"p"</kbd></p>
                <button type="button" class="quiet" data-pause aria-pressed="false" aria-keyshortcuts="Space P">
                    "Pause"
                </button>
            </div>
        </section>
        <p class="nodes">
            "You are looking at " <b id="nodes">{nodes}</b> {if nodes == 1 { " node." } else { " nodes, all together." }}
        </p>
        <details class="numbers" id="numbers" phx-mounted={firecrest::live::js::ignore_attributes("open")}>
            <summary>"The same in numbers"</summary>
            <Table rows={rows(history.ticks())}/>
        </details>
        <details class="source" id="source" phx-mounted={firecrest::live::js::ignore_attributes("open")}>
            <summary>"The code behind it"</summary>
            <pre tabindex="0" role="region" aria-label="Source"><code>{include_str!("../page.rs")}</code></pre>
        </details>
    }
}

/// What was counted, a row for a quarter of a minute.
#[component]
fn Table(rows: Vec<Row>) -> Html {
    html! {
        <div class="table" tabindex="0" role="region" aria-labelledby="numbers-caption">
            <table>
                <caption id="numbers-caption">"What was counted in the last two and a half minutes, newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Time (UTC)"</th>
                        <th scope="col" class="number">"Requests"</th>
                        <th scope="col" class="number">"Sockets open"</th>
                        <th scope="col" class="number">"Messages"</th>
                    </tr>
                </thead>
                <tbody>
                    for row in &rows, key = row.from.0 {
                        <tr>
                            <th scope="row">
                                <time>{row.from}</time> "–" <time>{row.from.end()}</time>
                            </th>
                            <td class="number">{row.requests}</td>
                            <td class="number">{row.sockets}</td>
                            <td class="number">{row.messages}</td>
                        </tr>
                    }
                </tbody>
            </table>
        </div>
    }
}
