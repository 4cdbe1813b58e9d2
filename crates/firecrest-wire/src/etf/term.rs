/// A value of the External Term Format (spec §6.3).
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// An integer. Erlang's integers are unbounded; larger ones than these 128 bits are refused when decoding.
    Integer(i128),
    /// A finite 64-bit float.
    Float(f64),
    /// A binary: text in Elixir, though any bytes are allowed.
    Binary(Vec<u8>),
    /// A name. `true`, `false` and `nil` are Elixir's booleans and null.
    Atom(String),
    /// A tuple.
    Tuple(Vec<Term>),
    /// A proper list, the empty one included.
    List(Vec<Term>),
    /// A map, its entries in the order in which they are encoded.
    ///
    /// Elixir writes maps of up to 32 keys sorted by key; sort before encoding where the bytes must agree.
    Map(Vec<(Term, Term)>),
}

impl Term {
    /// A binary that holds `text`.
    pub fn text(text: impl Into<String>) -> Self {
        Term::Binary(text.into().into_bytes())
    }

    /// The atom called `name`.
    pub fn atom(name: impl Into<String>) -> Self {
        Term::Atom(name.into())
    }

    /// Elixir's null.
    pub fn nil() -> Self {
        Term::atom("nil")
    }

    /// The text of a binary that is UTF-8; nothing for any other term, atoms included.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Term::Binary(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// The name of an atom.
    pub fn as_atom(&self) -> Option<&str> {
        match self {
            Term::Atom(name) => Some(name),
            _ => None,
        }
    }

    /// The value of an integer.
    pub fn as_integer(&self) -> Option<i128> {
        match self {
            Term::Integer(value) => Some(*value),
            _ => None,
        }
    }
}

impl From<bool> for Term {
    fn from(value: bool) -> Self {
        Term::atom(if value { "true" } else { "false" })
    }
}

impl From<&str> for Term {
    fn from(text: &str) -> Self {
        Term::text(text)
    }
}

impl From<i64> for Term {
    fn from(value: i64) -> Self {
        Term::Integer(value.into())
    }
}
