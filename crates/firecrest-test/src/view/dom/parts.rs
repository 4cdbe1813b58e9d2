//! Parts of elements, and what is around them.

use scraper::ElementRef;

/// Whether it has the attribute, whatever its value.
pub(in crate::view) fn has_attr(element: ElementRef<'_>, name: &str) -> bool {
    element.attr(name).is_some()
}

/// The names of its attributes that begin with this, and their values.
pub(in crate::view) fn attr_names<'a>(
    element: ElementRef<'a>,
    prefix: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    element.value().attrs().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value)))
}

/// The element itself or the innermost one around it that is like this.
pub(in crate::view) fn closest<'a>(
    element: ElementRef<'a>,
    is: impl Fn(ElementRef<'a>) -> bool,
) -> Option<ElementRef<'a>> {
    let around = element.ancestors().filter_map(ElementRef::wrap);
    std::iter::once(element).chain(around).find(|element| is(*element))
}

/// Which one of its kind an element is in the page, from 0.
pub(in crate::view) fn position(element: ElementRef<'_>) -> usize {
    let root = element.ancestors().last().map(|root| root.descendants());
    let alike = root.into_iter().flatten().filter_map(ElementRef::wrap);
    alike
        .filter(|other| other.value().name() == element.value().name())
        .position(|other| other.id() == element.id())
        .unwrap_or_default()
}
