//! The posts: Markdown files of the folder `posts/`, which are part of the program.

use std::ops::Deref;
use std::sync::{LazyLock, OnceLock};

use rust_embed::Embed;
use serde::Deserialize;
use toml::value::{Date, Datetime};

use crate::markdown;

/// Words that are read in a minute.
const PACE: usize = 220;

/// Names that are addresses of other pages.
const RESERVED: [&str; 1] = ["stats"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[derive(Embed)]
#[folder = "posts/"]
struct Folder;

static POSTS: LazyLock<Vec<Post>> = LazyLock::new(|| {
    let files = Folder::iter().filter_map(|name| Some((Folder::get(&name)?.data, name)));
    let posts: Result<Vec<Post>, _> = files.map(|(text, name)| Post::parse(&name, &text)).collect();
    let mut posts = posts.unwrap_or_else(|error| panic!("a post is part of the program, but {error}"));
    posts.sort_by_key(|post| (std::cmp::Reverse(post.date.to_string()), post.slug.clone()));
    posts
});

/// All posts, the newest first.
pub(crate) fn all() -> &'static [Post] {
    &POSTS
}

/// Those that everybody may see.
pub(crate) fn published() -> impl DoubleEndedIterator<Item = &'static Post> {
    all().iter().filter(|post| !post.draft)
}

/// The post of a name.
pub(crate) fn find(slug: &str) -> Option<&'static Post> {
    all().iter().find(|post| post.slug == slug)
}

/// A post.
#[derive(Debug)]
pub(crate) struct Post {
    /// The name of its file. Its address ends with it, and its counter is named after it.
    pub(crate) slug: String,
    pub(crate) date: Date,
    front: Front,
    text: String,
    html: OnceLock<String>,
}

/// What stands above a post's text, between two lines `+++`, as TOML.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Front {
    pub(crate) title: String,
    date: Datetime,
    /// One or two sentences.
    pub(crate) summary: String,
    pub(crate) tags: Vec<String>,
    /// Whether it is not published yet.
    #[serde(default)]
    pub(crate) draft: bool,
}

/// What is wrong with a post's file.
#[derive(Debug, thiserror::Error)]
enum PostError {
    #[error(
        "posts/{0}: the name must be of small letters, digits and hyphens, end with .md, and not be that of a page"
    )]
    Name(String),
    #[error("posts/{0}: it must begin with a line +++, its title and so on, and another line +++")]
    NoFront(String),
    #[error("posts/{0}: {1}")]
    Front(String, toml::de::Error),
    #[error("posts/{0}: the date must be a day, such as 2026-11-21")]
    Date(String),
}

impl Post {
    fn parse(file: &str, text: &[u8]) -> Result<Self, PostError> {
        let is_plain = |slug: &&str| {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            !slug.is_empty() && slug.bytes().all(plain) && !RESERVED.contains(slug)
        };
        let slug = file.strip_suffix(".md").filter(is_plain).ok_or_else(|| PostError::Name(file.into()))?;
        let text = String::from_utf8_lossy(text).replace("\r\n", "\n");
        let parts = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n"));
        let (front, text) = parts.ok_or_else(|| PostError::NoFront(file.into()))?;
        let front: Front = toml::from_str(front).map_err(|error| PostError::Front(file.into(), error))?;
        let date = front.date.date.filter(|_| front.date.time.is_none());
        Ok(Post {
            slug: slug.to_owned(),
            date: date.ok_or_else(|| PostError::Date(file.into()))?,
            front,
            text: text.to_owned(),
            html: OnceLock::new(),
        })
    }

    /// Its address.
    pub(crate) fn path(&self) -> String {
        format!("/blog/{}", self.slug)
    }

    /// Its text, made when it is first looked at.
    pub(crate) fn html(&self) -> &str {
        self.html.get_or_init(|| markdown::to_html(&self.text))
    }

    /// How many minutes it takes to read it.
    pub(crate) fn minutes(&self) -> usize {
        self.text.split_whitespace().count().div_ceil(PACE).max(1)
    }

    /// Its date in words: 21 November 2026.
    pub(crate) fn day(&self) -> String {
        let Date { year, month, day } = self.date;
        format!("{day} {} {year}", MONTHS[usize::from(month) - 1])
    }
}

impl Deref for Post {
    type Target = Front;

    fn deref(&self) -> &Front {
        &self.front
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "+++\ntitle = \"A\"\ndate = 2026-11-21\nsummary = \"B.\"\ntags = [\"c\"]\n+++\n\nText.\n";

    fn error(file: &str, text: &str) -> String {
        Post::parse(file, text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn the_folder_has_posts_the_newest_first_and_a_draft() {
        assert!(all().is_sorted_by(|one, other| one.date.to_string() >= other.date.to_string()));
        assert!(published().count() >= 3 && published().count() < all().len());
        for post in all() {
            assert!(post.html().contains("<p>") && post.minutes() >= 1 && !post.tags.is_empty(), "{post:?}");
            assert!(!post.html().contains("style="), "{}", post.slug);
        }
    }

    #[test]
    fn a_post_is_its_file() {
        let post = Post::parse("hello-2.md", GOOD.as_bytes()).unwrap();
        assert_eq!((&*post.slug, &*post.title, post.draft), ("hello-2", "A", false));
        assert_eq!((post.path(), post.day()), ("/blog/hello-2".into(), "21 November 2026".into()));
        assert_eq!((post.html(), post.minutes()), ("<p>Text.</p>\n", 1));
        assert_eq!(Post::parse("a.md", GOOD.replace('\n', "\r\n").as_bytes()).unwrap().title, "A");
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        for file in ["stats.md", "A.md", "a b.md", "a.txt", ".md", "ä.md"] {
            assert!(error(file, GOOD).contains(&format!("posts/{file}: the name")), "{file}");
        }
        assert!(error("a.md", "Text.").contains("+++"));
        assert!(error("a.md", &GOOD.replace("title", "tilte")).contains("tilte"));
        assert!(error("a.md", &GOOD.replace("2026-11-21", "2026-13-21")).contains("2026-13-21"));
        assert!(error("a.md", &GOOD.replace("2026-11-21", "12:00:00")).contains("must be a day"));
    }
}
