//! What the clients of a topic are told when something has changed, and when they come.

use std::sync::{Arc, Weak};
use std::time::Duration;

use firecrest_presence::{RowChange, ToldRow};
use futures_util::future::join;
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::Listing;
use super::fetch::{self, AnyFetch, Members};
use super::lane::{Lane, Newcomer, Queue, Ticket};
use super::pages::{Page, Turnover};
use super::service::Service;
use crate::channel::Shared as ChannelShared;

/// Between two pages of a state for everybody, so that clients have the time to read them.
const RESYNC_PAUSE: Duration = Duration::from_millis(50);

impl Service {
    /// Tells rows that have changed.
    pub(super) fn tell_rows(&self, lane: &Arc<Lane>, rows: &[RowChange]) {
        let mut queue = lane.lock();
        queue.tell(rows.len(), rows);
        if lane.subscribers() == 0 {
            queue.tidy();
            return;
        }
        let pages = Turnover::pages(rows, self.options.state_keys);
        match self.options.fetch_of(&lane.topic) {
            None => {
                let said = pages.into_iter().map(|page| page.said(&mut Members::new(), &mut Members::new()));
                queue.push(said.collect());
            }
            Some(fetch) => {
                let ticket = queue.reserve();
                self.fetch_rows(lane, ticket, fetch, pages);
            }
        }
        lane.release(&mut queue);
    }

    fn fetch_rows(&self, lane: &Arc<Lane>, ticket: Ticket, fetch: &Arc<dyn AnyFetch>, pages: Vec<Turnover>) {
        let (lane, fetch, within) = (Arc::clone(lane), Arc::clone(fetch), self.options.fetch_timeout);
        tokio::spawn(async move {
            let keys =
                |side: fn(&Turnover) -> &Listing| pages.iter().flat_map(|page| side(page).keys()).collect();
            let joins = fetch::ask(&*fetch, &lane.topic, keys(|page| &page.joins), within);
            let leaves = fetch::ask(&*fetch, &lane.topic, keys(|page| &page.leaves), within);
            let (mut joins, mut leaves) = join(joins, leaves).await;
            let said = pages.into_iter().map(|page| page.said(&mut joins, &mut leaves)).collect();
            lane.fill(ticket, said);
        });
    }

    /// Sends a page of what the topic was told to a channel, in its place among the diffs. Ready when it was sent: with the last key, when
    /// there are more.
    pub(super) async fn push_page(
        self: &Arc<Self>,
        channel: &Arc<ChannelShared>,
        after: Option<Arc<str>>,
    ) -> Option<Arc<str>> {
        let (sent, next) = oneshot::channel();
        let newcomer = Newcomer { channel: Arc::clone(channel), sent };
        self.queue_page(after, newcomer);
        // Whoever was to send it has ended: so has everything.
        next.await.ok().flatten()
    }

    fn queue_page(self: &Arc<Self>, after: Option<Arc<str>>, newcomer: Newcomer) {
        loop {
            let lane = self.lane(&newcomer.channel.topic);
            let mut queue = lane.lock();
            if !queue.is_removed {
                return self.queue_page_in(&lane, &mut queue, after, newcomer);
            }
        }
    }

    fn queue_page_in(
        &self,
        lane: &Arc<Lane>,
        queue: &mut Queue,
        after: Option<Arc<str>>,
        newcomer: Newcomer,
    ) {
        let max_keys = self.options.state_keys;
        match self.options.fetch_of(&lane.topic) {
            None => {
                let told = self.told(lane, queue);
                let page = || Page::of(&told, after.as_deref(), max_keys);
                queue.push_page(page, after.clone(), newcomer);
                lane.release(queue);
            }
            Some(fetch) => {
                let Err(newcomer) = queue.join_page(after.as_ref(), newcomer) else { return };
                let told = self.told(lane, queue);
                let page = Page::of(&told, after.as_deref(), max_keys);
                let ticket = queue.reserve_page(&page, after, newcomer);
                let (lane, fetch, within) = (Arc::clone(lane), Arc::clone(fetch), self.options.fetch_timeout);
                tokio::spawn(async move {
                    let mut members = fetch::ask(&*fetch, &lane.topic, page.rows.keys(), within).await;
                    lane.fill(ticket, page.said(&mut members).into_iter().collect());
                });
            }
        }
    }

    fn told(&self, lane: &Lane, queue: &mut Queue) -> Arc<[ToldRow]> {
        queue.told(|| self.read(|replica| replica.told(&lane.topic)))
    }

    /// Tells everything anew, because too much has changed.
    pub(super) fn tell_all(self: &Arc<Self>, lane: &Arc<Lane>) {
        let mut queue = lane.lock();
        queue.tell(self.options.most_changes() + 1, &[]);
        queue.tidy();
        queue.resync += 1;
        if lane.subscribers() > 0 {
            tokio::spawn(resync(Arc::downgrade(self), Arc::clone(lane), queue.resync));
        }
    }
}

/// Sends everybody a state, in pages, each as it is when its turn has come; unless it has to begin again.
async fn resync(service: Weak<Service>, lane: Arc<Lane>, number: u64) {
    let mut after = None;
    loop {
        let Some(service) = service.upgrade() else { return };
        let (page, ticket) = {
            let mut queue = lane.lock();
            if queue.is_removed || queue.resync != number {
                return;
            }
            let told = service.told(&lane, &mut queue);
            (Page::of(&told, after.as_deref(), service.options.state_keys), queue.reserve_state())
        };
        let mut members = match service.options.fetch_of(&lane.topic) {
            Some(fetch) => {
                fetch::ask(&**fetch, &lane.topic, page.rows.keys(), service.options.fetch_timeout).await
            }
            None => Members::new(),
        };
        drop(service);
        after = page.next.clone();
        lane.fill(ticket, page.said(&mut members).into_iter().collect());
        if after.is_none() {
            return;
        }
        sleep(RESYNC_PAUSE).await;
    }
}
