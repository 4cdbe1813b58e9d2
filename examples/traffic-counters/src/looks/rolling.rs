//! Numbers whose digits roll.

use firecrest::prelude::*;

/// A number. Screen readers are told it as it is; everybody else sees a column of digits for each place, which the style sheet
/// moves to where `data-digit` says. The last place comes first, so that each stays the element it is when the number gets
/// longer, and the style sheet turns the order around.
#[component]
pub(crate) fn Rolling(value: u64) -> Html {
    html! {
        <span class="plain hidden-visually">{value}</span>
        <span class="digits" aria-hidden="true">
            for (digit, turn) in places(value) {
                <span class="digit" data-digit={digit} data-turn={turn}></span>
            }
        </span>
    }
}

/// For each place, from the last on, its digit, and how often its column has turned around: the digit before it. So a 9 rolls on
/// to the next 0 instead of back.
fn places(value: u64) -> impl Iterator<Item = (u64, u64)> {
    let rest = std::iter::successors(Some(value), |rest| Some(rest / 10).filter(|rest| *rest > 0));
    rest.map(|rest| (rest % 10, rest / 10 % 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_its_digit_and_that_before_it() {
        let places = |value| places(value).collect::<Vec<_>>();
        assert_eq!(places(0), [(0, 0)]);
        assert_eq!(places(9), [(9, 0)]);
        assert_eq!(places(10), [(0, 1), (1, 0)]);
        assert_eq!(places(4507), [(7, 0), (0, 5), (5, 4), (4, 0)]);
        assert_eq!(places(u64::MAX).len(), 20);
    }
}
