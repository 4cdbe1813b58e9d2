use std::fmt::{self, Formatter};

use firecrest_wire::limits::MAX_FRAME_SIZE;
use firecrest_wire::params::{MAX_DEPTH, Params, ParamsError, ParamsLimits};
use form_urlencoded::Serializer;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Errors, reader, tree};

/// Most fields of a form: 1,000 (F177).
pub const MAX_FIELDS: usize = 1_000;

/// The default limits of a form: twice [`MAX_FIELDS`] pairs, because a field that was not used yet comes with a second
/// pair that says so; the depth of any other parameters; and the bytes of a frame.
///
/// What is held is at most the text that came and about 200 bytes for each level of each pair.
pub const LIMITS: ParamsLimits =
    ParamsLimits { depth: MAX_DEPTH, pairs: 2 * MAX_FIELDS, bytes: MAX_FRAME_SIZE };

/// Where [`FormData::target`] is kept.
const TARGET: &str = "_target";

/// The fields of a form, or of a part of one: text, and lists and maps of fields, sorted by name (spec §4.1).
///
/// | inputs | fields |
/// |---|---|
/// | `user[name]=Ann` | `{"user": {"name": "Ann"}}` |
/// | `tags[]=a&tags[]=b` | `{"tags": ["a", "b"]}` |
/// | `a[][b]=1&a[][b]=2` | `{"a": [{"b": "1"}, {"b": "2"}]}` |
/// | `a=1&a=2`, `a[b]=1&a=2`, `a[]=1&a=2` | `{"a": "2"}`: of duplicates, and of names that contradict each other, the last wins |
///
/// As a type in an event it takes whatever the form says, also in a part of it: `Validate { user: FormData }`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct FormData(Map<String, Value>);

impl FormData {
    /// A form without fields.
    pub fn new() -> Self {
        FormData::default()
    }

    /// Reads a form as the browser encodes it, within [`LIMITS`].
    ///
    /// # Errors
    /// [`ParamsError`] when it is no UTF-8 or exceeds a limit. Names that contradict each other are no error.
    pub fn decode(body: &str) -> Result<Self, ParamsError> {
        FormData::decode_within(body, &LIMITS)
    }

    /// The same within other limits.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn decode_within(body: &str, limits: &ParamsLimits) -> Result<Self, ParamsError> {
        Ok(match Params::parse(body, limits)?.to_json() {
            Value::Object(fields) => FormData(fields),
            _ => FormData::new(),
        })
    }

    /// The text that a browser would send for these fields. It decodes to the same fields again, except for what a form
    /// cannot say: empty lists and maps, and lists of maps with several fields.
    pub fn encode(&self) -> String {
        let mut body = Serializer::new(String::new());
        for (name, value) in &self.0 {
            encode(&mut body, name, value);
        }
        body.finish()
    }

    /// Sets fields to other values; the client sends those of `phx-value-NAME` and of commands along with a form. A
    /// `_target` among them that is text becomes the [target](Self::target).
    pub fn merge(&mut self, fields: Map<String, Value>) {
        self.0.extend(fields);
        if let Some(Value::String(name)) = self.0.get(TARGET) {
            let keys: Vec<_> = tree::keys(name).into_iter().map(str::to_owned).collect();
            self.0.insert(TARGET.to_owned(), keys.into());
        }
    }

    /// Which input has changed, by its keys: `user[name]` is `["user", "name"]` and `tags[]` is `["tags"]`.
    ///
    /// It is `["undefined"]` when that input has no name, and empty when the form was submitted. As a field of an event it
    /// is called `_target`.
    pub fn target(&self) -> Vec<&str> {
        let keys = self.0.get(TARGET).and_then(Value::as_array);
        keys.map_or_else(Vec::new, |keys| keys.iter().filter_map(Value::as_str).collect())
    }

    /// The field of the input with this name: `user[name]`. A row of a list goes by its index.
    pub fn get(&self, name: &str) -> Option<&Value> {
        tree::at(&self.0, tree::keys(name).into_iter())
    }

    /// The text of the field of the input with this name; nothing when it is absent, a list or a map.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// The fields of a part of the form: of `user`, those of the inputs `user[name]`, `user[age]`. There are none when
    /// that is no map.
    pub fn part(&self, name: &str) -> FormData {
        FormData(self.get(name).and_then(Value::as_object).cloned().unwrap_or_default())
    }

    /// Whether the input at this key was used: focused, changed or submitted (F032).
    ///
    /// A field that is absent was not used; a map of fields was when one of them was.
    pub fn is_used(&self, key: &str) -> bool {
        tree::is_used(&self.0, key)
    }

    /// Reads the fields as a type of yours.
    ///
    /// * Text becomes a number, a boolean (`true`, `on`, `1`, or `false`, `off`, `0`) or a unit variant where the type
    ///   asks for one.
    /// * An empty text is none where the type has an `Option`.
    /// * Browsers leave out checkboxes that are not checked: give such fields a `#[serde(default)]`.
    /// * A list is read from `tags[]`, without empty texts, or from `emails[0]`, `emails[1]` … in the order of the numbers,
    ///   of which some may be missing. In a struct, the rows in `emails_drop[]` are left out, and those in
    ///   `emails_sort[]` come last and in its order; what it names besides is a new row without fields (F033), up to
    ///   [`MAX_ROWS`](super::MAX_ROWS).
    /// * Marks of fields that were not used, and the numbers of rows, are no fields.
    ///
    /// Types that do not say what they need (untagged enums, flattened fields, [`Value`]) get the fields as they are.
    ///
    /// # Errors
    /// Every field whose text is no number, boolean, character or variant, up to the first field (by name) that does not fit
    /// in another way.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Errors> {
        match reader::read_form(&self.0) {
            (Some(value), errors) if errors.is_empty() => Ok(value),
            (_, errors) => Err(errors),
        }
    }

    /// The fields as JSON.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The fields as JSON.
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

