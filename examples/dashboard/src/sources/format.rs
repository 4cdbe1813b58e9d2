//! Values as people read them.

use std::time::Duration;

use serde_json::Value;

use crate::config::Format;
use crate::words::length;

/// Longest text that is shown, in characters.
const MAX_TEXT: usize = 40;

/// From here on a number is shown with an exponent: a double knows no more of its digits.
const LARGE: f64 = 1e15;

/// What is shown of a value; none for null and for what has no text.
pub(crate) fn format(value: &Value, format: Format) -> Option<String> {
    let as_number =
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite());
    match (format, as_number) {
        (Format::Text, _) | (_, None) => text(value),
        (Format::Number, Some(count)) => Some(number(count)),
        (Format::Percent, Some(fraction)) => Some(format!("{} %", number(tenths(fraction * 100.0)))),
        (Format::Bytes, Some(bytes)) => Some(size(bytes)),
        (Format::Duration, Some(seconds)) => {
            Some(Duration::try_from_secs_f64(seconds).map_or_else(|_| number(seconds), length))
        }
    }
}

fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
    };
    Some(cut(&text, MAX_TEXT))
}

/// At most so many characters.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// With commas between thousands, and two places at most behind the point; a large one as 1.50e300.
pub(crate) fn number(number: f64) -> String {
    if number.abs() >= LARGE {
        let sign = if number < 0.0 { "−" } else { "" };
        let text = if number.is_finite() { format!("{:.2e}", number.abs()) } else { "∞".to_owned() };
        return format!("{sign}{text}");
    }
    let text = format!("{:.2}", number.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let is_zero = grouped == "0" && fraction.is_empty();
    let sign = if number < 0.0 && !is_zero { "−" } else { "" };
    if fraction.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{fraction}") }
}

fn size(bytes: f64) -> String {
    let (mut size, mut unit) = (bytes, "B");
    for larger in ["KiB", "MiB", "GiB", "TiB", "PiB"] {
        if size.abs() < 1024.0 {
            break;
        }
        (size, unit) = (size / 1024.0, larger);
    }
    format!("{} {unit}", number(tenths(size)))
}

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn zero_is_a_value_and_null_is_none() {
        assert_eq!(format(&json!(0), Format::Number).as_deref(), Some("0"));
        assert_eq!(format(&json!(-0.001), Format::Number).as_deref(), Some("0"));
        assert_eq!(format(&json!(null), Format::Number), None);
        assert_eq!(format(&json!([1]), Format::Text), None);
    }

    #[test]
    fn every_format_is_as_people_write_it() {
        for (value, kind, text) in [
            (json!(1_234_567), Format::Number, "1,234,567"),
            (json!(-12.5), Format::Number, "−12.5"),
            (json!("42"), Format::Number, "42"),
            (json!("v1.2"), Format::Number, "v1.2"),
            (json!(true), Format::Text, "yes"),
            (json!(7), Format::Text, "7"),
            (json!(0.4237), Format::Percent, "42.4 %"),
            (json!(1536), Format::Bytes, "1.5 KiB"),
            (json!(3.5e12), Format::Bytes, "3.2 TiB"),
            (json!(7500), Format::Duration, "2 h 5 min"),
            (json!(-5), Format::Duration, "−5"),
        ] {
            assert_eq!(format(&value, kind).as_deref(), Some(text), "{value} {kind:?}");
        }
        assert_eq!(format(&json!("é".repeat(60)), Format::Text).unwrap().chars().count(), MAX_TEXT + 1);
    }

    #[test]
    fn whatever_a_source_says_is_short() {
        assert_eq!(format(&json!(-1.5e300), Format::Number).as_deref(), Some("−1.50e300"));
        assert_eq!(
            format(&json!(999_999_999_999_999_u64), Format::Number).as_deref(),
            Some("999,999,999,999,999")
        );
        for value in [json!(1e308), json!(-1e308), json!(u64::MAX), json!("9".repeat(300)), json!(1e18)] {
            for kind in [Format::Text, Format::Number, Format::Percent, Format::Bytes, Format::Duration] {
                let text = format(&value, kind).unwrap();
                assert!(text.chars().count() <= MAX_TEXT + 1, "{value} {kind:?}: {text}");
            }
        }
    }

    proptest! {
        #[test]
        fn commas_are_between_thousands_and_nowhere_else(value in any::<i32>()) {
            let text = number(f64::from(value));
            prop_assert_eq!(text.replace([',', '−'], "").parse::<u32>().unwrap(), value.unsigned_abs());
            let groups: Vec<_> = text.trim_start_matches('−').split(',').map(str::len).collect();
            prop_assert!(groups[0] <= 3 && groups[1..].iter().all(|group| *group == 3));
        }
    }
}
