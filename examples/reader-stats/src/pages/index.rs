//! The list of posts, with how many have read each.

use firecrest::prelude::*;
use firecrest::tally::Counter;

use crate::blog::counter;
use crate::parts::readers;
use crate::posts::{self, Post};

pub(crate) struct Index {
    posts: Vec<(&'static Post, Counter)>,
}

impl SharedView for Index {
    type Event = NoEvents;
    type Info = ();

    async fn start(cx: &mut Start<'_>) -> Result<Self, MountError> {
        let mut index = Index { posts: Vec::new() };
        for post in posts::published() {
            index.posts.push((post, cx.counter(&counter(&post.slug)).await?));
        }
        Ok(index)
    }

    fn render(&self) -> Html {
        html! {
            <div class="intro">
                <h1>"Field notes"</h1>
                <p class="lede">
                    "On pages that are alive: what it takes to keep them so, and what it costs. Each post says how many "
                    "have read it, and shows where on the page others are reading now."
                </p>
            </div>
            <ul class="posts">
                for (post, reads) in &self.posts, key = &post.slug {
                    <li class="card">
                        <p class="facts">
                            <time datetime={post.date.to_string()}>{post.day()}</time>
                            for tag in &post.tags { <span class="badge">{tag}</span> }
                        </p>
                        <h2><a {..link::navigate(post.path())}>{&post.title}</a></h2>
                        <p>{&post.summary}</p>
                        <p class="facts">
                            <span><b>{reads.get()}</b> " " {readers(reads.get())}</span>
                            <span>{post.minutes()} " min"</span>
                        </p>
                    </li>
                }
            </ul>
        }
    }
}
