use serde_json::{Map, Number, Value};

use super::Term;

/// A term has no JSON form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotJson {
    /// A binary is not UTF-8.
    #[error("a binary is not UTF-8 text")]
    Binary,
    /// An integer is outside the 64 bits that JSON numbers hold here.
    #[error("an integer does not fit 64 bits")]
    Integer,
    /// A float is infinite or not a number.
    #[error("a float is not finite")]
    Float,
    /// The key of a map is neither text nor an atom.
    #[error("the key of a map is neither text nor an atom")]
    Key,
    /// Two keys of a map, a binary and an atom, have the same text.
    #[error("a map has an atom key and a text key of the same name")]
    DuplicateKey,
}

/// JSON as Elixir would hold it after decoding: objects become maps with text keys, `null` becomes `nil`.
///
/// Keys are sorted bytewise, which is the order in which Elixir writes maps of up to 32 keys. Larger maps are written
/// by Elixir in the order of an internal hash, so there the bytes differ although the value is the same.
impl From<&Value> for Term {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Term::nil(),
            Value::Bool(value) => Term::from(*value),
            Value::Number(number) => from_number(number),
            Value::String(text) => Term::text(text.as_str()),
            Value::Array(values) => Term::List(values.iter().map(Term::from).collect()),
            Value::Object(object) => {
                let mut entries: Vec<_> = object.iter().collect();
                entries.sort_unstable_by_key(|(key, _)| key.as_bytes());
                let entries =
                    entries.into_iter().map(|(key, value)| (Term::text(key.as_str()), Term::from(value)));
                Term::Map(entries.collect())
            }
        }
    }
}

/// The JSON form: tuples become arrays, atoms text, and the atoms `true`, `false` and `nil` what they mean.
///
/// # Errors
/// [`NotJson`] when some part has no JSON form; nothing is replaced or left out.
impl TryFrom<&Term> for Value {
    type Error = NotJson;

    fn try_from(term: &Term) -> Result<Self, NotJson> {
        Ok(match term {
            Term::Integer(value) => to_number(*value)?.into(),
            Term::Float(value) => Number::from_f64(*value).ok_or(NotJson::Float)?.into(),
            Term::Binary(_) => term.as_text().ok_or(NotJson::Binary)?.into(),
            Term::Atom(name) => match name.as_str() {
                "nil" => Value::Null,
                "true" => true.into(),
                "false" => false.into(),
                name => name.into(),
            },
            Term::Tuple(terms) | Term::List(terms) => {
                Value::Array(terms.iter().map(Value::try_from).collect::<Result<_, _>>()?)
            }
            Term::Map(entries) => Value::Object(to_object(entries)?),
        })
    }
}

fn from_number(number: &Number) -> Term {
    let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    integer.map_or_else(|| Term::Float(number.as_f64().unwrap_or_default()), Term::Integer)
}

fn to_number(value: i128) -> Result<Number, NotJson> {
    let signed = i64::try_from(value).map(Number::from);
    signed.or_else(|_| u64::try_from(value).map(Number::from)).map_err(|_| NotJson::Integer)
}

fn to_object(entries: &[(Term, Term)]) -> Result<Map<String, Value>, NotJson> {
    let mut object = Map::new();
    for (key, value) in entries {
        let key = key.as_text().or_else(|| key.as_atom()).ok_or(NotJson::Key)?;
        if object.insert(key.to_owned(), Value::try_from(value)?).is_some() {
            return Err(NotJson::DuplicateKey);
        }
    }
    Ok(object)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn atoms_tuples_and_byte_lists_become_json() {
        let term = Term::Map(vec![
            (Term::atom("user"), Term::Tuple(vec![Term::atom("user"), Term::Integer(1)])),
            (Term::text("flags"), Term::List(vec![Term::from(true), Term::from(false), Term::nil()])),
            (Term::text("bytes"), Term::List(vec![Term::Integer(1), Term::Integer(2)])),
            (Term::text("ratio"), Term::Float(0.5)),
            (Term::text("largest"), Term::Integer(u64::MAX.into())),
        ]);
        assert_eq!(
            Value::try_from(&term).unwrap(),
            json!({
                "user": ["user", 1],
                "flags": [true, false, null],
                "bytes": [1, 2],
                "ratio": 0.5,
                "largest": u64::MAX,
            })
        );
    }

    #[test]
    fn terms_without_a_json_form_are_refused() {
        let map = |keys: [Term; 2]| Term::Map(keys.into_iter().map(|key| (key, Term::nil())).collect());
        for (term, error) in [
            (Term::Binary(vec![0xff]), NotJson::Binary),
            (Term::Integer(i128::from(u64::MAX) + 1), NotJson::Integer),
            (Term::Float(f64::NAN), NotJson::Float),
            (map([Term::Integer(1), Term::nil()]), NotJson::Key),
            (map([Term::text("a"), Term::atom("a")]), NotJson::DuplicateKey),
        ] {
            assert_eq!(Value::try_from(&term), Err(error));
        }
    }

    #[test]
    fn keys_are_sorted_as_in_elixir() {
        let Term::Map(entries) = Term::from(&json!({"b": 1, "aa": 2, "a": 3, "B": 4})) else {
            panic!("a map")
        };
        let keys: Vec<_> = entries.iter().filter_map(|(key, _)| key.as_text()).collect();
        assert_eq!(keys, ["B", "a", "aa", "b"]);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e300..1e300).prop_map(Value::from),
            ".{0,20}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map("[a-zé]{0,4}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_survives_the_round_trip(value in any_json()) {
            prop_assert_eq!(Value::try_from(&Term::from(&value)), Ok(value));
        }
    }
}
