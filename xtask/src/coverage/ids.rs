//! Item ids inside other text.

/// The number of an item: 115 for C115.
pub(crate) type Id = u16;

/// Every item named in `text`: C115, c115_ in a function's name, C230–C235, C230-C235, c230_to_c235.
pub(crate) fn find(text: &str) -> Vec<Id> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let starts_word = at == 0 || !chars[at - 1].is_ascii_alphanumeric();
        let Some(first) = id(&chars[at..]).filter(|_| starts_word) else {
            at += 1;
            continue;
        };
        at += LENGTH;
        let last = last_of_range(&chars[at..]);
        found.extend(first..=last.map_or(first, |(last, _)| last));
        at += last.map_or(0, |(_, length)| length);
    }
    found
}

/// Characters of an id.
const LENGTH: usize = 4;

/// The id at the start of `chars`, where no fourth digit or letter follows.
fn id(chars: &[char]) -> Option<Id> {
    let (head, rest) = chars.split_at_checked(LENGTH)?;
    let ends_word = rest.first().is_none_or(|next| !next.is_ascii_alphanumeric());
    if !ends_word || !head[0].eq_ignore_ascii_case(&'c') {
        return None;
    }
    head[1..].iter().try_fold(0, |number, digit| Some(number * 10 + Id::try_from(digit.to_digit(10)?).ok()?))
}

/// The last id of a range whose first id has just been read, and the length of what was read for it.
fn last_of_range(chars: &[char]) -> Option<(Id, usize)> {
    let separators: [&[char]; 3] = [&['–'], &['-'], &['_', 't', 'o', '_']];
    let separator = separators.into_iter().find(|separator| chars.starts_with(separator))?;
    let last = id(&chars[separator.len()..])?;
    Some((last, separator.len() + LENGTH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_ids_are_found_in_names_titles_and_comments() {
        assert_eq!(find("c115_join_reply_has_refs"), [115]);
        assert_eq!(find("H02 C115 ping is answered"), [115]);
        assert_eq!(find("Proves C074, C075 (spec §3.11)."), [74, 75]);
        assert_eq!(find("c218_c220_broadcast_from"), [218, 220]);
    }

    #[test]
    fn ranges_include_both_ends() {
        assert_eq!(find("C052–C055"), [52, 53, 54, 55]);
        assert_eq!(find("C204-C206, C209"), [204, 205, 206, 209]);
        assert_eq!(find("c026_to_c028_origins"), [26, 27, 28]);
    }

    #[test]
    fn other_words_are_no_ids() {
        assert_eq!(find("rfc6455 C12 C1155 abc123 C115x 0xc123"), Vec::<Id>::new());
    }
}
