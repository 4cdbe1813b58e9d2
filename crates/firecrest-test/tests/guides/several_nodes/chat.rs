use std::time::UNIX_EPOCH;

use firecrest::prelude::*;
use firecrest::pubsub::cluster::Gap;
use futures_util::StreamExt as _;

struct User(String);

impl Socket for User {
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(User(request.params().get("name").unwrap_or("somebody").to_owned()))
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Chat>("chat:*")
    }
}

struct Chat {
    name: String,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChatIn {
    Say { text: String },
}

struct Arrived;

impl Channel<User> for Chat {
    type In = ChatIn;
    type Info = Arrived;

    async fn join(request: Join<'_, User>) -> Result<Joined<Self, Arrived>, Rejected> {
        let name = request.socket().0.clone();
        Ok(Joined::new(Chat { name }).then(Arrived))
    }

    async fn handle_info(&mut self, _: Arrived, cx: &mut Context<'_, Arrived>) -> Outcome {
        cx.push_presence_state().await;
        let since = UNIX_EPOCH.elapsed().map_or(0, |time| time.as_secs());
        if let Err(error) = cx.track(&self.name, &json!({ "since": since })) {
            return Stop::error(error.to_string()).into();
        }
        Outcome::NoReply
    }

    async fn handle_in(&mut self, event: ChatIn, cx: &mut Context<'_, Arrived>) -> Outcome {
        let ChatIn::Say { text } = event;
        cx.broadcast("said", &json!({ "name": self.name, "text": text }));
        Outcome::NoReply
    }
}

/// Tells everybody on this node to load again what they may have missed.
async fn mind_the_gaps(endpoint: Endpoint) {
    let mut gaps = endpoint.cluster_gaps();
    while let Some(gap) = gaps.next().await {
        if gap == Gap::Out {
            // Others have missed something of ours, and are told.
            continue;
        }
        let _ = endpoint.local_broadcast("chat:lobby", "reload", &json!({}));
    }
}
