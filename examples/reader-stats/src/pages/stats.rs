//! The operator's page: how many have read each post, as bars and as a table.

use firecrest::prelude::*;
use firecrest::tally::Counter;
use firecrest::viewers::Viewers;

use crate::axis::Axis;
use crate::blog::counter;
use crate::posts::{self, Post};

pub(crate) struct Stats {
    rows: Vec<Row>,
}

struct Row {
    post: &'static Post,
    reads: Counter,
    here: Viewers,
}

impl SharedView for Stats {
    type Event = NoEvents;
    type Info = ();

    async fn start(cx: &mut Start<'_>) -> Result<Self, MountError> {
        let mut stats = Stats { rows: Vec::new() };
        for post in posts::published() {
            let name = counter(&post.slug);
            let here = cx.endpoint().viewers(&name);
            cx.watch(&here);
            stats.rows.push(Row { post, reads: cx.counter(&name).await?, here });
        }
        Ok(stats)
    }

    fn title(&self) -> Option<String> {
        Some("Readers".to_owned())
    }

    fn render(&self) -> Html {
        html! {
            <div class="intro">
                <h1>"Readers"</h1>
                <p class="lede">
                    "Who has looked at a post for long enough, once for each post and day. The bars grow while you watch."
                </p>
            </div>
            // The table says the same to those who do not see the bars.
            <figure class="card chart" aria-hidden="true">{self.bars()}</figure>
            <div class="table" tabindex="0" role="region" aria-label="Readers of each post">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Post"</th>
                            <th scope="col" class="number">"Readers"</th>
                            <th scope="col" class="number">"Reading now"</th>
                        </tr>
                    </thead>
                    <tbody>
                        for row in &self.rows, key = &row.post.slug {
                            <tr>
                                <th scope="row"><a {..link::navigate(row.post.path())}>{&row.post.title}</a></th>
                                <td class="number">{row.reads.get()}</td>
                                <td class="number">{row.here.count()}</td>
                            </tr>
                        }
                    </tbody>
                </table>
            </div>
        }
    }
}

impl Stats {
    fn bars(&self) -> Html {
        let axis = Axis::new(self.rows.iter().map(Row::reads).max().unwrap_or_default());
        html! {
            <ol class="bars">
                for row in &self.rows, key = &row.post.slug {
                    let width = percent(&axis, row.reads());
                    <li>
                        <span>{&row.post.title}</span>
                        <svg>
                            for mark in axis.marks(), key = mark {
                                let x = percent(&axis, mark);
                                <line x1={&x} x2={&x} y1="0" y2="100%"/>
                            }
                            <rect x="0" y="20%" width={&width} height="60%" rx="4"/>
                            <text x={&width} y="50%" dx="0.5em" dy="0.35em">{row.reads()}</text>
                        </svg>
                    </li>
                }
                <li class="scale">
                    <svg>
                        for mark in axis.marks(), key = mark { <text x={percent(&axis, mark)} y="1.1em">{mark}</text> }
                    </svg>
                </li>
            </ol>
        }
    }
}

impl Row {
    fn reads(&self) -> u64 {
        self.reads.get().try_into().unwrap_or_default()
    }
}

fn percent(axis: &Axis, value: u64) -> String {
    format!("{}%", axis.percent(value))
}
