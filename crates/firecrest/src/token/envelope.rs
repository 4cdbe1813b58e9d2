use std::time::{Duration, SystemTime};

use firecrest_wire::etf::{self, Term};

use super::TokenError;

/// How far in the future a token may be dated, for clocks that disagree: 60 seconds (spec §6.2).
pub const CLOCK_SKEW: Duration = Duration::from_secs(60);

/// How long a token is valid when nothing else is said: a day (spec §6.1).
pub const DEFAULT_MAX_AGE: Duration = Duration::from_secs(86_400);

/// How long a token is valid after its making.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MaxAge {
    /// As long as the token itself says. When making a token: [`DEFAULT_MAX_AGE`].
    #[default]
    AsSigned,
    /// This long. Zero: it is never valid.
    Limited(Duration),
    /// Forever.
    Infinity,
}

impl From<Duration> for MaxAge {
    fn from(limit: Duration) -> Self {
        MaxAge::Limited(limit)
    }
}

/// The content of a token: a value, when it was made, and for how long it is good (spec §6.2).
#[derive(Debug, PartialEq)]
pub(super) struct Envelope {
    pub(super) data: Term,
    /// Milliseconds since 1970.
    signed_at: i128,
    max_age: Term,
}

impl Envelope {
    pub(super) fn new(data: Term, signed_at: SystemTime, max_age: MaxAge) -> Self {
        let max_age = match max_age {
            MaxAge::AsSigned => seconds(DEFAULT_MAX_AGE),
            MaxAge::Limited(limit) => seconds(limit),
            MaxAge::Infinity => Term::atom("infinity"),
        };
        Self { data, signed_at: millis(signed_at), max_age }
    }

    pub(super) fn encode(self) -> Vec<u8> {
        etf::encode(&Term::Tuple(vec![self.data, Term::Integer(self.signed_at), self.max_age]))
    }

    /// Reads the tuple of three, and the two older forms: a tuple of two, and a map with the atoms `data` and `signed`.
    pub(super) fn decode(payload: &[u8]) -> Option<Self> {
        let (data, signed_at, max_age) = match etf::decode(payload).ok()? {
            Term::Tuple(parts) => match <[Term; 3]>::try_from(parts) {
                Ok([data, signed_at, max_age]) => (data, signed_at, max_age),
                Err(parts) => {
                    let [data, signed_at] = parts.try_into().ok()?;
                    (data, signed_at, seconds(DEFAULT_MAX_AGE))
                }
            },
            Term::Map(mut entries) => {
                let signed_at = take(&mut entries, "signed")?;
                (take(&mut entries, "data")?, signed_at, seconds(DEFAULT_MAX_AGE))
            }
            _ => return None,
        };
        Some(Self { data, signed_at: signed_at.as_integer()?, max_age })
    }

    /// The age check of spec §6.2.
    pub(super) fn check_age(&self, now: SystemTime, max_age: MaxAge) -> Result<(), TokenError> {
        let now = millis(now);
        let limit = match max_age {
            MaxAge::AsSigned => self.embedded_limit()?,
            MaxAge::Limited(limit) if limit.is_zero() => return Err(TokenError::Expired),
            MaxAge::Limited(limit) => Some(i128::try_from(limit.as_millis()).unwrap_or(i128::MAX)),
            MaxAge::Infinity => None,
        };
        let Some(limit) = limit else { return Ok(()) };
        if self.signed_at.saturating_sub(CLOCK_SKEW.as_millis() as i128) > now {
            Err(TokenError::Invalid)
        } else if self.signed_at.saturating_add(limit) < now {
            Err(TokenError::Expired)
        } else {
            Ok(())
        }
    }

    /// The validity in milliseconds that the token itself states; nothing for infinity.
    fn embedded_limit(&self) -> Result<Option<i128>, TokenError> {
        match &self.max_age {
            Term::Atom(name) if name == "infinity" => Ok(None),
            Term::Integer(seconds) if *seconds <= 0 => Err(TokenError::Expired),
            Term::Integer(seconds) => Ok(Some(seconds.saturating_mul(1000))),
            Term::Float(seconds) if *seconds <= 0.0 => Err(TokenError::Expired),
            Term::Float(seconds) => Ok(Some((seconds * 1000.0) as i128)),
            _ => Err(TokenError::Invalid),
        }
    }
}

