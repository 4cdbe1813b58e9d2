//! Topics that a channel subscribes to when it is joined, besides its own (spec §3.11).

use firecrest::prelude::*;

use crate::line::Line;
use crate::support::endpoint;

struct Reader;

impl Socket for Reader {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(Reader)
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Paper>("paper")
    }
}

/// Subscribes to `news`, twice, and once more when it hears of it.
struct Paper;

impl Channel<Reader> for Paper {
    type In = NoEvents;
    type Info = ();

    async fn join(_request: Join<'_, Reader>) -> Result<Joined<Self>, Rejected> {
        Ok(Joined::new(Paper).subscribe("news").subscribe("news"))
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, cx: &mut Context<'_>) -> Outcome {
        cx.subscribe("news");
        cx.push(broadcast.event(), &json!({}));
        Outcome::NoReply
    }
}

#[tokio::test]
async fn s3_11_from_the_join_reply_on_every_broadcast_is_heard_once() {
    let endpoint = endpoint();
    let mut line = Line::new(&endpoint, Reader);
    for n in 0..20 {
        let join_ref = n.to_string();
        line.join(&join_ref, "paper").await;
        if n > 0 {
            let old = (n - 1).to_string();
            line.expect(json!([old, old, "paper", "phx_close", {}])).await;
        }
        for event in ["first", "second"] {
            assert_eq!(endpoint.broadcast("news", event, &json!({})).unwrap(), 1);
            line.expect(json!([join_ref, null, "paper", event, {}])).await;
        }
        line.expect_silence().await;
    }
}

/// The same where channel and broadcaster run at the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s3_11_who_has_the_join_reply_is_subscribed() {
    for _ in 0..200 {
        let endpoint = endpoint();
        let mut line = Line::new(&endpoint, Reader);
        line.join("1", "paper").await;
        assert_eq!(endpoint.broadcast("news", "first", &json!({})).unwrap(), 1);
        line.expect(json!(["1", null, "paper", "first", {}])).await;
    }
}
