use std::time::Duration;

use firecrest::live::Panic;
use firecrest::prelude::*;

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum OrdersEvent {
    Year { year: u32 },
    Stop,
    Export,
    Forget,
}

struct Exported {
    file: String,
}

struct Orders {
    year: u32,
    orders: Async<Vec<Order>>,
    export: String,
}

#[derive(Clone)]
struct Order {
    number: u32,
    total: f64,
}

impl LiveView for Orders {
    type Event = OrdersEvent;
    type Info = Exported;

    async fn mount(cx: &mut Mount<'_, Exported>) -> Result<Self, MountError> {
        Ok(Orders { year: 2026, orders: cx.load(fetch(2026)), export: String::new() })
    }

    async fn handle_event(&mut self, event: OrdersEvent, cx: &mut View<'_, Exported>) -> Outcome {
        match event {
            OrdersEvent::Year { year } => {
                self.year = year;
                cx.reload(&mut self.orders, fetch(year));
            }
            OrdersEvent::Stop => drop(self.orders.cancel()),
            OrdersEvent::Export => {
                self.export = "One moment …".to_owned();
                let orders = self.orders.value().cloned().unwrap_or_default();
                cx.start("export", async { Exported { file: write(orders).await } });
            }
            OrdersEvent::Forget => {
                if cx.cancel_work("export") {
                    self.export = "Never mind.".to_owned();
                }
            }
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, exported: Exported, _cx: &mut View<'_, Exported>) -> Outcome {
        self.export = format!("It is in {}.", exported.file);
        Outcome::Render
    }

    async fn handle_crash(&mut self, _name: &str, _panic: &Panic, _cx: &mut View<'_, Exported>) -> Outcome {
        self.export = "That did not work.".to_owned();
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <h1>{self.year}</h1>
            match self.orders.state() {
                AsyncState::Loading(None) => { <p>"One moment …"</p> }
                AsyncState::Loading(Some(before)) => { <div class="old">{list(before)}</div> }
                AsyncState::Ok(orders) => { {list(orders)} }
                AsyncState::Failed(error, _) => { <p role="alert">"There is nothing to be seen: " {error} "."</p> }
            }
            <button phx-click="export">"Export"</button> <output>{&self.export}</output>
        }
    }
}

fn list(orders: &[Order]) -> Html {
    html! { for order in orders, key = order.number { <p>"#" {order.number} ": " {order.total} " €"</p> } }
}

#[derive(Debug, thiserror::Error)]
#[error("there is no year {0}")]
struct NoYear(u32);

async fn fetch(year: u32) -> Result<Vec<Order>, NoYear> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    if year > 2026 {
        return Err(NoYear(year));
    }
    Ok((1..=3).map(|number| Order { number, total: f64::from(year * number) / 4.0 }).collect())
}

async fn write(orders: Vec<Order>) -> String {
    tokio::time::sleep(Duration::from_secs(9)).await;
    assert!(!orders.is_empty(), "there is nothing to write");
    format!("{}.csv", orders.len())
}
