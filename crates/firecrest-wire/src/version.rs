//! Negotiation of the protocol version through the connect parameter `vsn` (spec §1.4).

use crate::params::{Param, Params};

/// The longest part of a refused `vsn` that its error repeats, in characters.
const MAX_SHOWN_CHARS: usize = 32;

/// Which serializer a connection speaks (spec §2.2–2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProtocolVersion {
    /// `~> 1.0.0`: JSON objects. Also the version of a client that names none.
    V1,
    /// `~> 2.0.0`: JSON arrays and binary frames. What the official JavaScript client asks for.
    V2,
}

/// The client asked for a protocol version that is not served. Connections end with 403 (C141).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the protocol version {shown:?} is not supported, \"1.0.0\" and \"2.0.0\" are")]
#[non_exhaustive]
pub struct UnsupportedVersion {
    shown: String,
}

impl ProtocolVersion {
    /// The version for the value of the `vsn` parameter, or for its absence (spec §1.4).
    ///
    /// The value must be a full semantic version; pre-release and build parts are understood.
    ///
    /// # Errors
    /// [`UnsupportedVersion`] when the value is no semantic version or no serializer matches it.
    pub fn negotiate(vsn: Option<&str>) -> Result<Self, UnsupportedVersion> {
        let Some(vsn) = vsn else { return Ok(Self::V1) };
        let version = SemVer::parse(vsn);
        match version {
            Some(version) if version.is_about("1", "0") => Ok(Self::V1),
            Some(version) if version.is_about("2", "0") => Ok(Self::V2),
            _ => Err(UnsupportedVersion { shown: vsn.chars().take(MAX_SHOWN_CHARS).collect() }),
        }
    }

    /// The version for the `vsn` among the connect parameters; a `vsn` that is a list or a map is refused.
    ///
    /// # Errors
    /// As for [`negotiate`](Self::negotiate).
    pub fn from_params(params: &Params) -> Result<Self, UnsupportedVersion> {
        match params.param("vsn") {
            None => Self::negotiate(None),
            Some(Param::Text(vsn)) => Self::negotiate(Some(vsn)),
            Some(_) => Err(UnsupportedVersion { shown: "a list or map".to_owned() }),
        }
    }

    /// The version as the protocol writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "1.0.0",
            Self::V2 => "2.0.0",
        }
    }
}

/// A semantic version of any size: numbers stay text, since only equality matters here.
struct SemVer<'a> {
    major: &'a str,
    minor: &'a str,
    patch: &'a str,
    pre_release: bool,
}

impl<'a> SemVer<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (text, build) = split_off(text, '+');
        let (core, pre_release) = split_off(text, '-');
        let mut numbers = core.split('.');
        let version = Self {
            major: numbers.next()?,
            minor: numbers.next()?,
            patch: numbers.next()?,
            pre_release: pre_release.is_some(),
        };
        let valid = numbers.next().is_none()
            && [version.major, version.minor, version.patch].into_iter().all(is_number)
            && pre_release
                .is_none_or(|pre| pre.split('.').all(|id| is_identifier(id) && !has_leading_zero(id)))
            && build.is_none_or(|build| build.split('.').all(is_identifier));
        valid.then_some(version)
    }

    /// Whether this matches `~> MAJOR.MINOR.0`: at least that version and below the next minor one.
    fn is_about(&self, major: &str, minor: &str) -> bool {
        // A pre-release precedes its own release, so of patch 0 only the release itself is late enough.
        self.major == major && self.minor == minor && (self.patch != "0" || !self.pre_release)
    }
}

fn split_off(text: &str, separator: char) -> (&str, Option<&str>) {
    text.split_once(separator).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && !has_leading_zero(text)
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn has_leading_zero(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::params::ParamsLimits;

    const V1: Option<ProtocolVersion> = Some(ProtocolVersion::V1);
    const V2: Option<ProtocolVersion> = Some(ProtocolVersion::V2);

    /// C141 and the table of spec §1.4.
    #[test]
    fn c141_versions_are_accepted_or_refused_by_the_table() {
        for (vsn, expected) in [
            ("1.0.0", V1),
            ("1.0.5", V1),
            ("2.0.0", V2),
            ("2.0.1", V2),
            ("2.0.1-dev", V2),
            ("2.0.0+build.007", V2),
            ("2.0.1-rc.1+build", V2),
            ("2.0.0-", None),
            ("2.0.0+", None),
            ("2.0.1-rc..1", None),
            ("2.0.1-01", None),
            ("2.0", None),
            ("2.0.0.0", None),
            ("02.0.0", None),
            ("2.0.00", None),
            ("+2.0.0", None),
            (" 2.0.0", None),
            ("", None),
            ("abc", None),
            ("2.0.0-rc.1", None),
            ("1.0.0-rc.1", None),
            ("2.1.0", None),
            ("2.1.0-dev", None),
            ("3.0.0", None),
            ("123.1.1", None),
        ] {
            assert_eq!(ProtocolVersion::negotiate(Some(vsn)).ok(), expected, "{vsn:?}");
        }
        assert_eq!(ProtocolVersion::negotiate(None), Ok(ProtocolVersion::V1));
    }

    /// C141: the log line made of the error names the version, but not all of a long one.
    #[test]
    fn c141_the_error_names_the_version() {
        let error = ProtocolVersion::negotiate(Some("123.1.1")).unwrap_err();
        assert!(error.to_string().contains("\"123.1.1\""), "{error}");
        let long = ProtocolVersion::negotiate(Some(&"9".repeat(10_000))).unwrap_err();
        assert!(long.to_string().len() < 200);
    }

    #[test]
    fn c141_a_nested_vsn_is_refused() {
        for (query, expected) in [
            ("", V1),
            ("vsn=2.0.0", V2),
            ("vsn=", None),
            ("vsn", None),
            ("vsn[]=1", None),
            ("vsn[a]=1", None),
        ] {
            let params = Params::parse(query, &ParamsLimits::default()).unwrap();
            assert_eq!(ProtocolVersion::from_params(&params).ok(), expected, "{query:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gets_an_answer(vsn in "\\PC{0,40}") {
            let _ = ProtocolVersion::negotiate(Some(&vsn));
        }
    }
}