impl From<Map<String, Value>> for FormData {
    fn from(fields: Map<String, Value>) -> Self {
        FormData(fields)
    }
}

impl FromIterator<(String, Value)> for FormData {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(fields: I) -> Self {
        FormData(fields.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for FormData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not as a map, of which readers of forms leave out the marks.
        deserializer.deserialize_any(Whole)
    }
}

struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = FormData;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("the fields of a form")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<FormData, A::Error> {
        let mut data = FormData::new();
        while let Some((name, value)) = fields.next_entry()? {
            data.0.insert(name, value);
        }
        Ok(data)
    }
}

fn encode(body: &mut Serializer<'_, String>, name: &str, value: &Value) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| encode(body, &format!("{name}[{key}]"), value));
        }
        Value::Array(items) => items.iter().for_each(|item| encode(body, &format!("{name}[]"), item)),
        value => {
            if let Some(text) = tree::text(value) {
                body.append_pair(name, &text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn decoded(body: &str) -> Value {
        Value::Object(FormData::decode(body).unwrap().into_map())
    }

    #[test]
    fn f140_names_become_a_tree() {
        for (body, expected) in [
            ("", json!({})),
            ("a=1&b", json!({"a": "1", "b": ""})),
            ("user%5Bname%5D=Jo+Ann", json!({"user": {"name": "Jo Ann"}})),
            ("tags[]=a&tags[]=b", json!({"tags": ["a", "b"]})),
            ("a[][b]=1&a[][b]=2", json!({"a": [{"b": "1"}, {"b": "2"}]})),
            ("e[0][x]=1&e[1][x]=2", json!({"e": {"0": {"x": "1"}, "1": {"x": "2"}}})),
            ("user[_unused_tags][]=&user[tags][]=", json!({"user": {"_unused_tags": [""], "tags": [""]}})),
        ] {
            assert_eq!(decoded(body), expected, "{body}");
        }
    }

    #[test]
    fn e140_of_names_that_contradict_each_other_the_last_wins() {
        for (body, expected) in [
            ("a=1&a=2", json!({"a": "2"})),
            ("foo=1&foo[bar]=2", json!({"foo": {"bar": "2"}})),
            ("foo[bar]=1&foo=2", json!({"foo": "2"})),
            ("foo[]=1&foo[bar]=2", json!({"foo": {"bar": "2"}})),
            ("foo[bar]=1&foo[]=2", json!({"foo": ["2"]})),
        ] {
            assert_eq!(decoded(body), expected, "{body}");
        }
    }

    #[test]
    fn f177_a_form_within_its_limits_is_whole_or_refused() {
        let limits = ParamsLimits { depth: 1, pairs: 2, bytes: 20 };
        let decode = |body| FormData::decode_within(body, &limits).map(|data| data.as_map().len());
        assert_eq!(decode("a[b]=1&b=2"), Ok(2));
        assert_eq!(decode("a&b&c"), Err(ParamsError::TooManyPairs(2)));
        assert_eq!(decode("a[b][c]"), Err(ParamsError::TooDeep(1)));
        assert_eq!(decode("a=1234567890123456789"), Err(ParamsError::TooLong(20)));
    }

    #[test]
    fn fields_are_found_by_the_names_of_inputs() {
        let data = FormData::decode("user[name]=Ann&user[tags][]=x&user[tags][]=y").unwrap();
        assert_eq!((data.text("user[name]"), data.text("user[tags][1]")), (Some("Ann"), Some("y")));
        assert_eq!(
            (data.text("user"), data.get("user[none]"), data.text("user[name][x]")),
            (None, None, None)
        );
        assert_eq!(data.part("user").text("name"), Some("Ann"));
        assert_eq!(data.part("user[name]"), FormData::new());
    }

    #[test]
    fn f140_what_is_merged_wins() {
        let mut data = FormData::decode("a=1&b=2").unwrap();
        data.merge(Map::from_iter([("b".to_owned(), json!(3)), (TARGET.to_owned(), json!("x[]"))]));
        assert_eq!((data.text("a"), data.get("b"), data.target()), (Some("1"), Some(&json!(3)), vec!["x"]));
        data.merge(Map::new());
        assert_eq!(data.target(), ["x"]);
    }

    /// One value that a form can say in one pair.
    fn item() -> impl Strategy<Value = Value> {
        let text = ".{0,8}".prop_map(Value::from);
        text.prop_recursive(3, 3, 1, |inner| {
            prop_oneof![
                inner.clone().prop_map(|item| json!([item])),
                ("[^\\[\\]]{1,6}", inner).prop_map(|(key, item)| json!({key: item})),
            ]
        })
    }

    /// Whatever a form can say.
    fn fields() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            ".{0,8}".prop_map(Value::from),
            prop::collection::vec(item(), 1..4).prop_map(Value::from),
        ];
        let value = leaf.prop_recursive(3, 24, 4, |inner| {
            prop::collection::btree_map("[^\\[\\]]{1,6}", inner, 1..4).prop_map(|map| json!(map))
        });
        prop::collection::btree_map("[^\\[\\]]{0,6}", value, 0..5).prop_map(|map| json!(map))
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Record {
        text: String,
        number: i64,
        ratio: f64,
        flag: bool,
        letter: char,
        maybe: Option<u32>,
        list: Vec<i16>,
        part: Part,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Part {
        a: u128,
        pair: (String, i8),
    }

    fn record() -> impl Strategy<Value = Record> {
        let list = prop::collection::vec(any::<i16>(), 1..5);
        let part = (any::<u64>(), ".{0,4}", any::<i8>());
        (any::<(i64, i32, bool, char, Option<u32>)>(), ".{0,8}", list, part).prop_map(
            |(plain, text, list, part)| {
                let (number, ratio, flag, letter, maybe) = plain;
                let part = Part { a: part.0.into(), pair: (part.1, part.2) };
                Record { text, number, ratio: f64::from(ratio) / 8.0, flag, letter, maybe, list, part }
            },
        )
    }

    proptest! {
        #[test]
        fn f140_what_a_form_can_say_survives(fields in fields()) {
            let Value::Object(map) = fields.clone() else { unreachable!() };
            prop_assert_eq!(decoded(&FormData::from(map).encode()), fields);
        }

        #[test]
        fn f140_any_bytes_decode_or_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            crate::fuzzing::form(&bytes);
        }

        #[test]
        fn f140_any_brackets_decode(body in "[ab0\\[\\]&=%+._]{0,80}") {
            crate::fuzzing::form(body.as_bytes());
        }

        #[test]
        fn what_a_type_says_is_read_back(record in record()) {
            let Ok(Value::Object(fields)) = serde_json::to_value(&record) else { unreachable!() };
            let data = FormData::decode(&FormData::from(fields).encode()).unwrap();
            prop_assert_eq!(data.read::<Record>(), Ok(record));
        }
    }
}
