use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Reader;
use crate::form::{Errors, FormData};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    #[default]
    Guest,
    Admin,
    Other(String),
}

#[derive(Debug, PartialEq, Deserialize)]
struct Email {
    #[serde(default)]
    address: String,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct All {
    text: String,
    letter: char,
    whole: i64,
    decimal: f64,
    yes: bool,
    maybe: Option<u8>,
    note: Option<String>,
    role: Role,
    tags: Vec<String>,
    pair: (String, u8),
    emails: Vec<Email>,
    scores: BTreeMap<u32, i8>,
    raw: FormData,
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, String> {
    FormData::decode(body).unwrap().read().map_err(|errors: Errors| errors.to_string())
}

#[test]
fn text_becomes_what_the_type_asks_for() {
    for (body, expected) in [
        ("text=a+b", All { text: "a b".to_owned(), ..All::default() }),
        ("letter=x", All { letter: 'x', ..All::default() }),
        ("whole=-7", All { whole: -7, ..All::default() }),
        ("whole=+8+", All { whole: 8, ..All::default() }),
        ("decimal=1.5", All { decimal: 1.5, ..All::default() }),
        ("yes=on", All { yes: true, ..All::default() }),
        ("yes=false&yes=true", All { yes: true, ..All::default() }),
        ("maybe=7", All { maybe: Some(7), ..All::default() }),
        ("maybe=", All::default()),
        ("note=", All::default()),
        ("note=x", All { note: Some("x".to_owned()), ..All::default() }),
        ("role=admin", All { role: Role::Admin, ..All::default() }),
        ("role[other]=x", All { role: Role::Other("x".to_owned()), ..All::default() }),
        ("tags[]=&tags[]=a&tags[]=b", All { tags: vec!["a".to_owned(), "b".to_owned()], ..All::default() }),
        ("tags[]=", All::default()),
        ("tags=", All::default()),
        ("pair[]=&pair[]=7", All { pair: (String::new(), 7), ..All::default() }),
        ("scores[10]=1&scores[2]=-1", All { scores: [(2, -1), (10, 1)].into(), ..All::default() }),
        ("other=1&text=x", All { text: "x".to_owned(), ..All::default() }),
    ] {
        assert_eq!(read(body), Ok(expected), "{body}");
    }
}

#[test]
fn f033_rows_are_read_in_the_order_that_the_form_says() {
    let emails = |body: &str| {
        let all: All = read(body).unwrap();
        all.emails.into_iter().map(|email| email.address).collect::<Vec<_>>()
    };
    assert_eq!(emails("emails[10][address]=b&emails[9][address]=a"), ["a", "b"]);
    assert_eq!(emails("emails[][address]=b&emails[][address]=a"), ["b", "a"]);
    let rows = "emails[0][address]=a&emails[1][address]=b";
    assert_eq!(emails(&format!("{rows}&emails_sort[]=1&emails_sort[]=0&emails_sort[]=new")), ["b", "a", ""]);
    assert_eq!(emails(&format!("{rows}&emails_drop[]=&emails_drop[]=0")), ["b"]);
    assert_eq!(emails("emails_sort[]=new&emails_drop[]="), [""]);
}

#[test]
fn f033_what_is_no_list_is_not_arranged() {
    let body = "scores[0]=1&scores[1]=2&scores_drop[]=0&raw[0]=x&raw_drop[]=0";
    let all: All = read(body).unwrap();
    assert_eq!(all.scores, [(0, 1), (1, 2)].into());
    assert_eq!(all.raw.text("0"), Some("x"));
}

#[test]
fn f140_marks_are_no_fields() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        a: u8,
    }
    assert_eq!(read("_unused_a=&a=1"), Ok(Strict { a: 1 }));
    assert_eq!(read("_unused_a=&a=1"), Ok(HashMap::from([("a".to_owned(), 1_u8)])));
    assert_eq!(read::<All>("emails[_unused_0]=&emails[0][address]=x").unwrap().emails.len(), 1);
    let raw = read::<All>("raw[_unused_a]=&raw[a]=1").unwrap().raw;
    assert_eq!(raw, FormData::decode("_unused_a=&a=1").unwrap());
    assert_eq!(read("_unused_a=&a=1"), Ok(json!({"_unused_a": "", "a": "1"})));
}

#[test]
fn every_field_that_cannot_be_read_is_named() {
    let body = "whole=x&decimal=inf&yes=maybe&maybe=300&role=boss&scores[1]=200&letter=ab";
    let error = read::<All>(body).unwrap_err();
    for expected in [
        "whole: is not a whole number",
        "decimal: is not a number",
        "yes: is neither true nor false",
        "maybe: is too large",
        "role: must be one of: guest, admin, other",
        "scores[1]: is too large",
        "letter: must be one character",
    ] {
        assert!(error.contains(expected), "{expected} in {error}");
    }
}

#[test]
fn what_is_wrong_is_said_in_words() {
    for (body, expected) in [
        ("whole=", "whole: must not be empty"),
        ("maybe=-1", "maybe: is too small"),
        ("whole=1.5", "whole: is not a whole number"),
        ("decimal=", "decimal: must not be empty"),
        ("decimal=nan", "decimal: is not a number"),
        ("letter=", "letter: must not be empty"),
        ("text[]=a", "text: must be a string, not a list"),
        ("emails[x][address]=a", "emails: must be a sequence, not a map"),
        ("emails[0][address][x]=a", "emails[0][address]: must be a string, not a map"),
        ("pair[]=a", "pair: must be a tuple of size 2, not 1 items"),
    ] {
        assert_eq!(read::<All>(body), Err(expected.to_owned()));
    }
    assert_eq!(
        read::<BTreeMap<String, [Role; 1]>>("a[b]=x").unwrap_err(),
        "a: must be an array of length 1, not a map"
    );
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        #[serde(rename = "a")]
        _a: String,
    }
    assert_eq!(read::<HashMap<String, Strict>>("x[b]=1").unwrap_err(), "x[b]: is unknown");
    assert_eq!(read::<HashMap<String, Strict>>("x[_unused_a]=").unwrap_err(), "x[a]: is missing");
}

#[test]
fn json_keeps_its_own_types() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Sent {
        number: u8,
        text: String,
        note: Option<String>,
        list: Vec<String>,
        none: Option<u8>,
        rest: Value,
        map: BTreeMap<String, u8>,
        rows_drop: Vec<u8>,
        rows: Vec<i64>,
    }
    let value = json!({
        "number": "7", "text": 1.5, "note": "", "list": ["", "a"], "none": null, "rest": {"_unused_a": -1}, "map": {"_unused_a": 1},
        "rows_drop": ["0"], "rows": [1, "-2"],
    });
    let sent = Sent::deserialize(Reader::json(&value)).unwrap();
    let expected = Sent {
        number: 7,
        text: "1.5".to_owned(),
        note: Some(String::new()),
        list: vec![String::new(), "a".to_owned()],
        none: None,
        rest: json!({"_unused_a": -1}),
        map: [("_unused_a".to_owned(), 1)].into(),
        rows_drop: vec![0],
        rows: vec![1, -2],
    };
    assert_eq!(sent, expected);
    let error = Sent::deserialize(Reader::json(&json!({"number": 300}))).unwrap_err();
    assert_eq!(error.to_string(), "number: must be u8");
}
