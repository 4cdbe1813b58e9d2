//! The least that anybody does who is told of changes.

use std::collections::HashMap;

/// A map from keys to what is said of them: neither topics, nor an order, nor who said it.
#[derive(Default)]
pub(crate) struct Plain(HashMap<Box<str>, Box<str>>);

impl Plain {
    /// Takes over what is said of each key, or that nothing is.
    pub(crate) fn apply(&mut self, rows: &[(String, Option<String>)]) {
        for (key, meta) in rows {
            match meta {
                Some(meta) => drop(self.0.insert(key.as_str().into(), meta.as_str().into())),
                None => drop(self.0.remove(key.as_str())),
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_last_counts() {
        let mut plain = Plain::default();
        let said = |key: &str, meta: Option<&str>| (key.to_owned(), meta.map(str::to_owned));
        plain.apply(&[said("a", Some("1")), said("b", Some("2")), said("a", Some("3")), said("b", None)]);
        assert_eq!((plain.len(), &*plain.0["a"]), (1, "3"));
    }
}
