//! Which types of files are accepted.

use firecrest_live::files::ClientFile;

/// A type of files, as the `accept` attribute of an input has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Accept {
    /// By the end of the name: `.jpg`, in lower case.
    Extension(String),
    /// By the MIME type: `image/png`, in lower case.
    Type(String),
    /// By its first half: `image/` for `image/*`.
    Group(String),
}

impl Accept {
    /// # Panics
    /// When it is none of the three.
    pub(super) fn new(text: &str) -> Self {
        let text = text.trim().to_ascii_lowercase();
        let group = text.strip_suffix('*').filter(|group| group.ends_with('/'));
        let plain = group.unwrap_or(&text);
        let is_plain = plain.chars().all(|c| c.is_ascii_alphanumeric() || "+-._/".contains(c));
        assert!(is_plain && plain.len() > 1, "{text:?} is no extension and no type of files");
        match group {
            Some(group) => Accept::Group(group.to_owned()),
            None if text.starts_with('.') => Accept::Extension(text),
            None if text.contains('/') => Accept::Type(text),
            None => panic!("{text:?} is no type of files: an extension begins with a dot"),
        }
    }

    /// As the attribute has it.
    pub(super) fn text(&self) -> String {
        match self {
            Accept::Extension(text) | Accept::Type(text) => text.clone(),
            Accept::Group(group) => format!("{group}*"),
        }
    }

    fn takes(&self, name: &str, content_type: &str) -> bool {
        match self {
            Accept::Extension(extension) => name.len() > extension.len() && name.ends_with(&**extension),
            Accept::Type(own) => content_type == own,
            Accept::Group(group) => content_type.starts_with(&**group),
        }
    }
}

/// Whether a file is of one of these types, or of any when there are none.
pub(super) fn takes(accepted: &[Accept], file: &ClientFile) -> bool {
    let (name, content_type) = (file.name.to_lowercase(), file.content_type.to_ascii_lowercase());
    // A browser may add parameters: `text/plain;charset=utf-8`.
    let content_type = content_type.split(';').next().unwrap_or_default().trim();
    accepted.is_empty() || accepted.iter().any(|accept| accept.takes(&name, content_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(accepted: &str, name: &str, content_type: &str) -> bool {
        Accept::new(accepted).takes(name, content_type)
    }

    #[test]
    fn f150_files_are_accepted_by_extension_type_and_group() {
        assert!(takes(".JPG", "a.jpg", "") && !takes(".jpg", "a.jpeg", "") && !takes(".jpg", ".jpg", ""));
        assert!(takes("image/png", "x", "image/png") && !takes("image/png", "x.png", "image/gif"));
        assert!(takes("image/*", "x", "image/gif") && !takes("image/*", "x", "imagery/gif"));
        assert_eq!(Accept::new("image/*").text(), "image/*");
    }

    /// `*/*` would take nothing: to take everything nothing is said.
    #[test]
    fn f150_what_is_no_type_is_refused() {
        for text in ["*/*", "*", "/*", "", ".", "image/*,text/*", "a b/*", "image/\"*"] {
            assert!(std::panic::catch_unwind(|| Accept::new(text)).is_err(), "{text:?}");
        }
    }

    #[test]
    #[should_panic(expected = "begins with a dot")]
    fn f150_an_extension_begins_with_a_dot() {
        Accept::new("jpg");
    }
}
