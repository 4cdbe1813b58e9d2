use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Param;

/// The default of [`ParamsLimits::depth`]: 32 levels of brackets.
pub const MAX_DEPTH: usize = 32;

/// The default of [`ParamsLimits::pairs`]: 1000 pairs.
pub const MAX_PAIRS: usize = 1000;

/// The default of [`ParamsLimits::bytes`]: 64 KiB.
pub const MAX_BYTES: usize = 64 * 1024;

/// Bounds for one query string or form body. What exceeds them is an error, never cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParamsLimits {
    /// Levels of brackets in a key. Default [`MAX_DEPTH`]. More than a few hundred risk the stack.
    pub depth: usize,
    /// Pairs, the empty segments not counted. Default [`MAX_PAIRS`].
    pub pairs: usize,
    /// Bytes of the undecoded text. Default [`MAX_BYTES`]; memory is at most a small multiple of it plus about 200
    /// bytes for each level of each pair.
    pub bytes: usize,
}

impl Default for ParamsLimits {
    fn default() -> Self {
        Self { depth: MAX_DEPTH, pairs: MAX_PAIRS, bytes: MAX_BYTES }
    }
}

/// Why a query string is refused, with status 400 (spec §1.3 step 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParamsError {
    /// Percent-decoded bytes are not UTF-8.
    #[error("a parameter is not UTF-8 text")]
    NotUtf8,
    /// The text is longer than [`ParamsLimits::bytes`].
    #[error("the parameters are longer than {0} bytes")]
    TooLong(usize),
    /// There are more pairs than [`ParamsLimits::pairs`].
    #[error("there are more than {0} parameters")]
    TooManyPairs(usize),
    /// A key is nested deeper than [`ParamsLimits::depth`].
    #[error("a parameter is nested deeper than {0} levels")]
    TooDeep(usize),
}

pub(super) fn parse(query: &str, limits: &ParamsLimits) -> Result<BTreeMap<String, Param>, ParamsError> {
    if query.len() > limits.bytes {
        return Err(ParamsError::TooLong(limits.bytes));
    }
    let mut root = BTreeMap::new();
    let segments = query.split('&').filter(|segment| !segment.is_empty());
    for (index, segment) in segments.enumerate() {
        if index >= limits.pairs {
            return Err(ParamsError::TooManyPairs(limits.pairs));
        }
        let (key, value) = segment.split_once('=').unwrap_or((segment, ""));
        let (key, value) = (decode(key)?, decode(value)?.into_owned());
        let (name, path) = split_key(&key);
        if path.len() > limits.depth {
            return Err(ParamsError::TooDeep(limits.depth));
        }
        insert(&mut root, name, &path, value);
    }
    Ok(root)
}

/// Splits `a[b][c]` into `a` and `[b, c]`; a key without a matching pair of brackets stays whole.
fn split_key(key: &str) -> (&str, Vec<&str>) {
    let nested = key.strip_suffix(']').and_then(|key| key.split_once('['));
    nested.map_or((key, Vec::new()), |(name, path)| (name, path.split("][").collect()))
}

fn insert(map: &mut BTreeMap<String, Param>, name: &str, path: &[&str], value: String) {
    if !map.contains_key(name) || path.is_empty() {
        map.insert(name.to_owned(), build(path, value));
    } else if let Some(param) = map.get_mut(name) {
        merge(param, path, value);
    }
}

/// Adds a value to a parameter that exists; when it has another form than `path`, what was there is replaced.
fn merge(param: &mut Param, path: &[&str], value: String) {
    match (param, path) {
        (Param::List(items), ["", rest @ ..]) => items.push(build(rest, value)),
        (Param::Map(entries), [name, rest @ ..]) if !name.is_empty() => insert(entries, name, rest, value),
        (param, path) => *param = build(path, value),
    }
}

fn build(path: &[&str], value: String) -> Param {
    path.iter().rev().fold(Param::Text(value), |inner, name| match *name {
        "" => Param::List(vec![inner]),
        name => Param::Map(BTreeMap::from([(name.to_owned(), inner)])),
    })
}

fn decode(text: &str) -> Result<Cow<'_, str>, ParamsError> {
    if !text.contains(['%', '+']) {
        return Ok(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        (rest, _) = match (byte, escaped(after)) {
            (b'%', Some((value, after))) => (after, decoded.push(value)),
            (b'+', _) => (after, decoded.push(b' ')),
            (byte, _) => (after, decoded.push(*byte)),
        };
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|_| ParamsError::NotUtf8)
}

