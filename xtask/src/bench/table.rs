//! A table for the terminal and for Markdown.

/// Rows of texts under a header.
pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(header: &[&str]) -> Self {
        Self { header: header.iter().map(|title| (*title).to_owned()).collect(), rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// Columns under each other: the first from the left, the others from the right.
    pub(crate) fn aligned(&self) -> String {
        let lines = std::iter::once(&self.header).chain(&self.rows);
        lines.map(|cells| self.line(cells).trim_end().to_owned() + "\n").collect()
    }

    pub(crate) fn markdown(&self) -> String {
        let rule = (0..self.header.len()).map(|column| if column == 0 { "---" } else { "---:" }.to_owned());
        let lines = [self.header.clone(), rule.collect()].into_iter().chain(self.rows.iter().cloned());
        lines
            .map(|cells| {
                format!("| {} |\n", cells.iter().map(|cell| escaped(cell)).collect::<Vec<_>>().join(" | "))
            })
            .collect()
    }

    fn line(&self, cells: &[String]) -> String {
        let one = |(column, cell): (usize, &String)| {
            let width = self.width(column);
            if column == 0 { format!("{cell:<width$}") } else { format!("  {cell:>width$}") }
        };
        cells.iter().enumerate().map(one).collect()
    }

    fn width(&self, column: usize) -> usize {
        let cells = std::iter::once(&self.header).chain(&self.rows);
        cells.filter_map(|cells| cells.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}

/// Text that cannot end its cell.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["row", "µs"]);
        table.push(vec!["long name".to_owned(), "1".to_owned()]);
        table.push(vec!["a|b\nc".to_owned(), "100".to_owned()]);
        table
    }

    #[test]
    fn columns_are_aligned_by_characters() {
        let mut table = table();
        table.rows.truncate(1);
        table.push(vec!["é".to_owned(), "100".to_owned()]);
        assert_eq!(table.aligned(), "row         µs\nlong name    1\né          100\n");
    }

    #[test]
    fn markdown_cells_stay_in_their_cells() {
        assert_eq!(
            table().markdown(),
            "| row | µs |\n| --- | ---: |\n| long name | 1 |\n| a\\|b c | 100 |\n"
        );
    }
}
