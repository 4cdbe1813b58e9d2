//! Many clients in one thread, who note what they hear.

use std::collections::HashSet;
use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _, TryStreamExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How many handshakes are under way at once.
const HANDSHAKES: usize = 64;

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What stands before the ref of a presence.
const REF: &str = r#""phx_ref":""#;

/// How long such a ref is.
const REF_BYTES: usize = 16;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Clients of one server. They are disconnected when this is dropped.
pub struct Crowd {
    clients: Vec<Client>,
    goals: Arc<Goals>,
}

struct Client {
    sink: SplitSink<Socket, Message>,
    heard: Arc<Mutex<Heard>>,
    listens: tokio::task::JoinHandle<()>,
}

/// What a client has heard, replies left out.
#[derive(Debug, Default)]
struct Heard {
    messages: u64,
    /// Without those of the frames around them.
    bytes: u64,
    /// The refs of those who are said to be there.
    refs: HashSet<[u8; REF_BYTES]>,
}

#[derive(Default)]
struct Goals {
    answers: Goal,
    deliveries: Goal,
    /// Clients who know of everybody.
    complete: Goal,
    /// How many everybody is.
    members: usize,
}

/// So many of something are waited for.
#[derive(Default)]
struct Goal {
    left: AtomicU64,
    reached: tokio::sync::Notify,
}

impl Crowd {
    /// Connects so many clients. Each is complete when it has heard of so many members.
    ///
    /// # Errors
    /// When one cannot connect.
    pub async fn connect(url: &str, clients: usize, members: usize) -> Result<Self, Box<dyn Error>> {
        let goals = Arc::new(Goals { members, ..Goals::default() });
        goals.complete.set(clients as u64);
        let client = |_| async {
            let (socket, _) = connect_async(url).await?;
            let (sink, stream) = socket.split();
            let heard = Arc::<Mutex<Heard>>::default();
            let listens = tokio::spawn(listen(stream, Arc::clone(&heard), Arc::clone(&goals)));
            Ok::<_, tokio_tungstenite::tungstenite::Error>(Client { sink, heard, listens })
        };
        let connecting = stream::iter(0..clients).map(client).buffer_unordered(HANDSHAKES).try_collect();
        let clients = within("the handshakes", connecting).await??;
        Ok(Crowd { clients, goals })
    }

