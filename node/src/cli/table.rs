//! Tables for a terminal, in columns that line up although a Chinese character is two cells wide.

/// Cells between two columns.
const GAP: &str = "  ";

/// Rows under a head, each column as wide as its widest cell.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(head: &[&str]) -> Self {
        Self { rows: vec![head.iter().map(|&text| text.to_owned()).collect()] }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// One text, without blanks at the ends of lines.
    pub(crate) fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width =
            |column| self.rows.iter().filter_map(|row| row.get(column)).map(|cell: &String| cells(cell)).max().unwrap_or(0);
        let widths: Vec<_> = (0..columns).map(width).collect();
        let lines = self.rows.iter().map(|row| line(row, &widths));
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn line(row: &[String], widths: &[usize]) -> String {
    let padded = row.iter().zip(widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cells(cell))));
    padded.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
}

/// Width on a terminal: East Asian wide and full-width characters take two cells (Unicode UAX 11), the rest one.
pub(crate) fn cells(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

fn is_wide(c: char) -> bool {
    matches!(
        u32::from(c),
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f
            | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_over_wide_characters() {
        let mut table = Table::new(&["单位", "线路"]);
        table.row(["湛江市".into(), "通".into()]);
        table.row(["x".into(), "down".into()]);
        assert_eq!(table.render(), "单位    线路\n湛江市  通\nx       down");
        assert_eq!(cells("湛江（a）"), 9);
    }
}
