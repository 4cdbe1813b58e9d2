//! The pages whose visitors are counted.

/// A page.
#[derive(Debug, PartialEq)]
pub(crate) struct Page {
    /// Its address, and the name of its counter.
    pub(crate) path: &'static str,
    pub(crate) title: &'static str,
    /// One sentence about it.
    pub(crate) about: &'static str,
}

/// All of them, the first page first.
pub(crate) static PAGES: [Page; 5] = [
    page(
        "/traffic",
        "The garden",
        "Everybody who looks at this page is a bird on the wire, and you are one of them.",
    ),
    page("/traffic/feeder", "The feeder", "Sunflower seeds since six this morning. Expect a crowd."),
    page("/traffic/hedge", "The hedge", "Hawthorn and ivy: good cover, and berries until March."),
    page("/traffic/pond", "The pond", "Shallow at this end. Bathing from noon, if nobody pushes."),
    page(
        "/traffic/nest",
        "The nest box",
        "South-east, two metres up, thirty-two millimetres wide. Quiet, please.",
    ),
];

const fn page(path: &'static str, title: &'static str, about: &'static str) -> Page {
    Page { path, title, about }
}

impl Page {
    /// The page at an address, whatever its query; none when there is no such page.
    pub(crate) fn at(uri: &str) -> Option<&'static Page> {
        let path = uri.split('?').next()?;
        PAGES.iter().find(|page| page.path == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_found_by_its_whole_path_only() {
        for page in &PAGES {
            assert_eq!(Page::at(page.path), Some(page));
            assert_eq!(Page::at(&format!("{}?page=nest", page.path)), Some(page));
        }
        for path in ["", "/", "/traffic/", "/traffic/nes", "/traffic/nest/", "/traffic/nest/egg", "/feeder"] {
            assert_eq!(Page::at(path), None, "{path}");
        }
    }
}