    /// Has everybody join, as fast as that goes or so many per second, and waits until all are answered. `join` gives the topic and the
    /// payload for each.
    ///
    /// # Errors
    /// When somebody is not answered with `ok`.
    pub async fn join(
        &mut self,
        per_second: Option<u32>,
        join: impl Fn(usize) -> (String, String),
    ) -> Result<(), Box<dyn Error>> {
        self.goals.answers.set(self.clients.len() as u64);
        let start = Instant::now();
        for (number, client) in self.clients.iter_mut().enumerate() {
            if let Some(per_second) = per_second {
                sleep_until(start + Duration::from_secs_f64(number as f64 / f64::from(per_second))).await;
            }
            let (topic, payload) = join(number);
            client.send(format!(r#"["1","1","{topic}","phx_join",{payload}]"#)).await?;
        }
        self.goals.answers.reached("the answers to joins").await
    }

    /// Has the first client say something on a topic that it has joined.
    ///
    /// # Errors
    /// When it is not connected any more.
    pub async fn say(&mut self, topic: &str, payload: &str) -> Result<(), Box<dyn Error>> {
        let first = self.clients.first_mut().ok_or("nobody is there")?;
        first.send(format!(r#"["1","2","{topic}","say",{payload}]"#)).await
    }

    /// From now on so many messages are expected by all together, replies left out.
    pub fn expect(&self, messages: u64) {
        self.goals.deliveries.set(messages);
    }

    /// Waits until as many have come as were [expected](Self::expect).
    ///
    /// # Errors
    /// When that takes too long.
    pub async fn delivered(&self) -> Result<(), Box<dyn Error>> {
        self.goals.deliveries.reached("the messages").await
    }

    /// Waits until everybody knows of all members.
    ///
    /// # Errors
    /// When that takes too long.
    pub async fn complete(&self) -> Result<(), Box<dyn Error>> {
        self.goals.complete.reached("all members to be known").await
    }

    /// Messages that all have heard together, and their bytes.
    pub fn heard(&self) -> (u64, u64) {
        let heard = self.clients.iter().map(|client| lock(&client.heard));
        heard.fold((0, 0), |(messages, bytes), heard| (messages + heard.messages, bytes + heard.bytes))
    }
}

impl Client {
    async fn send(&mut self, text: String) -> Result<(), Box<dyn Error>> {
        Ok(self.sink.send(Message::text(text)).await?)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.listens.abort();
    }
}

impl Heard {
    /// Notes a message; how many members are known now.
    fn hear(&mut self, text: &str) -> usize {
        self.messages += 1;
        self.bytes += text.len() as u64;
        for (place, _) in text.match_indices(REF) {
            let name = text.as_bytes().get(place + REF.len()..).and_then(|rest| rest.first_chunk());
            self.refs.extend(name);
        }
        self.refs.len()
    }
}

impl Goal {
    fn set(&self, left: u64) {
        self.left.store(left, Ordering::SeqCst);
    }

    fn hit(&self) {
        let left = |left: u64| left.checked_sub(1);
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left) == Ok(1) {
            self.reached.notify_one();
        }
    }

    async fn reached(&self, what: &str) -> Result<(), Box<dyn Error>> {
        let reached = async {
            while self.left.load(Ordering::SeqCst) > 0 {
                self.reached.notified().await;
            }
        };
        let left = || format!("{} are missing", self.left.load(Ordering::SeqCst));
        within(what, reached).await.map_err(|error| format!("{error}: {}", left()).into())
    }
}

async fn within<T>(what: &str, future: impl Future<Output = T>) -> Result<T, Box<dyn Error>> {
    let late = |_| format!("{what} took longer than {PATIENCE:?}").into();
    timeout(PATIENCE, future).await.map_err(late)
}

async fn listen(mut stream: SplitStream<Socket>, heard: Arc<Mutex<Heard>>, goals: Arc<Goals>) {
    while let Some(Ok(message)) = stream.next().await {
        let Message::Text(text) = message else { continue };
        match event(&text) {
            Some("phx_reply") if text.contains(r#""status":"ok""#) => goals.answers.hit(),
            Some("phx_reply" | "phx_error" | "phx_close") => eprintln!("heard {text}"),
            _ => {
                let mut heard = lock(&heard);
                let (before, now) = (heard.refs.len(), heard.hear(&text));
                goals.deliveries.hit();
                if before < goals.members && now >= goals.members {
                    goals.complete.hit();
                }
            }
        }
    }
}

/// The event of a message: no topic here has a comma.
fn event(text: &str) -> Option<&str> {
    Some(text.split(',').nth(3)?.trim_matches('"'))
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_is_found_between_the_commas() {
        assert_eq!(
            event(r#"[null,null,"room:all","presence_diff",{"joins":{},"leaves":{}}]"#),
            Some("presence_diff")
        );
        assert_eq!(event(r#"["1","1","room:all","phx_reply",{"status":"ok"}]"#), Some("phx_reply"));
        assert_eq!(event("[]"), None);
    }

    #[test]
    fn members_count_once_however_often_they_are_named() {
        let mut heard = Heard::default();
        let meta = |name: &str| format!(r#"{{"metas":[{{"phx_ref":"{name}","a":1}}]}}"#);
        let both = meta("0123456789abcdef") + &meta("0123456789abcdeF");
        assert_eq!((heard.hear(&both), heard.hear(&meta("0123456789abcdef"))), (2, 2));
        assert_eq!(heard.hear(r#""phx_ref":"short"#), 2);
        assert_eq!(
            (heard.messages, heard.bytes),
            (3, (both.len() + meta("0123456789abcdef").len() + 16) as u64)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_goal_is_reached_by_the_last_and_not_before() {
        let goal = Goal::default();
        goal.reached("nothing").await.unwrap();
        goal.set(2);
        goal.hit();
        let error = goal.reached("both").await.unwrap_err().to_string();
        assert_eq!(error, "both took longer than 20s: 1 are missing");
        goal.hit();
        goal.hit();
        goal.reached("both").await.unwrap();
    }
}
