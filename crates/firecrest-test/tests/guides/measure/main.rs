use std::time::Instant;

use firecrest::prelude::*;
use firecrest::telemetry::Exporters;
use serde::Deserialize;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let metrics = Exporters::from_env()?.install()?;
    tracing_subscriber::fmt::init();
    let endpoint = Endpoint::from_env()?;
    let app = axum::Router::new().merge(endpoint.socket::<Shop>("/socket")).merge(metrics.router());
    endpoint.serve("127.0.0.1:4000", app).await?;
    Ok(())
}

struct Shop;

impl Socket for Shop {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(Shop)
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Checkout>("checkout:*")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum CheckoutIn {
    Pay { cents: u64 },
}

struct Checkout;

impl Channel<Shop> for Checkout {
    type In = CheckoutIn;
    type Info = ();

    async fn join(_request: Join<'_, Shop>) -> Result<Joined<Self>, Rejected> {
        Ok(Checkout.into())
    }

    async fn handle_in(&mut self, event: CheckoutIn, _cx: &mut Context<'_>) -> Outcome {
        let CheckoutIn::Pay { cents } = event;
        let started = Instant::now();
        let result = if charge(cents).await { "ok" } else { "declined" };
        metrics::counter!("shop_payments_total", "result" => result).increment(1);
        metrics::histogram!("shop_payment_seconds").record(started.elapsed());
        Reply::ok(json!({ "result": result })).into()
    }
}

#[tracing::instrument(level = "debug")]
async fn charge(cents: u64) -> bool {
    cents < 10_000
}
