//! Who may speak: whoever knows the secret of the endpoints.

use std::sync::Arc;

use firecrest_pubsub::cluster::Node;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::token::{KeyOptions, SecretKeyBase};

/// Salt of the key that messages between nodes are signed with.
const SALT: &str = "firecrest longpoll nodes";

/// Bytes of a signature.
pub(super) const SEAL_LEN: usize = 32;

/// Signs messages between nodes.
pub(super) struct Seal(Arc<[u8]>);

/// Whom a message is for. An answer is for the life of a node that has asked; a question cannot know in which life the other is.
#[derive(Clone, Copy)]
pub(super) enum To<'a> {
    Name(&'a str),
    Node(&'a Node),
}

impl<'a> To<'a> {
    pub(super) fn name(self) -> &'a str {
        match self {
            To::Name(name) => name,
            To::Node(node) => node.name(),
        }
    }
}

impl Seal {
    pub(super) fn new(secret: &SecretKeyBase) -> Self {
        Seal(secret.key(SALT, KeyOptions::default()))
    }

    /// The signature of a message from one node to another.
    pub(super) fn sign(&self, from: &Node, to: To<'_>, message: &[u8]) -> [u8; SEAL_LEN] {
        self.mac(from, to, message).finalize().into_bytes().into()
    }

    /// Whether the signature is right; takes constant time.
    pub(super) fn is_right(&self, from: &Node, to: To<'_>, message: &[u8], seal: &[u8]) -> bool {
        self.mac(from, to, message).verify_slice(seal).is_ok()
    }

    /// Lengths come first, so that no two messages are signed alike.
    fn mac(&self, from: &Node, to: To<'_>, message: &[u8]) -> Hmac<Sha256> {
        let to_life = match to {
            To::Name(_) => None,
            To::Node(node) => Some(node.life()),
        };
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(&[u8::from(to_life.is_some())]);
        mac.update(&from.life().to_be_bytes());
        mac.update(&to_life.unwrap_or_default().to_be_bytes());
        for name in [&**from.name(), to.name()] {
            mac.update(&name.len().to_be_bytes());
            mac.update(name.as_bytes());
        }
        mac.update(message);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_good_for_one_message_between_two_nodes() {
        let seal = Seal::new(&SecretKeyBase::random());
        let (a, b) = (Node::new("a", 1), Node::new("b", 2));
        let signed = seal.sign(&a, To::Node(&b), b"message");
        assert!(seal.is_right(&a, To::Node(&b), b"message", &signed));
        assert!(!seal.is_right(&a, To::Name("b"), b"message", &signed), "not as a question");
        assert!(!seal.is_right(&a, To::Node(&Node::new("b", 3)), b"message", &signed), "not in another life");
        assert!(!seal.is_right(&Node::new("a", 3), To::Node(&b), b"message", &signed));
        assert!(!seal.is_right(&b, To::Node(&b), b"message", &signed));
        assert!(!seal.is_right(&a, To::Node(&b), b"massage", &signed));
        assert!(!seal.is_right(&a, To::Node(&b), b"message", &signed[..31]));
        assert!(!Seal::new(&SecretKeyBase::random()).is_right(&a, To::Node(&b), b"message", &signed));
    }

    #[test]
    fn names_do_not_run_into_each_other() {
        let seal = Seal::new(&SecretKeyBase::random());
        let one = seal.sign(&Node::new("ab", 1), To::Name("c"), b"d");
        assert_ne!(one, seal.sign(&Node::new("a", 1), To::Name("bc"), b"d"));
        assert_ne!(one, seal.sign(&Node::new("ab", 1), To::Name("cd"), b""));
    }
}
