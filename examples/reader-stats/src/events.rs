//! What happens in the blog, told to whoever listens (B004): as an event of `tracing` with the target `blog`, and as a counter of
//! `metrics`. An application attaches a layer or a recorder to hear of it.

/// Somebody has opened a post.
pub(crate) fn visit(post: &str) {
    tracing::info!(target: "blog", post, "visit");
    metrics::counter!("blog_visits_total", "post" => post.to_owned()).increment(1);
}

/// Somebody has read a post, and was counted.
pub(crate) fn read(post: &str) {
    tracing::info!(target: "blog", post, "read");
    metrics::counter!("blog_reads_total", "post" => post.to_owned()).increment(1);
}
