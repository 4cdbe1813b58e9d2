//! What the script answers.

use redis::RedisError;

use crate::StoreError;
use crate::remote::Reading;

/// The script's answer: what went wrong with telling, the revision, and the values.
pub(crate) struct Added(pub(crate) Vec<Option<String>>);

impl Added {
    /// What went wrong with telling.
    pub(crate) fn problem(&self) -> Option<&str> {
        self.0.first()?.as_deref().filter(|problem| !problem.is_empty())
    }

    pub(crate) fn revision_and_values(&self) -> (Option<&str>, &[Option<String>]) {
        (self.0.get(1).and_then(Option::as_deref), self.0.get(2..).unwrap_or_default())
    }
}

/// What counters are as of a revision. Those that do not exist are 0.
pub(crate) fn readings<'a>(
    names: impl ExactSizeIterator<Item = &'a str>,
    revision: Option<&str>,
    values: &[Option<String>],
) -> Result<Vec<Reading>, StoreError> {
    if names.len() != values.len() {
        return Err(StoreError::unavailable("Redis answered something else than the counters"));
    }
    let number = |of: &str, text: Option<&str>| text.map_or(Ok(0), str::parse).map_err(|_| no_number(of));
    let revision = number("revision", revision)?;
    let values = names.zip(values).map(|(name, value)| number(name, value.as_deref()));
    values.map(|value| Ok(Reading { value: value?, revision })).collect()
}

fn no_number(of: &str) -> StoreError {
    StoreError::failed(format!("{of:?} is not a whole number in Redis"))
}

/// The script says which counter could not be added to, and why.
pub(crate) fn blame(error: &RedisError, deltas: &[(&str, i64)]) -> Option<StoreError> {
    let details = error.detail().filter(|_| error.code() == Some("COUNTER"))?;
    let (at, reason) = details.split_once(' ')?;
    let (name, _) = deltas.get(at.parse::<usize>().ok()?.checked_sub(1)?)?;
    let reason = reason.strip_prefix("ERR ").unwrap_or(reason);
    Some(StoreError::failed(format!("cannot add to the counter {name:?}: {reason}")))
}
