//! Aligned tables: the first column to the left, numbers to the right.

/// A heading, a line of column names and rows.
pub(crate) struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with its column names.
    pub(crate) fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        Self {
            title: title.into(),
            rows: vec![columns.iter().map(|&name| name.to_owned()).collect()],
        }
    }

    /// Appends a row.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Prints it unless it has no rows.
    pub(crate) fn print(&self) {
        if self.rows.len() > 1 {
            println!("\n{}", self.text());
        }
    }

    /// Prints it as a table of Markdown, for the docs.
    pub(crate) fn print_markdown(&self) {
        println!("\n{}\n", self.title);
        for (index, row) in self.rows.iter().enumerate() {
            println!("| {} |", row.join(" | "));
            if index == 0 {
                println!("|{}", "---|".repeat(row.len()));
            }
        }
        println!();
    }

    fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = format!("{}\n", self.title);
        for row in &self.rows {
            let mut line = String::from("  ");
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                if column == 0 {
                    line += &format!("{cell:<width$}");
                } else {
                    line += &format!("  {cell:>width$}");
                }
            }
            text += line.trim_end();
            text.push('\n');
        }
        text.pop();
        text
    }
}

/// A number with a fixed number of decimals; a dash when there is none.
pub(crate) fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".into(), |value| format!("{value:.decimals$}"))
}

/// A share as percent with one decimal; a dash when nothing was counted.
pub(crate) fn percent(part: usize, whole: usize) -> String {
    number(share(part, whole), 1)
}

/// A share in percent, if anything was counted.
#[allow(
    clippy::cast_precision_loss,
    reason = "counts of samples are far below 2^52"
)]
pub(crate) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| 100.0 * part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new("Title", &["name", "n"]);
        table.row(vec!["a".into(), percent(1, 4)]);
        table.row(vec!["long name".into(), percent(0, 0)]);
        assert_eq!(
            table.text(),
            "Title\n  name          n\n  a          25.0\n  long name     -"
        );
    }
}
