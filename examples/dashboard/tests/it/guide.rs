//! What the guide and the README say.

use std::path::{Path, PathBuf};

use dashboard::{Config, ConfigError};

const GUIDE: &str = include_str!("../../../../guides/dashboard.md");
const README: &str = include_str!("../../README.md");

/// The blocks of a language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let begin = format!("```{language}\n");
    text.split(&begin).skip(1).map(|block| block.split("```").next().unwrap()).collect()
}

#[test]
fn every_file_of_the_guide_and_the_readme_can_be_read() {
    for (text, count) in [(GUIDE, 5), (README, 1)] {
        let files = blocks(text, "toml");
        assert_eq!(files.len(), count);
        for file in files {
            if let Err(error) = file.parse::<Config>() {
                panic!("{error}, in:\n{file}");
            }
        }
    }
}

#[test]
fn an_error_is_as_the_guide_shows_it() {
    let said = blocks(GUIDE, "text")[0].trim();
    let error: ConfigError = "title = 'x'\n[[clok]]\n".parse::<Config>().unwrap_err();
    assert_eq!(said, format!("board.toml, {error}"));
}

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
    let rows = README.lines().filter_map(|row| {
        let (named, rest) = row.strip_prefix("| `src/")?.split_once("` | ")?;
        Some((format!("src/{named}"), rest.split(' ').next()?.parse::<usize>().ok()?))
    });
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), 13);
    for (named, said) in &rows {
        assert_eq!(files(named).iter().map(|file| lines(file)).sum::<usize>(), *said, "{named}");
    }
}