/// The byte that two hexadecimal digits stand for, and what follows them.
fn escaped(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let ([high, low], rest) = bytes.split_first_chunk()?;
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some((digit(*high)? << 4 | digit(*low)?, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::Params;
    use super::*;

    fn parsed(query: &str) -> Result<Value, ParamsError> {
        Params::parse(query, &ParamsLimits::default()).map(|params| params.to_json())
    }

    /// The forms of spec §1.5.
    #[test]
    fn query_strings_become_trees() {
        for (query, expected) in [
            ("", json!({})),
            ("&&", json!({})),
            ("a=1", json!({"a": "1"})),
            ("a=1&a=2", json!({"a": "2"})),
            ("a", json!({"a": ""})),
            ("a=", json!({"a": ""})),
            ("=1", json!({"": "1"})),
            ("a=b=c", json!({"a": "b=c"})),
            ("a=1&", json!({"a": "1"})),
            ("a[b]=1", json!({"a": {"b": "1"}})),
            ("a[b]=1&a[c]=2&a[b]=3", json!({"a": {"b": "3", "c": "2"}})),
            ("a[]=1&a[]=2", json!({"a": ["1", "2"]})),
            ("a[]", json!({"a": [""]})),
            ("a[][b]=1&a[][b]=2", json!({"a": [{"b": "1"}, {"b": "2"}]})),
            ("a[b][]=1&a[b][]=2", json!({"a": {"b": ["1", "2"]}})),
            ("a%5Bb%5D=x%20y", json!({"a": {"b": "x y"}})),
            ("a+b=c+d%2B", json!({"a b": "c d+"})),
            ("n=%C3%A9", json!({"n": "é"})),
            ("[a]=1", json!({"": {"a": "1"}})),
        ] {
            assert_eq!(parsed(query), Ok(expected), "{query:?}");
        }
    }

    /// What the JavaScript client sends for the object of spec §1.5.
    #[test]
    fn the_query_string_of_the_javascript_client_is_understood() {
        let query = "a=1&b%5Bc%5D=x%20y&ids%5B0%5D=1&ids%5B1%5D=2&&u=undefined&t=true&vsn=2.0.0";
        assert_eq!(
            parsed(query),
            Ok(json!({
                "a": "1", "b": {"c": "x y"}, "ids": {"0": "1", "1": "2"}, "u": "undefined", "t": "true", "vsn": "2.0.0",
            }))
        );
    }

    #[test]
    fn of_contradicting_forms_the_last_wins() {
        for (query, expected) in [
            ("x=1&x[y]=2", json!({"x": {"y": "2"}})),
            ("x[y]=1&x=2", json!({"x": "2"})),
            ("x[]=1&x[y]=2", json!({"x": {"y": "2"}})),
            ("x[y]=1&x[]=2", json!({"x": ["2"]})),
            ("x[y][][w]=2&x[y]=1", json!({"x": {"y": "1"}})),
        ] {
            assert_eq!(parsed(query), Ok(expected), "{query:?}");
        }
    }

    #[test]
    fn brackets_that_do_not_match_are_literal() {
        for key in ["a[", "a]", "a[b", "[", "]", "a[b]c"] {
            assert_eq!(parsed(&format!("{key}=1")), Ok(json!({key: "1"})), "{key:?}");
        }
    }

    /// Spec §1.3 step 2.
    #[test]
    fn an_undecodable_escape_stays_and_other_encodings_are_refused() {
        assert_eq!(
            parsed("a=%zz&b=100%&c=%4&d=%+f"),
            Ok(json!({"a": "%zz", "b": "100%", "c": "%4", "d": "% f"}))
        );
        assert_eq!(parsed("a=%FF"), Err(ParamsError::NotUtf8));
        assert_eq!(parsed("%C3=1"), Err(ParamsError::NotUtf8));
    }

    #[test]
    fn depth_pairs_and_bytes_are_bounded() {
        let limits = ParamsLimits { depth: 2, pairs: 2, bytes: 20 };
        let parse = |query: &str| parse(query, &limits).map(|_| ());
        assert_eq!(parse("a[b][c]=1&&&b=1"), Ok(()));
        assert_eq!(parse("a[b][c][d]=1"), Err(ParamsError::TooDeep(2)));
        assert_eq!(parse("a[][][]=1"), Err(ParamsError::TooDeep(2)));
        assert_eq!(parse("a&b&c"), Err(ParamsError::TooManyPairs(2)));
        assert_eq!(parse("a=1234567890123456789"), Err(ParamsError::TooLong(20)));
    }

    fn encode(text: &str) -> String {
        text.bytes().map(|byte| format!("%{byte:02X}")).collect()
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(query in "\\PC{0,120}", brackets in "[a-b\\[\\]&=%+0-9]{0,120}") {
            let _ = parsed(&query);
            let _ = parsed(&brackets);
        }

        #[test]
        fn encoded_pairs_survive(pairs in prop::collection::btree_map("[^\\[\\]]{0,8}", ".{0,12}", 0..20)) {
            let segments: Vec<_> = pairs.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
            prop_assert_eq!(parsed(&segments.join("&")), Ok(json!(pairs)));
        }

        #[test]
        fn nested_lists_survive(name in "[a-z]{1,5}", values in prop::collection::vec(".{0,6}", 1..10)) {
            let segments: Vec<_> = values.iter().map(|value| format!("x[{name}][]={}", encode(value))).collect();
            let expected = json!({"x": {name: values}});
            prop_assert_eq!(parsed(&segments.join("&")), Ok(expected));
        }
    }
}
