//! Pages as files, to be looked at in a browser (T60).

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use super::failure::Failure;

/// Writes a page into a file of its own, and says where.
pub(super) fn write(html: &str) -> Result<PathBuf, Failure> {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join("firecrest-test");
    let path = folder.join(format!("{}-{number}.html", std::process::id()));
    let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, html));
    match written {
        Ok(()) => {
            eprintln!("the page is in file://{}", path.display());
            Ok(path)
        }
        Err(error) => Err(Failure::new(format!("the page cannot be written to {}: {error}", path.display()))),
    }
}