/// Whole seconds as an integer, others as a float, as the reference has them.
fn seconds(duration: Duration) -> Term {
    if duration.subsec_nanos() == 0 {
        Term::Integer(duration.as_secs().into())
    } else {
        Term::Float(duration.as_secs_f64())
    }
}

fn millis(time: SystemTime) -> i128 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i128::try_from(since.as_millis()).unwrap_or(i128::MAX),
        Err(before) => i128::try_from(before.duration().as_millis()).map_or(i128::MIN, |millis| -millis),
    }
}

fn take(entries: &mut Vec<(Term, Term)>, atom: &str) -> Option<Term> {
    let index = entries.iter().position(|(key, _)| key.as_atom() == Some(atom))?;
    Some(entries.swap_remove(index).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
    }

    fn age(max_age: Term, now: u64) -> Result<(), TokenError> {
        Envelope { data: Term::nil(), signed_at: 1_000_000, max_age }.check_age(at(now), MaxAge::AsSigned)
    }

    /// Spec §6.2: both older forms are read and are good for a day.
    #[test]
    fn older_forms_are_read() {
        let expected = Envelope { data: Term::Integer(1), signed_at: 5, max_age: Term::Integer(86_400) };
        let pair = Term::Tuple(vec![Term::Integer(1), Term::Integer(5)]);
        assert_eq!(Envelope::decode(&etf::encode(&pair)).as_ref(), Some(&expected));
        let map = |key: fn(&str) -> Term| {
            Term::Map(vec![(key("data"), Term::Integer(1)), (key("signed"), Term::Integer(5))])
        };
        assert_eq!(Envelope::decode(&etf::encode(&map(|name| Term::atom(name)))).as_ref(), Some(&expected));
        assert_eq!(Envelope::decode(&etf::encode(&map(|name| Term::text(name)))), None);
    }

    #[test]
    fn other_contents_are_refused() {
        for term in [
            Term::Integer(1),
            Term::Tuple(vec![Term::Integer(1)]),
            Term::Tuple(vec![Term::Integer(1), Term::nil(), Term::Integer(1)]),
            Term::Tuple(vec![Term::Integer(1); 4]),
        ] {
            assert_eq!(Envelope::decode(&etf::encode(&term)), None, "{term:?}");
        }
        assert_eq!(Envelope::decode(b"garbage"), None);
        assert_eq!(age(Term::text("infinity"), 0), Err(TokenError::Invalid));
    }

    /// C207: seconds and fractions of them; zero and less have always expired.
    #[test]
    fn c207_the_age_is_checked_to_the_millisecond() {
        assert_eq!(age(Term::Integer(2), 1_002_000), Ok(()));
        assert_eq!(age(Term::Integer(2), 1_002_001), Err(TokenError::Expired));
        assert_eq!(age(Term::Float(0.1999), 1_000_199), Ok(()));
        assert_eq!(age(Term::Float(0.1999), 1_000_200), Err(TokenError::Expired));
        assert_eq!(age(Term::Integer(0), 1_000_000), Err(TokenError::Expired));
        assert_eq!(age(Term::Integer(-1), 1_000_000), Err(TokenError::Expired));
        assert_eq!(age(Term::Float(-0.5), 1_000_000), Err(TokenError::Expired));
        assert_eq!(age(Term::Integer(i128::MAX), 9_000_000), Ok(()));
    }

    /// Spec §6.2: a date in the future is invalid, beyond a small difference of clocks.
    #[test]
    fn a_date_in_the_future_is_invalid() {
        assert_eq!(age(Term::Integer(9), 940_000), Ok(()));
        assert_eq!(age(Term::Integer(9), 939_999), Err(TokenError::Invalid));
        assert_eq!(age(Term::atom("infinity"), 0), Ok(()));
    }

    #[test]
    fn times_before_1970_are_negative() {
        assert_eq!(millis(SystemTime::UNIX_EPOCH - Duration::from_millis(1500)), -1500);
    }
}
