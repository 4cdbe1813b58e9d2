//! Signed and encrypted tokens, byte-compatible with `Phoenix.Token` (spec §6).
//!
//! A token carries a value and the time of its making. A *signed* token can be read by everybody and forged by nobody;
//! an *encrypted* one cannot be read either. Both are text that is safe in URLs, headers and attributes.
//!
//! ```
//! use std::time::Duration;
//! use firecrest::token::{self, SecretKeyBase};
//!
//! let secret = SecretKeyBase::random();
//! let token = token::sign(&secret, "user socket", &42)?;
//! let user_id: u64 = token::verify(&secret, "user socket", Some(&token), Duration::from_secs(3600))?;
//! assert_eq!(user_id, 42);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The *salt* names the purpose of a token. It is no secret; a token made for one salt is invalid for every other. Salts are
//! a small fixed set in the source code, not made of what a client sends: the keys of the last 32 are kept, and every
//! other takes a thousand rounds of hashing.
//! [`Signer`] has the options of the reference for everything else.
//!
//! Values are written as Elixir would hold the same JSON: maps with text keys, lists, numbers, text, booleans, `nil`.
//! Tokens made by Elixir may hold more, such as atoms and tuples; [`Signer::verify_term`] returns them as they are.
//!
//! Two things that the reference reads are refused here: signatures with HMAC-SHA384 and HMAC-SHA512, which
//! `Phoenix.Token` never writes, and encrypted tokens of plug_crypto 1.x (`QTEyOEdDTQ.…`).

mod crypto;
mod envelope;
mod error;
mod secret;
mod signer;

pub use envelope::{CLOCK_SKEW, DEFAULT_MAX_AGE, MaxAge};
pub use error::{SignError, TokenError};
pub use firecrest_wire::token_text::MAX_TOKEN_LEN;
pub use secret::{
    KeyDigest, KeyOptions, MIN_SECRET_KEY_BASE_LEN, MIN_SECRET_LEN, SecretError, SecretKeyBase, TokenSecret,
};
pub use signer::{Signer, decrypt, encrypt, sign, verify};

pub(crate) use crypto::{SIGNATURE_LEN, open, open_signed, seal, sign_raw};
