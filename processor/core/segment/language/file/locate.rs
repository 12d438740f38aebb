//! From a place in the text of a scalar to the place in the file where it was written.
//!
//! Blank space is folded, indentation dropped, escapes resolved; everything else stands in the same order in both. So
//! both are walked side by side: what is not blank must be found again, and blank space maps to where it can.

use super::tree::{Style, Written};
use crate::segment::language::Span;

/// The stretch of the file in which a stretch of a scalar's text was written.
pub(in crate::segment::language) fn located(file: &str, written: &Written, span: Span) -> Span {
    let mut walk = Walk::new(file, written);
    let mut start = None;
    let mut end = None;
    let mut last_end = walk.at;
    for (offset, c) in written.text.char_indices() {
        if offset >= span.end && offset > span.start {
            break;
        }
        let (from, to) = walk.step(c);
        if offset >= span.start {
            start = start.or(Some(from));
            end = Some(to);
        }
        if offset < span.start {
            last_end = to;
        }
    }
    // Behind the last character there is nothing to find: the place is right behind what comes before.
    let start = start.unwrap_or(last_end);
    Span::new(start, if span.start == span.end { start } else { end.unwrap_or(start) })
}

struct Walk<'a> {
    file: &'a str,
    at: usize,
    end: usize,
    style: Style,
}

impl<'a> Walk<'a> {
    fn new(file: &'a str, written: &Written) -> Self {
        let Span { start, end } = written.span;
        let source = file.get(start..end).unwrap_or_default();
        let skipped = match written.style {
            Style::SingleQuoted | Style::DoubleQuoted => usize::from(source.starts_with(['\'', '"'])),
            // The line of the indicator: `>`, `|-`, with a comment perhaps.
            Style::Block if source.starts_with(['>', '|']) => source.find('\n').map_or(source.len(), |line| line + 1),
            Style::Plain | Style::Block => 0,
        };
        Self { file, at: start + skipped, end, style: written.style }
    }

    fn next(&self) -> Option<char> {
        self.file.get(self.at..self.end)?.chars().next()
    }

    /// Walks to the next character of the text: where it begins and ends in the file.
    fn step(&mut self, c: char) -> (usize, usize) {
        if c.is_whitespace() {
            return self.blank(c);
        }
        loop {
            match self.next() {
                Some(blank) if blank.is_whitespace() => self.at += blank.len_utf8(),
                Some('\\') if self.style == Style::DoubleQuoted && self.escape() == Escape::LineBreak => self.at += 1,
                Some(_) | None => break,
            }
        }
        self.character()
    }

    /// Blank space that was folded is where the line ended.
    fn blank(&mut self, c: char) -> (usize, usize) {
        let escaped = self.style == Style::DoubleQuoted
            && self.next() == Some('\\')
            && matches!(self.escape(), Escape::Character(_));
        if escaped || self.next() == Some(c) { self.character() } else { (self.at, self.at) }
    }

    fn character(&mut self) -> (usize, usize) {
        let start = self.at;
        let Some(next) = self.next() else { return (start, start) };
        self.at += match (self.style, next, self.escape()) {
            (Style::DoubleQuoted, '\\', Escape::Character(length)) => length,
            (Style::SingleQuoted, '\'', _) => 2,
            (_, _, _) => next.len_utf8(),
        };
        self.at = self.at.min(self.end);
        (start, self.at)
    }

    /// What the backslash here stands for, if it is one.
    fn escape(&self) -> Escape {
        let mut chars = self.file.get(self.at..self.end).unwrap_or_default().chars();
        let (Some(_), Some(letter)) = (chars.next(), chars.next()) else { return Escape::Character(1) };
        match letter {
            '\n' | '\r' => Escape::LineBreak,
            'x' => Escape::Character(4),
            'u' => Escape::Character(6),
            'U' => Escape::Character(10),
            other => Escape::Character(1 + other.len_utf8()),
        }
    }
}

/// What a backslash in double quotes stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escape {
    /// Nothing: the line goes on.
    LineBreak,
    /// One character, written with so many bytes.
    Character(usize),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fields::scalar;
    use super::super::tree::{self, TreeKind};
    use super::*;

    /// The scalar under the only key of a file.
    fn only(file: &str) -> Written {
        let tree = tree::read(file).unwrap();
        let TreeKind::Map(map) = &tree.kind else { panic!("{file}") };
        scalar(&map.entries[0].1).unwrap().clone()
    }

    /// What a character of a scalar looks like where it was written: itself, or an escape.
    fn agrees(style: Style, c: char, written: &str) -> bool {
        let escaped = style == Style::DoubleQuoted && written.starts_with('\\');
        let doubled = style == Style::SingleQuoted && c == '\'' && written == "''";
        escaped || doubled || written == c.to_string()
    }

    /// Each character of the text that is not blank is found where it was written, and each place after the one before.
    fn check(file: &str) {
        let written = only(file);
        let mut last = written.span.start;
        for (offset, c) in written.text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
            let span = located(file, &written, Span::new(offset, offset + c.len_utf8()));
            assert!(agrees(written.style, c, &file[span.start..span.end]), "{c} at {span:?} of {file}");
            assert!(span.start >= last, "{span:?} of {file}");
            last = span.end;
        }
    }

    #[test]
    fn every_character_is_found_where_it_was_written() {
        for file in [
            "when: a b\n",
            "when: a\n  b\n\n  c\n",
            "when: \"a \\\"b\\\\ \\x41\\u00e9\\U0001F600 c\\\n   d\n\n  e\\tf\\/\"\n",
            "when: 'a ''b'' c\n  d'\n",
            "when: >\n  a b\n  c\n\n  d\n    e\n  f\n\n",
            "when: >-  # why\n\n\n  a b\n  c",
            "when: |2+\n    a\n  b\n\n",
            "when: |\r\n  a\r\n  b \u{e9}\r\n",
            "{when: a b, c: d}",
            "? when\n: >1\n  a\n b\n",
        ] {
            check(file);
        }
    }

    proptest! {
        #[test]
        fn every_character_of_any_block_is_found(
            lines in prop::collection::vec("[a-z>#'\"\\\\é ]{0,12}", 1..6),
            indicator in "[>|][-+]?",
        ) {
            let block: Vec<String> = lines.iter().map(|line| format!("  {line}\n")).collect();
            let file = format!("when: {indicator}\n  x\n{}", block.concat());
            check(&file);
        }
    }
}
