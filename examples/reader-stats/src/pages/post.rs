//! A post, for one reader: how long it was seen, and whether that makes a reader.

use firecrest::channel::Timer;
use firecrest::live::shared;
use firecrest::prelude::*;
use serde::Deserialize;
use tokio::time::Instant;

use super::Readers;
use crate::blog::Blog;
use crate::drafts;
use crate::dwell::Dwell;
use crate::events;
use crate::posts::{self, Post};
use crate::visitor::Visitor;

pub(crate) struct PostPage {
    post: &'static Post,
    blog: Blog,
    /// Nothing when there is nothing to count, or not any more.
    reading: Option<Reading>,
    status: Status,
}

/// Somebody reads.
struct Reading {
    visitor: Visitor,
    dwell: Dwell,
    /// Fires when the post was seen for long enough; none while it is not seen.
    timer: Option<Timer>,
}

enum Status {
    /// Nobody is counted.
    Draft,
    NotYet,
    Counted,
    /// The visitor has been counted for this post today.
    Again,
    /// There is no way to tell the visitor from others, or the disk is full.
    Uncounted,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PostEvent {
    /// The browser shows the page, or does not any more.
    Visibility { visible: bool },
}

/// The post was seen for long enough.
pub(crate) struct Read;

impl LiveView for PostPage {
    type Event = PostEvent;
    type Info = Read;

    async fn mount(cx: &mut Mount<'_, Read>) -> Result<Self, MountError> {
        let post = posts::find(cx.params().get("slug").unwrap_or_default());
        let post = post.filter(|post| drafts::may_see(post, cx)).ok_or_else(MountError::not_found)?;
        let blog = cx.get::<Blog>().cloned().expect("the router gives it to every page");
        cx.set_title(&*post.title);
        let status = if post.draft { Status::Draft } else { Status::NotYet };
        let mut page = PostPage { post, blog, reading: None, status };
        // How often the browser has joined this page before; nothing while the page is made, for whomever.
        let joins: Option<u64> = cx.connect_param("_mounts");
        if !post.draft
            && let Some(before) = joins
        {
            if before == 0 {
                events::visit(&post.slug);
            }
            page.begin(cx);
        }
        Ok(page)
    }

    async fn handle_event(&mut self, event: PostEvent, cx: &mut View<'_, Read>) -> Outcome {
        match event {
            PostEvent::Visibility { visible: true } => self.show(cx),
            PostEvent::Visibility { visible: false } => self.hide(cx),
        }
        Outcome::NoReply
    }

    async fn handle_info(&mut self, Read: Read, cx: &mut View<'_, Read>) -> Outcome {
        let Some(Reading { visitor, .. }) = self.reading.take() else { return Outcome::NoReply };
        self.status = match self.blog.count(cx.endpoint().tally(), &self.post.slug, &visitor).await {
            Ok(true) => Status::Counted,
            Ok(false) => Status::Again,
            Err(error) => {
                tracing::error!(target: "blog", post = self.post.slug, %error, "a reader was not counted");
                Status::Uncounted
            }
        };
        Outcome::Render
    }

    fn render(&self) -> Html {
        let post = self.post;
        html! {
            <article class="post" aria-labelledby="title">
                <header>
                    <p class="facts">
                        <time datetime={post.date.to_string()}>{post.day()}</time>
                        <span>{post.minutes()} " min"</span>
                        for tag in &post.tags { <span class="badge">{tag}</span> }
                    </p>
                    <h1 id="title">{&post.title}</h1>
                    <p class="lede">{&post.summary}</p>
                    if !post.draft { {shared::<Readers>("readers", &post.slug)} }
                    <p class="status" role="status">{self.status()}</p>
                </header>
                <div class="prose">{RawHtml(post.html())}</div>
                <nav class="more" aria-label="Other posts">
                    for (direction, other) in neighbours(post), key = direction {
                        <a class="card" {..link::navigate(other.path())}><small>{direction}</small>{&other.title}</a>
                    }
                </nav>
                <span id="visibility" phx-hook="Visibility" hidden></span>
            </article>
        }
    }
}

impl PostPage {
    /// The socket has joined: from now on the page is seen, unless it says otherwise.
    fn begin(&mut self, cx: &mut View<'_, Read>) {
        let Some(visitor) = Visitor::of(cx) else {
            self.status = Status::Uncounted;
            return;
        };
        self.reading = Some(Reading { visitor, dwell: Dwell::new(self.blog.needed()), timer: None });
        self.show(cx);
    }

    fn show(&mut self, cx: &mut View<'_, Read>) {
        let Some(reading) = &mut self.reading else { return };
        if let Some(left) = reading.dwell.show(Instant::now()) {
            reading.timer = Some(cx.send_after(left, Read));
        }
    }

    fn hide(&mut self, cx: &mut View<'_, Read>) {
        let Some(reading) = &mut self.reading else { return };
        reading.dwell.hide(Instant::now());
        if let Some(timer) = reading.timer.take() {
            cx.cancel(timer);
        }
    }

    fn status(&self) -> String {
        match self.status {
            Status::Draft => "A draft: nobody is counted here.".to_owned(),
            Status::NotYet => {
                format!("Stay for {} s, and you are a reader.", self.blog.needed().as_secs_f32())
            }
            Status::Counted => "You are a reader now.".to_owned(),
            Status::Again => "You have been counted as a reader today.".to_owned(),
            Status::Uncounted => "You could not be counted, but read on.".to_owned(),
        }
    }
}

/// The posts that were published before and after this one.
fn neighbours(post: &Post) -> impl Iterator<Item = (&'static str, &'static Post)> {
    let at = posts::published().position(|other| std::ptr::eq(other, post));
    let other = |at: Option<usize>| at.and_then(|at| posts::published().nth(at));
    let newer = other(at.and_then(|at| at.checked_sub(1))).map(|post| ("Newer", post));
    let older = other(at.map(|at| at + 1)).map(|post| ("Older", post));
    newer.into_iter().chain(older)
}
