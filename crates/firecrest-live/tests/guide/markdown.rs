//! The code blocks of a guide, and where their code comes from.

/// A line of a block that stands for lines which are not shown.
const LEFT_OUT: &str = "// …";

/// A block of code.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    /// The heading above it.
    pub(crate) section: &'a str,
    pub(crate) language: &'a str,
    pub(crate) lines: Vec<&'a str>,
}

/// All blocks of a guide that are in this language, in order.
pub(crate) fn blocks<'a>(guide: &'a str, language: &str) -> Vec<Block<'a>> {
    let (mut section, mut blocks, mut open) = ("", Vec::new(), None);
    for line in guide.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(language), None) => open = Some(Block { section, language, lines: Vec::new() }),
            (None, Some(block)) => block.lines.push(line),
            (None, None) => section = line.strip_prefix("## ").unwrap_or(section),
        }
    }
    assert!(open.is_none(), "the block in {section:?} does not end");
    blocks.retain(|block| block.language == language);
    blocks
}

impl Block<'_> {
    /// The code, each line with its end.
    pub(crate) fn code(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// The code without the ends of lines and what is before them.
    pub(crate) fn joined(&self) -> String {
        self.lines.iter().map(|line| line.trim()).collect()
    }

    /// Whether this is how the source has it, at whatever indentation. What stands between lines with `// …` may be anywhere,
    /// in order.
    pub(crate) fn is_in(&self, source: &str) -> bool {
        let mut source: &[&str] = &source.lines().collect::<Vec<_>>();
        self.lines.split(|line| line.trim() == LEFT_OUT).filter(|part| !part.is_empty()).all(|part| {
            let found = (0..source.len()).find(|at| begins_with(&source[*at..], part));
            source = found.map_or(&[], |at| &source[at + part.len()..]);
            found.is_some()
        })
    }
}

/// Whether these lines come first, with the same indentation before each of them.
fn begins_with(source: &[&str], part: &[&str]) -> bool {
    let Some(indentation) = source.first().and_then(|line| line.strip_suffix(part[0])) else { return false };
    let is_same = |(line, shown): (&&str, &&str)| match line.trim() {
        "" => shown.is_empty(),
        _ => line.strip_prefix(indentation) == Some(shown),
    };
    indentation.trim().is_empty() && source.len() >= part.len() && source.iter().zip(part).all(is_same)
}
