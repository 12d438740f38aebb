//! Text to words and signs.
//!
//! Every mistake is reported and becomes one token that no rule accepts, so that reading can go on behind it.
//! Not here: numbers, durations and instants (`literal`).

use compact_str::CompactString;

use super::{Sign, Token, TokenKind, continues_word, literal, starts_word};
use crate::segment::language::{Diagnostic, Span};

/// The longest expression, in bytes; a longer one is refused.
const EXPRESSION_BYTES_MAX: usize = 65_536;

/// All tokens of an expression, the last one being [`TokenKind::End`], and what was wrong.
pub(in crate::segment::language) fn tokens(text: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer = Lexer { text, at: 0, diagnostics: Vec::new() };
    let mut tokens = Vec::new();
    if text.len() > EXPRESSION_BYTES_MAX {
        lexer.diagnostics.push(
            Diagnostic::error(
                "expression-too-long",
                Span::new(0, 0),
                format!("an expression of {} bytes is longer than {EXPRESSION_BYTES_MAX}", text.len()),
            )
            .help("split the segment into several"),
        );
        let end = Span::new(0, 0);
        let kinds = [TokenKind::Mistake, TokenKind::End];
        return (kinds.into_iter().map(|kind| Token { kind, span: end }).collect(), lexer.diagnostics);
    }
    while let Some(token) = lexer.token() {
        tokens.push(token);
    }
    // The end of the expression is behind its last word, not behind the blank space that a block scalar ends with.
    let end = text.trim_end().len();
    tokens.push(Token { kind: TokenKind::End, span: Span::new(end, end) });
    (tokens, lexer.diagnostics)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn token(&mut self) -> Option<Token> {
        self.at += self.rest().len() - self.rest().trim_start().len();
        let rest = self.rest();
        let first = rest.chars().next()?;
        let start = self.at;
        let kind = if first.is_ascii_digit() {
            let (length, result) = literal::read(rest);
            self.at += length;
            result.unwrap_or_else(|mistake| self.mistake(mistake.at(start)))
        } else if starts_word(first) {
            let length = rest.find(|c| !continues_word(c)).unwrap_or(rest.len());
            self.at += length;
            TokenKind::Word(rest.get(..length).unwrap_or_default().into())
        } else if first == '"' {
            self.quoted_text()
        } else if first == '`' {
            self.quoted_name()
        } else if let Some((text, sign)) = Sign::ALL.iter().find(|(text, _)| rest.starts_with(text)) {
            self.at += text.len();
            TokenKind::Sign(*sign)
        } else {
            self.stranger(first)
        };
        Some(Token { kind, span: Span::new(start, self.at) })
    }

    fn mistake(&mut self, diagnostic: Diagnostic) -> TokenKind {
        self.diagnostics.push(diagnostic);
        TokenKind::Mistake
    }

    /// Text in double quotes: `\"` and `\\` are escapes, any other backslash stands for itself.
    fn quoted_text(&mut self) -> TokenKind {
        let start = self.at;
        let mut text = CompactString::default();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = start + at + 1;
                    return TokenKind::Text(text);
                }
                '\\' => match chars.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                    Some((_, escaped)) => text.push(escaped),
                    None => text.push('\\'),
                },
                other => text.push(other),
            }
        }
        self.at = self.text.len();
        let span = Span::new(start, start + 1);
        self.mistake(
            Diagnostic::error("unclosed-text", span, "a text has no closing quote")
                .label("it starts here")
                .help("end it with `\"`; a quote inside a text is written `\\\"`"),
        )
    }

    /// A name in backticks: anything but a backtick and a line break.
    fn quoted_name(&mut self) -> TokenKind {
        let start = self.at;
        let inside = self.rest().get(1..).unwrap_or_default();
        let closed = |end: &usize| inside.as_bytes().get(*end) == Some(&b'`');
        let Some(length) = inside.find(['`', '\n', '\r']).filter(closed) else {
            self.at += 1 + inside.find(['\n', '\r']).unwrap_or(inside.len());
            let span = Span::new(start, start + 1);
            let message = "a name in backticks has no closing backtick";
            return self.mistake(Diagnostic::error("unclosed-name", span, message).label("it starts here"));
        };
        self.at += length + 2;
        if length == 0 {
            let span = Span::new(start, self.at);
            return self.mistake(Diagnostic::error("empty-name", span, "there is no name between the backticks"));
        }
        TokenKind::Quoted(inside.get(..length).unwrap_or_default().into())
    }

    /// A character that begins no token, with the way to write what was meant.
    fn stranger(&mut self, first: char) -> TokenKind {
        const FOREIGN: [(&str, &str); 8] = [
            ("&&", "write `and`"),
            ("=", "equality is `==`"),
            ("!", "write `not`, or `!=` for unequal"),
            ("'", "a text stands in double quotes: \"text\""),
            ("\u{201c}", "a text stands in straight double quotes: \"text\""),
            ("\u{2264}", "write `<=`"),
            ("\u{2265}", "write `>=`"),
            ("{", "a list is written `[1, 2]`"),
        ];
        let rest = self.rest();
        let known = FOREIGN.iter().find(|(text, _)| rest.starts_with(text));
        let length = known.map_or(first.len_utf8(), |(text, _)| text.len());
        let span = Span::new(self.at, self.at + length);
        self.at = span.end;
        let sign = rest.get(..length).unwrap_or_default();
        let shown = if first.is_control() { sign.escape_debug().to_string() } else { sign.to_owned() };
        let diagnostic = Diagnostic::error("unknown-sign", span, format!("`{shown}` means nothing here"));
        self.mistake(diagnostic.help_if(known.map(|(_, help)| (*help).to_owned())))
    }
}
