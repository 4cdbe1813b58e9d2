//! The workspace's files.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Folders that hold nothing written by hand.
const GENERATED: [&str; 5] = [".git", "artifacts", "dist", "node_modules", "target"];

/// The workspace's root.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// Every file below `folder` whose extension is one of `extensions`, sorted, without generated folders.
pub(crate) fn files(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| Failure::file(&folder, &error))? {
            let path = entry.map_err(|error| Failure::file(&folder, &error))?.path();
            if path.is_dir() {
                if !is_generated(&path) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|own| extensions.iter().any(|wanted| own == *wanted)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The path as seen from the workspace's root, with forward slashes.
pub(crate) fn relative(path: &Path) -> String {
    let short = path.strip_prefix(root()).unwrap_or(path);
    short.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::file(path, &error))
}

/// Replaces a file's text.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| Failure::file(path, &error))
}

/// A short text that changes whenever one of these files is changed, added or removed.
pub(crate) fn fingerprint(files: &[PathBuf]) -> Result<String, Failure> {
    let mut hasher = DefaultHasher::new();
    for path in files {
        relative(path).hash(&mut hasher);
        fs::read(path).map_err(|error| Failure::file(path, &error))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn is_generated(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| GENERATED.iter().any(|generated| name == *generated))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_sources_are_found_and_generated_ones_are_not() {
        let files = files(root(), &["rs"]).unwrap();
        let names: Vec<_> = files.iter().map(|path| relative(path)).collect();
        assert!(names.contains(&"xtask/src/tree.rs".to_owned()));
        assert!(!names.iter().any(|name| name.split('/').any(|part| GENERATED.contains(&part))));
        assert!(files.is_sorted());
    }

    #[test]
    fn a_fingerprint_depends_on_every_file() {
        let own = vec![root().join("xtask/src/tree.rs"), root().join("xtask/Cargo.toml")];
        let whole = fingerprint(&own).unwrap();
        assert_eq!(whole, fingerprint(&own).unwrap());
        assert_ne!(whole, fingerprint(&own[..1]).unwrap());
    }
}
