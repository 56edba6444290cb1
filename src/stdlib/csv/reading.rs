//! Lines as rows.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::dialect::{Dialect, NONE};
use super::lines::Lines;
use crate::script::{Failure, raise};

/// Lines that are read as rows.
#[derive(Debug)]
pub(super) struct Rows {
    lines: Lines,
    reader: Reader,
    /// The marks at which spaces are skipped: that between fields, and the quote.
    skips_space: Option<(char, char)>,
    /// Whether the line before has ended inside of quotes.
    in_quotes: bool,
    /// How many lines have been read.
    pub count: i64,
}

/// The size of a row for which there is room at first: bytes, and fields.
const ROOM: (usize, usize) = (256, 16);

impl Rows {
    pub(super) fn new(lines: Lines, dialect: &Dialect) -> Self {
        let reader = ReaderBuilder::new()
            .delimiter(dialect.delimiter)
            .quote(dialect.quote.unwrap_or(b'"'))
            .quoting(dialect.quoting != NONE && dialect.quote.is_some())
            .escape(dialect.escape)
            .double_quote(dialect.double_quote)
            .build();
        Self {
            lines,
            reader,
            skips_space: dialect.skips_space.then(|| {
                let quote = dialect.quote.unwrap_or(b'"');
                (dialect.delimiter.into(), quote.into())
            }),
            in_quotes: false,
            count: 0,
        }
    }

    /// Returns the fields of the next row, if there is one: none of an empty line. A row with a line break in quotes has several lines.
    ///
    /// # Errors
    /// Those of the lines.
    pub(super) fn next(&mut self) -> Result<Option<Vec<String>>, Failure> {
        let Some(first) = self.next_line()? else {
            return Ok(None);
        };
        if first.trim_end_matches(['\r', '\n']).is_empty() {
            return Ok(Some(Vec::new()));
        }
        let mut line = first.into_bytes();
        let (mut bytes, mut ends) = (vec![0; ROOM.0], vec![0; ROOM.1]);
        let (mut used, mut written, mut fields) = (0, 0, 0);
        loop {
            let (result, read, out, ended) =
                self.reader
                    .read_record(&line[used..], &mut bytes[written..], &mut ends[fields..]);
            used += read;
            written += out;
            fields += ended;
            match result {
                ReadRecordResult::OutputFull => bytes.resize(bytes.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => ends.resize(ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => break,
                // Without more lines, an empty one says that this is the end.
                ReadRecordResult::InputEmpty => {
                    line = self
                        .next_line()?
                        .map(String::into_bytes)
                        .unwrap_or_default();
                    used = 0;
                }
            }
        }
        let mut start = 0;
        let fields = ends[..fields].iter().map(|end| {
            let field = &bytes[start..*end];
            start = *end;
            self.field(field)
        });
        fields.collect::<Result<_, _>>().map(Some)
    }

    fn field(&self, bytes: &[u8]) -> Result<String, Failure> {
        let text = std::str::from_utf8(bytes);
        let text = text.map_err(|error| raise("Error", error.to_string()))?;
        Ok(text.into())
    }

    /// Returns the next line with its end.
    fn next_line(&mut self) -> Result<Option<String>, Failure> {
        let Some(mut line) = self.lines.next()? else {
            return Ok(None);
        };
        self.count += 1;
        if !line.ends_with('\n') {
            line.push('\n');
        }
        if let Some(marks) = self.skips_space {
            line = self.without_spaces(&line, marks);
        }
        Ok(Some(line))
    }

    /// Returns a line without the spaces at the beginning of its fields.
    fn without_spaces(&mut self, line: &str, (delimiter, quote): (char, char)) -> String {
        let mut begins = !self.in_quotes;
        let kept = line.chars().filter(|char| {
            let is_skipped = begins && *char == ' ';
            self.in_quotes ^= *char == quote;
            begins = is_skipped || *char == delimiter && !self.in_quotes;
            !is_skipped
        });
        kept.collect()
    }
}
