//! The task of a shared view.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use firecrest_live::Held;
use futures_util::StreamExt as _;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::SharedOptions;
use super::context::Ties;
use super::kind::State;
use super::sight::Sight;
use super::stage::{Order, Phase, Stage};
use super::turn::Answer;
use crate::channel::Reason;
use crate::live::mount::Problem;

/// How often a view may crash within [`CRASH_WINDOW`]; once more, and its viewers have to join anew.
const MAX_CRASHES: usize = 5;

const CRASH_WINDOW: Duration = Duration::from_secs(10);

/// How long a view that crashed again waits before it starts, times the crashes so far.
const PAUSE: Duration = Duration::from_millis(100);

/// Most orders that are taken before something is shown.
const MAX_ORDERS: usize = 64;

/// A state, and all that is done with it.
pub(super) struct Task {
    pub(super) stage: Arc<Stage>,
    pub(super) options: SharedOptions,
    pub(super) state: Box<dyn State>,
    pub(super) ties: Ties,
    orders: mpsc::Receiver<Order>,
    /// What all viewers hold.
    pub(super) held: Held,
    /// The state as it was rendered last.
    pub(super) latest: Arc<Sight>,
    /// Whether the state has changed since.
    pub(super) is_dirty: bool,
    /// Whether viewers have not been told of it.
    pub(super) is_ahead: bool,
    /// When viewers may be sent something again.
    pub(super) next: Instant,
    /// Pages that wait to see the view as it is now.
    pub(super) looking: Vec<oneshot::Sender<Arc<Sight>>>,
    /// Events that are answered once their viewers have seen what came of them.
    pub(super) answers: Vec<Answer>,
    /// When somebody looked last.
    used: Instant,
    crashes: VecDeque<Instant>,
}

/// Why a view goes no further.
pub(super) enum End {
    /// Nobody looks.
    Idle,
    /// A callback has ended the state, or crashed.
    Over(Reason),
}

/// What there is to do.
enum Next {
    Order(Order),
    Info(Box<dyn std::any::Any + Send>),
    /// Viewers have come or gone, a live value has changed, or viewers may be sent something.
    Look,
    Idle,
}

/// Runs a shared view until nobody looks at it any more.
pub(super) async fn run(stage: Arc<Stage>, orders: mpsc::Receiver<Order>) {
    let ending = Ending(Some(Arc::clone(&stage)));
    let mut task = match Task::start(stage, orders).await {
        Ok(task) => task,
        Err(problem) => return ending.fail(problem),
    };
    loop {
        let Err(end) = task.go_on().await;
        match end {
            End::Idle => break,
            End::Over(reason) => {
                if let Err(problem) = task.start_over(reason).await {
                    return ending.fail(problem);
                }
            }
        }
    }
    // A server that shuts down waits for this.
    let stage = Arc::clone(&task.stage);
    stage.endpoint.tracker().track_future(task.terminate(&Reason::Normal)).await;
}

/// Takes a view out of the node's, however its task ends.
struct Ending(Option<Arc<Stage>>);

impl Ending {
    fn fail(mut self, problem: Problem) {
        self.end(problem);
    }

    fn end(&mut self, problem: Problem) {
        if let Some(stage) = self.0.take() {
            stage.endpoint.live_table().stages.remove(&stage);
            stage.fail(problem);
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.end(Problem::Crashed("it is not running any more".to_owned()));
    }
}

impl Task {
    async fn start(stage: Arc<Stage>, orders: mpsc::Receiver<Order>) -> Result<Self, Problem> {
        let options = (stage.shared.options)();
        let (state, ties) = Self::make(&stage).await?;
        let latest = Self::render(&stage, &*state).map_err(Problem::Crashed)?;
        let mut held = Held::shared(stage.endpoint.live_table().seed);
        latest.everything(&mut held).map_err(|error| Problem::Crashed(error.to_string()))?;
        *stage.shown.write().await = Some(Arc::clone(&latest));
        stage.phase.send_replace(Phase::Running);
        let now = Instant::now();
        Ok(Task {
            stage,
            options,
            state,
            ties,
            orders,
            held,
            latest,
            is_dirty: false,
            is_ahead: false,
            next: now,
            looking: Vec::new(),
            answers: Vec::new(),
            used: now,
            crashes: VecDeque::new(),
        })
    }

