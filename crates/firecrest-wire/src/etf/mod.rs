//! The External Term Format of the BEAM, as far as tokens and sessions need it (spec §6.3).
//!
//! [`decode`] reads what an Elixir node wrote, [`encode`] writes what Erlang/OTP 26 would write, byte for byte.
//! Everything is bounded: bytes, nesting, number of terms and the inflation of a compressed term. Process
//! identifiers, references, ports, functions and bit strings are refused: they have no meaning outside the node
//! that made them.

mod decode;
mod encode;
mod json;
mod term;

pub use decode::{EtfError, MAX_DEPTH, MAX_INFLATED_LEN, MAX_LEN, MAX_TERMS, decode};
pub use encode::encode;
pub use json::NotJson;
pub use term::Term;
