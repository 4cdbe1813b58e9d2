//! What the README says of the code.

use std::path::{Path, PathBuf};

/// The files of a row: one, or all of a folder.
fn files(named: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    match named.strip_suffix("/*.rs") {
        Some(folder) => root.join(folder).read_dir().unwrap().map(|entry| entry.unwrap().path()).collect(),
        None => vec![root.join(named)],
    }
}

/// Lines of code: neither empty, nor a comment, nor part of a file's own tests.
fn lines(file: &Path) -> usize {
    let program = std::fs::read_to_string(file).unwrap();
    let code = program.split("#[cfg(test)]").next().unwrap_or_default().lines();
    code.filter(|line| !line.trim().is_empty() && !line.trim().starts_with("//")).count()
}

#[test]
fn every_file_has_as_many_lines_as_the_readme_says() {
    let rows = include_str!("../../README.md").lines().filter_map(|row| {
        let (named, rest) = row.strip_prefix("| `")?.split_once("` | ")?;
        Some((named, rest.split(' ').next()?.parse::<usize>().ok()?))
    });
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), 6);
    for (named, said) in rows {
        assert_eq!(files(named).iter().map(|file| lines(file)).sum::<usize>(), said, "{named}");
    }
}
