//! Who may see a draft: whoever has its link.

use firecrest::Endpoint;
use firecrest::prelude::*;
use firecrest::token;

use crate::posts::{self, Post};

const SALT: &str = "blog draft";

/// The addresses of all drafts, good for a day from now.
pub fn previews(endpoint: &Endpoint) -> Vec<String> {
    let drafts = posts::all().iter().filter(|post| post.draft);
    // A name is never too long to be signed.
    let signed =
        drafts.filter_map(|post| Some((post, token::sign(endpoint.secret(), SALT, &post.slug).ok()?)));
    signed.map(|(post, token)| format!("{}?preview={token}", post.path())).collect()
}

/// Whether the visitor may see a post: anybody may, unless it is a draft.
pub(crate) fn may_see<I: Send + 'static>(post: &Post, cx: &View<'_, I>) -> bool {
    let named = || token::verify::<String>(cx.endpoint().secret(), SALT, cx.params().get("preview"), DAY);
    !post.draft || named().is_ok_and(|slug| slug == post.slug)
}