    /// Does one thing after another until the view ends.
    async fn go_on(&mut self) -> Result<std::convert::Infallible, End> {
        loop {
            // A view that always has something to do lets others have their turn.
            tokio::task::coop::consume_budget().await;
            self.notice_viewers().await?;
            self.notice_changes();
            self.show().await?;
            match self.wait().await {
                Next::Order(order) => self.take_all(order).await?,
                Next::Info(info) => self.info(info).await?,
                Next::Look => {}
                Next::Idle if self.stage.roster().close_if_empty() => return Err(End::Idle),
                Next::Idle => {}
            }
        }
    }

    /// Takes what waits, up to a bound: pages that look at the same time are rendered for together.
    async fn take_all(&mut self, first: Order) -> Result<(), End> {
        self.take(first).await?;
        for _ in 1..MAX_ORDERS {
            let Ok(order) = self.orders.try_recv() else { break };
            self.take(order).await?;
        }
        Ok(())
    }

    async fn wait(&mut self) -> Next {
        let is_due = self.has_news() && !self.is_alone();
        let idle = self.idle();
        let Task { stage, ties, orders, is_dirty, next, .. } = self;
        let Ties { sources, timers, .. } = ties;
        let timer = poll_fn(|cx| match timers {
            Some(timers) => timers.poll(cx),
            None => Poll::Pending,
        });
        tokio::select! {
            biased;
            () = stage.news.notified() => Next::Look,
            Some(order) = orders.recv() => Next::Order(order),
            info = timer => Next::Info(info),
            Some(()) = sources.next() => {
                *is_dirty = true;
                Next::Look
            }
            () = sleep_until(*next), if is_due => Next::Look,
            () = sleep_until(idle.unwrap_or(*next)), if idle.is_some() => Next::Idle,
        }
    }

    /// When the view ends unless somebody looks at it.
    fn idle(&mut self) -> Option<Instant> {
        if self.is_alone() {
            // At once, when there is nobody left to come.
            let is_leaving = self.stage.endpoint.registry().is_draining();
            return Some(if is_leaving { Instant::now() } else { self.used + self.options.linger });
        }
        self.used = Instant::now();
        None
    }

    pub(super) fn is_alone(&self) -> bool {
        self.stage.roster().is_empty()
    }

    /// Somebody looks.
    pub(super) fn touch(&mut self) {
        self.used = Instant::now();
    }

    /// Makes a new state for whoever is there, after the last one has ended.
    async fn start_over(&mut self, reason: Reason) -> Result<(), Problem> {
        self.terminate(&reason).await;
        let mut reason = Some(reason);
        loop {
            if let Some(Reason::Crashed(error)) = reason.take() {
                self.crashed(error).await?;
            }
            match Self::make(&self.stage).await {
                Ok((state, ties)) => (self.state, self.ties) = (state, ties),
                Err(Problem::Crashed(error)) => {
                    reason = Some(Reason::Crashed(error));
                    continue;
                }
                Err(problem) => return Err(problem),
            }
            self.stage.roster().forget();
            match self.show_everything().await {
                Ok(()) => return Ok(()),
                Err(error) => reason = Some(Reason::Crashed(error)),
            }
        }
    }

    /// Counts a crash, and waits if there were several. The error is one too many.
    async fn crashed(&mut self, error: String) -> Result<(), Problem> {
        let (key, view) = (&*self.stage.key.name, (self.stage.kind.name)());
        tracing::error!(key, view, error = crate::telemetry::shown_error(&error), "shared view crashed");
        metrics::counter!("firecrest_shared_view_crashes_total").increment(1);
        let now = Instant::now();
        self.crashes.push_back(now);
        self.crashes.retain(|crash| now - *crash < CRASH_WINDOW);
        if self.crashes.len() > MAX_CRASHES {
            return Err(Problem::Crashed(error));
        }
        // A first crash costs no time.
        let before = u32::try_from(self.crashes.len() - 1).unwrap_or_default();
        tokio::time::sleep(PAUSE * before).await;
        Ok(())
    }
}
