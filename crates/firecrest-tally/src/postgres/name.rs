//! Names of counters in PostgreSQL, whose text takes everything but a zero byte.

use std::borrow::Cow;

/// What the server calls a counter: its name, with `\0` for a zero byte and `\\` for a backslash.
pub(crate) fn kept(name: &str) -> Cow<'_, str> {
    if !name.contains(['\0', '\\']) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.replace('\\', r"\\").replace('\0', r"\0"))
}

/// The name of what the server calls so.
pub(crate) fn name(kept: &str) -> Cow<'_, str> {
    if !kept.contains('\\') {
        return Cow::Borrowed(kept);
    }
    let mut letters = kept.chars();
    let next = || {
        Some(match letters.next()? {
            '\\' if letters.next()? == '0' => '\0',
            letter => letter,
        })
    };
    Cow::Owned(std::iter::from_fn(next).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn names_come_back_and_have_no_zero_byte(text in r"[ab0\\\x00é]{0,12}") {
            let kept = kept(&text);
            prop_assert!(!kept.contains('\0'));
            prop_assert_eq!(&*name(&kept), &*text);
        }
    }
}
