//! What the other nodes say to this one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Weak;

use bytes::Bytes;

use crate::cluster::{Gap, Receiver};
use crate::link::Link;
use crate::pace::Pace;
use crate::registry::Registry;

/// What other nodes say to this one. It does not keep the registry.
pub(crate) struct Ear(pub(crate) Weak<Registry>);

impl Ear {
    /// A panic of whoever is told ends nothing but that: the engine's own task goes on.
    fn tell(&self, tell: impl FnOnce(&Registry, &Link)) {
        let Some(registry) = self.0.upgrade() else { return };
        let Some(link) = &registry.link else { return };
        if catch_unwind(AssertUnwindSafe(|| tell(&registry, link))).is_err() {
            metrics::counter!("firecrest_cluster_panics_total").increment(1);
            tracing::error!("a receiver of other nodes' messages panicked");
        }
    }
}

impl Receiver for Ear {
    fn receive(&self, message: Bytes) {
        let mut gap = None;
        self.tell(|registry, link| gap = link.receive(registry, message));
        if let Some(gap) = gap {
            self.gap(gap);
        }
    }

    fn connected(&self) {
        self.tell(|_, link| link.connected());
    }

    fn gap(&self, gap: Gap) {
        self.tell(|_, link| match link.pace(&gap) {
            Pace::Now => link.gap(gap),
            Pace::In(wait) => {
                let ear = Ear(Weak::clone(&self.0));
                tokio::spawn(async move {
                    tokio::time::sleep(wait).await;
                    ear.gap(gap);
                });
            }
            Pace::Waits => {}
        });
    }
}
