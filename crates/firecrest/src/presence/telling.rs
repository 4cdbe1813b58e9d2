//! What the clients of a topic are told when something has changed, and when they come.

use std::sync::{Arc, Weak};
use std::time::Duration;

use firecrest_presence::{RowChange, ToldRow};
use futures_util::future::join;
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::Listing;
use super::fetch::{self, AnyFetch, Members};
use super::lane::{Filling, Lane, Newcomer, Queue, Ticket};
use super::pages::{self, Cursor, Page, Turnover};
use super::service::Service;
use crate::channel::Shared as ChannelShared;

/// Between two pages of a state for everybody, so that clients have the time to read them.
const RESYNC_PAUSE: Duration = Duration::from_millis(50);

impl Service {
    /// Tells rows that have changed.
    pub(super) fn tell_rows(self: &Arc<Self>, lane: &Arc<Lane>, rows: &[RowChange]) {
        let mut queue = lane.lock();
        queue.tell(rows.len(), rows);
        if lane.subscribers() == 0 {
            queue.tidy();
            // Who comes now is told what is, and nothing that was.
            queue.silence();
            return lane.release(&mut queue);
        }
        if queue.is_behind(rows.iter().map(pages::size).sum()) {
            return self.begin_anew(lane, &mut queue);
        }
        let pages = Turnover::pages(rows, self.options.state_keys);
        let Some(fetch) = self.options.fetch_of(&lane.topic) else {
            let said = pages.into_iter().map(|page| page.said(&mut Members::new(), &mut Members::new()));
            queue.push(said.collect());
            return lane.release(&mut queue);
        };
        let ticket = queue.reserve();
        lane.release(&mut queue);
        drop(queue);
        self.fetch_rows(lane, ticket, fetch, pages);
    }

    fn fetch_rows(&self, lane: &Arc<Lane>, ticket: Ticket, fetch: &Arc<dyn AnyFetch>, pages: Vec<Turnover>) {
        let (fetch, within) = (Arc::clone(fetch), self.options.fetch_timeout);
        let (topic, filling) = (Arc::clone(&lane.topic), Filling::new(lane, ticket));
        tokio::spawn(async move {
            let keys =
                |side: fn(&Turnover) -> &Listing| pages.iter().flat_map(|page| side(page).keys()).collect();
            let joins = fetch::ask(&*fetch, &topic, keys(|page| &page.joins), within);
            let leaves = fetch::ask(&*fetch, &topic, keys(|page| &page.leaves), within);
            let (mut joins, mut leaves) = join(joins, leaves).await;
            filling.fill(pages.into_iter().map(|page| page.said(&mut joins, &mut leaves)).collect());
        });
    }

    /// Sends a page of what the topic was told to a channel, in its place among the diffs. Ready when it was sent: with the last row, when
    /// there are more.
    pub(super) async fn push_page(
        self: &Arc<Self>,
        channel: &Arc<ChannelShared>,
        after: Option<Cursor>,
    ) -> Option<Cursor> {
        let (sent, next) = oneshot::channel();
        let newcomer = Newcomer { channel: Arc::clone(channel), sent };
        self.queue_page(after, newcomer);
        // Whoever was to send it has ended: so has everything.
        next.await.ok().flatten()
    }

    fn queue_page(self: &Arc<Self>, after: Option<Cursor>, newcomer: Newcomer) {
        loop {
            let lane = self.lane(&newcomer.channel.topic);
            let mut queue = lane.lock();
            if queue.is_removed {
                continue;
            }
            let Some(fetch) = self.options.fetch_of(&lane.topic) else {
                let told = self.told(&lane, &mut queue);
                let page = || Page::of(&told, after.as_ref(), self.options.state_keys);
                queue.push_page(page, after.clone(), newcomer);
                return lane.release(&mut queue);
            };
            let Err(newcomer) = queue.join_page(after.as_ref(), newcomer) else { return };
            let told = self.told(&lane, &mut queue);
            let page = Page::of(&told, after.as_ref(), self.options.state_keys);
            let ticket = queue.reserve_page(&page, after, newcomer);
            drop(queue);
            return self.fetch_page(&lane, ticket, fetch, page);
        }
    }

    fn fetch_page(&self, lane: &Arc<Lane>, ticket: Ticket, fetch: &Arc<dyn AnyFetch>, page: Page) {
        let (fetch, within) = (Arc::clone(fetch), self.options.fetch_timeout);
        let (topic, filling) = (Arc::clone(&lane.topic), Filling::new(lane, ticket));
        tokio::spawn(async move {
            let mut members = fetch::ask(&*fetch, &topic, page.rows.keys(), within).await;
            filling.fill(page.said(&mut members).into_iter().collect());
        });
    }

    fn told(&self, lane: &Lane, queue: &mut Queue) -> Arc<[ToldRow]> {
        queue.told(|| self.read(|replica| replica.told(&lane.topic)))
    }

    /// Tells everything anew, because too much has changed.
    pub(super) fn tell_all(self: &Arc<Self>, lane: &Arc<Lane>) {
        let mut queue = lane.lock();
        queue.tell(self.options.most_changes() + 1, &[]);
        self.begin_anew(lane, &mut queue);
        lane.release(&mut queue);
    }

    /// Tells all clients a state, instead of what waits for them.
    fn begin_anew(self: &Arc<Self>, lane: &Arc<Lane>, queue: &mut Queue) {
        queue.tidy();
        queue.silence();
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
            (Page::of(&told, after.as_ref(), service.options.state_keys), queue.reserve_state())
        };
        let filling = Filling::new(&lane, ticket);
        let mut members = match service.options.fetch_of(&lane.topic) {
            Some(fetch) => {
                fetch::ask(&**fetch, &lane.topic, page.rows.keys(), service.options.fetch_timeout).await
            }
            None => Members::new(),
        };
        drop(service);
        after = page.next.clone();
        filling.fill(page.said(&mut members).into_iter().collect());
        if after.is_none() {
            return;
        }
        // As fast as it is said.
        sleep(RESYNC_PAUSE).await;
        while lane.lock().pauses() {
            sleep(RESYNC_PAUSE).await;
        }
    }
}
