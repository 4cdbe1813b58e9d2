use std::collections::BTreeMap;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::{Param, Params};

/// The parameters do not fit the type they should become.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the parameters do not fit: {0}")]
pub struct ParamsShapeError(de::value::Error);

impl de::Error for ParamsShapeError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self(de::Error::custom(message))
    }
}

pub(super) fn from_params<T: DeserializeOwned>(params: &Params) -> Result<T, ParamsShapeError> {
    T::deserialize(MapDeserializer::new(pairs(&params.entries)))
}

fn pairs(entries: &BTreeMap<String, Param>) -> impl Iterator<Item = (&str, Leaf<'_>)> {
    entries.iter().map(|(key, value)| (key.as_str(), Leaf(value)))
}

/// A parameter on its way into a Rust value.
struct Leaf<'a>(&'a Param);

impl<'de> IntoDeserializer<'de, ParamsShapeError> for Leaf<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! from_text {
    ($($method:ident $visit:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamsShapeError> {
            match self.0.as_text().map(str::parse) {
                Some(Ok(value)) => visitor.$visit(value),
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Leaf<'_> {
    type Error = ParamsShapeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamsShapeError> {
        match self.0 {
            Param::Text(text) => visitor.visit_str(text),
            Param::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter().map(Leaf))),
            Param::Map(entries) => visitor.visit_map(MapDeserializer::new(pairs(entries))),
        }
    }

    from_text! {
        deserialize_bool visit_bool
        deserialize_i8 visit_i8
        deserialize_i16 visit_i16
        deserialize_i32 visit_i32
        deserialize_i64 visit_i64
        deserialize_i128 visit_i128
        deserialize_u8 visit_u8
        deserialize_u16 visit_u16
        deserialize_u32 visit_u32
        deserialize_u64 visit_u64
        deserialize_u128 visit_u128
        deserialize_f32 visit_f32
        deserialize_f64 visit_f64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamsShapeError> {
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamsShapeError> {
        match self.0.as_text() {
            Some("") => visitor.visit_unit(),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ParamsShapeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamsShapeError> {
        match self.0 {
            Param::Map(entries) => match indexed(entries) {
                Some(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Leaf))),
                None => self.deserialize_any(visitor),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, ParamsShapeError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, ParamsShapeError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ParamsShapeError> {
        match self.0 {
            Param::Text(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Param::Map(entries) => visitor
                .visit_enum(de::value::MapAccessDeserializer::new(MapDeserializer::new(pairs(entries)))),
            Param::List(_) => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit_struct map struct identifier ignored_any
    }
}

/// The values of a map whose keys are exactly `0`, `1`, `2` …, in that order.
fn indexed(entries: &BTreeMap<String, Param>) -> Option<Vec<&Param>> {
    (0..entries.len()).map(|index| entries.get(index.to_string().as_str())).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::super::ParamsLimits;
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Role {
        Admin,
        Guest(u8),
        Member { since: u16 },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Page(u32);

    #[derive(Debug, PartialEq, Deserialize)]
    struct Query {
        id: u64,
        name: String,
        exact: Option<bool>,
        ratio: Option<f64>,
        ids: Vec<i32>,
        role: Role,
        page: Page,
        #[serde(default)]
        filter: HashMap<String, String>,
    }

    fn read<T: DeserializeOwned>(query: &str) -> Result<T, ParamsShapeError> {
        Params::parse(query, &ParamsLimits::default()).unwrap().deserialize()
    }

    #[test]
    fn text_becomes_what_the_type_asks_for() {
        let query = "id=7&name=12&exact=true&ids[0]=-1&ids[1]=2&role=admin&page=3&filter[a]=b&unknown[x]=1";
        assert_eq!(
            read::<Query>(query).unwrap(),
            Query {
                id: 7,
                name: "12".to_owned(),
                exact: Some(true),
                ratio: None,
                ids: vec![-1, 2],
                role: Role::Admin,
                page: Page(3),
                filter: HashMap::from([("a".to_owned(), "b".to_owned())]),
            }
        );
    }

    #[test]
    fn lists_come_in_the_order_of_their_indices() {
        let query: String = (0..12).rev().map(|index| format!("ids[{index}]={index}&")).collect();
        let lists: HashMap<String, Vec<u8>> = read(&query).unwrap();
        assert_eq!(lists["ids"], (0..12).collect::<Vec<_>>());
        assert_eq!(read::<HashMap<String, (u8, bool)>>("x[]=1&x[]=false").unwrap()["x"], (1, false));
        assert!(read::<HashMap<String, Vec<u8>>>("ids[1]=1").is_err());
    }

    #[test]
    fn enums_may_carry_values() {
        let roles: HashMap<String, Role> = read("a=admin&b[guest]=4&c[member][since]=1999").unwrap();
        assert_eq!(roles["b"], Role::Guest(4));
        assert_eq!(roles["c"], Role::Member { since: 1999 });
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let error = read::<HashMap<String, u8>>("a=300").unwrap_err();
        assert!(error.to_string().contains("\"300\""), "{error}");
        let error = read::<Query>("name=x").unwrap_err();
        assert!(error.to_string().contains("id"), "{error}");
        assert!(read::<HashMap<String, String>>("a[b]=1").is_err());
        assert!(read::<HashMap<String, Role>>("a[]=admin").is_err());
    }

    #[test]
    fn a_type_that_asks_for_nothing_gets_text() {
        assert_eq!(
            read::<Value>("a=1&b[]=true&c[d]=x").unwrap(),
            json!({"a": "1", "b": ["true"], "c": {"d": "x"}})
        );
    }
}
