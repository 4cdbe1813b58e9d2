//! How many files this process may open: each connection is one.

/// Files besides the connections: the standard streams, the event queue, what is read in `/proc`.
const RESERVE: u64 = 32;

/// The limit is too low.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{connections} connections need {needed} open files, but only {limit} are allowed. Run `ulimit -n {needed}` in this \
     shell first; if that is refused, raise the hard limit: `nofile` in /etc/security/limits.conf, `LimitNOFILE=` of a \
     systemd service, `--ulimit nofile={needed}` of a container."
)]
#[non_exhaustive]
pub(crate) struct TooFewFiles {
    connections: usize,
    needed: u64,
    limit: u64,
}

/// Raises the soft limit to the hard one.
///
/// # Errors
/// When that is still too low.
pub(crate) fn raise(connections: usize) -> Result<(), TooFewFiles> {
    // A system that cannot say its limit is not refused; opening a socket will tell.
    let limit = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(u64::MAX);
    check(connections, limit)
}

fn check(connections: usize, limit: u64) -> Result<(), TooFewFiles> {
    let needed = connections as u64 + RESERVE;
    if needed > limit { Err(TooFewFiles { connections, needed, limit }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_limit_is_explained() {
        assert_eq!(check(968, 1000), Ok(()));
        let text = check(969, 1000).unwrap_err().to_string();
        assert!(text.contains("`ulimit -n 1001`") && text.contains("only 1000 are allowed"), "{text}");
    }
}
