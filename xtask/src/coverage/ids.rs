//! Item ids inside other text.

use std::fmt;

/// The series of items and how many digits their numbers have: channels, pages in a browser, live views, pipelines, test
/// kit.
const SERIES: [(char, usize); 5] = [('C', 3), ('E', 3), ('F', 3), ('G', 3), ('T', 2)];

/// An item of a checklist, such as C115 or T05.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    series: char,
    number: u32,
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits =
            SERIES.iter().find(|(series, _)| *series == self.series).map_or(0, |(_, digits)| *digits);
        write!(formatter, "{}{:0digits$}", self.series, self.number)
    }
}

/// Every item named in `text`: C115, c115_ in a function's name, C230–C235, C230-C235, c230_to_c235, T05.
pub(crate) fn find(text: &str) -> Vec<Id> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let starts_word = at == 0 || !chars[at - 1].is_ascii_alphanumeric();
        let Some((first, length)) = id(&chars[at..]).filter(|_| starts_word) else {
            at += 1;
            continue;
        };
        at += length;
        let (last, length) = last_of_range(first, &chars[at..]).unwrap_or((first.number, 0));
        found.extend((first.number..=last).map(|number| Id { number, ..first }));
        at += length;
    }
    found
}

/// The id at the start of `chars`, where no further digit or letter follows, and its length.
fn id(chars: &[char]) -> Option<(Id, usize)> {
    let letter = chars.first()?.to_ascii_uppercase();
    let (series, digits) = SERIES.into_iter().find(|(series, _)| *series == letter)?;
    let (head, rest) = chars.split_at_checked(1 + digits)?;
    if rest.first().is_some_and(char::is_ascii_alphanumeric) {
        return None;
    }
    let number = head[1..].iter().try_fold(0, |number, digit| Some(number * 10 + digit.to_digit(10)?))?;
    Some((Id { series, number }, head.len()))
}

/// The last number of a range whose first id has just been read, and the length of what was read for it.
fn last_of_range(first: Id, chars: &[char]) -> Option<(u32, usize)> {
    let separators: [&[char]; 3] = [&['–'], &['-'], &['_', 't', 'o', '_']];
    let separator = separators.into_iter().find(|separator| chars.starts_with(separator))?;
    let (last, length) = id(&chars[separator.len()..])?;
    (last.series == first.series).then_some((last.number, separator.len() + length))
}

/// The only id in `text`.
#[cfg(test)]
pub(crate) fn only(text: &str) -> Id {
    let [id] = find(text)[..] else { panic!("{text} is not one id") };
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        find(text).iter().map(Id::to_string).collect()
    }

    #[test]
    fn single_ids_are_found_in_names_titles_and_comments() {
        assert_eq!(names("c115_join_reply_has_refs"), ["C115"]);
        assert_eq!(names("H02 C115 ping is answered"), ["C115"]);
        assert_eq!(names("Proves C074, C075 (spec §3.11)."), ["C074", "C075"]);
        assert_eq!(names("c218_c220_broadcast_from"), ["C218", "C220"]);
    }

    #[test]
    fn every_series_has_its_own_items() {
        assert_eq!(names("F110, E042: the loop ends"), ["F110", "E042"]);
        assert_eq!(names("t05_an_element_is_found"), ["T05"]);
        assert!(only("E042") != only("F042"));
    }

    #[test]
    fn ranges_include_both_ends() {
        assert_eq!(names("C052–C055"), ["C052", "C053", "C054", "C055"]);
        assert_eq!(names("C204-C206, C209"), ["C204", "C205", "C206", "C209"]);
        assert_eq!(names("c026_to_c028_origins"), ["C026", "C027", "C028"]);
        assert_eq!(names("t05_to_t07_elements"), ["T05", "T06", "T07"]);
    }

    #[test]
    fn a_range_stays_within_its_series() {
        assert_eq!(names("F110–E112"), ["F110", "E112"]);
    }

    #[test]
    fn other_words_are_no_ids() {
        assert_eq!(names("rfc6455 C12 C1155 abc123 C115x 0xc123 T5 T123 f64 1e100"), [""; 0]);
    }
}
