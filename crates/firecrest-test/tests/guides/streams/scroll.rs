use std::ops::Range;

use firecrest::prelude::*;

/// What a query over a table with a number in each row would give.
async fn load(numbers: Range<u64>) -> Vec<u64> {
    numbers.collect()
}

struct Table {
    rows: Stream<u64>,
    shown: Range<u64>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum TableEvent {
    Earlier {
        #[serde(default, rename = "_overran")]
        is_overrun: bool,
    },
    Later {},
}

impl LiveView for Table {
    type Event = TableEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let mut table = Table { rows: Stream::new(|row: &u64| format!("row-{row}")), shown: 0..0 };
        table.later().await;
        Ok(table)
    }

    async fn handle_event(&mut self, event: TableEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            TableEvent::Earlier { is_overrun: true } => return Outcome::NoReply,
            TableEvent::Earlier { .. } => self.earlier().await,
            TableEvent::Later {} => self.later().await,
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <ul id="rows" phx-update="stream" phx-viewport-bottom="later"
                phx-viewport-top={(self.shown.start > 0).then_some("earlier")}>
                stream (id, row) in &self.rows { <li id={id}>"Row " {row}</li> }
            </ul>
        }
    }
}

impl Table {
    async fn later(&mut self) {
        let end = self.shown.end + 50;
        self.rows.limit(-200).extend(load(self.shown.end..end).await);
        self.shown = self.shown.start.max(end.saturating_sub(200))..end;
    }

    async fn earlier(&mut self) {
        let start = self.shown.start.saturating_sub(50);
        self.rows.limit(200).prepend_all(load(start..self.shown.start).await);
        self.shown = start..self.shown.end.min(start + 200);
    }
}
