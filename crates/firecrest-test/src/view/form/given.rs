//! What a test says that a visitor puts into a form.

use serde::Serialize;
use serde_json::Value;

use crate::view::failure::Failure;

/// A value for the inputs of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::view) enum Given {
    /// Checked, or not.
    Check(bool),
    /// A text, or one of several choices.
    Text(String),
    /// Several texts or choices. The name may be without its `[]`.
    List(Vec<String>),
}

/// Names and values of an object, whose objects become `outer[inner]`, or of a list of pairs.
pub(in crate::view) fn given(fields: &impl Serialize) -> Result<Vec<(String, Given)>, Failure> {
    let fields = serde_json::to_value(fields)
        .map_err(|error| Failure::new(format!("what is put into a form has no JSON form: {error}")))?;
    let mut out = Vec::new();
    match fields {
        Value::Object(map) => map.into_iter().try_for_each(|(name, value)| add(&mut out, name, value))?,
        Value::Array(pairs) => pairs.into_iter().try_for_each(|pair| add_pair(&mut out, pair))?,
        other => {
            return Err(Failure::new(format!("expected an object or pairs of name and value, got {other}")));
        }
    }
    Ok(out)
}

fn add_pair(out: &mut Vec<(String, Given)>, pair: Value) -> Result<(), Failure> {
    match pair {
        Value::Array(mut pair) if pair.len() == 2 && pair[0].is_string() => {
            let value = pair.pop().unwrap_or_default();
            add(out, pair[0].as_str().unwrap_or_default().to_owned(), value)
        }
        other => Err(Failure::new(format!("expected a pair of name and value, got {other}"))),
    }
}

fn add(out: &mut Vec<(String, Given)>, name: String, value: Value) -> Result<(), Failure> {
    match value {
        Value::Object(map) => {
            map.into_iter().try_for_each(|(key, value)| add(out, format!("{name}[{key}]"), value))
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let mut items = items.into_iter().enumerate();
            items.try_for_each(|(index, value)| add(out, format!("{name}[{index}]"), value))
        }
        Value::Array(items) => {
            let items: Result<_, _> = items.into_iter().map(|item| scalar(&name, item)).collect();
            out.push((name, Given::List(items?)));
            Ok(())
        }
        Value::Bool(is_checked) => {
            out.push((name, Given::Check(is_checked)));
            Ok(())
        }
        other => {
            let text = scalar(&name, other)?;
            out.push((name, Given::Text(text)));
            Ok(())
        }
    }
}

fn scalar(name: &str, value: Value) -> Result<String, Failure> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(is_true) => Ok(is_true.to_string()),
        other => Err(Failure::new(format!("{name:?} cannot be {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn t20_objects_become_names_as_forms_have_them() {
        let fields =
            json!({ "user": { "name": "Ann", "tags": ["a", 1], "admin": true, "rows": [{ "n": null }] } });
        let text = |text: &str| Given::Text(text.to_owned());
        let expected = vec![
            ("user[admin]".to_owned(), Given::Check(true)),
            ("user[name]".to_owned(), text("Ann")),
            ("user[rows][0][n]".to_owned(), text("")),
            ("user[tags]".to_owned(), Given::List(vec!["a".into(), "1".into()])),
        ];
        let mut found = given(&fields).unwrap();
        found.sort_by(|left, right| left.0.cmp(&right.0));
        assert_eq!(found, expected);
    }

    #[test]
    fn t20_pairs_are_taken_as_they_are() {
        let found = given(&[("user[name]", "Ann"), ("q", "")]).unwrap();
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["user[name]", "q"]);
        assert!(given(&7).is_err() && given(&["a"]).is_err());
    }
}
