//! The words and signs of an expression.
//!
//! Text becomes words and signs (`lexer`); what begins with a digit is read by `literal`.

mod lexer;
mod literal;

use compact_str::CompactString;

use super::Span;
use crate::event::Number;
use crate::timer::{Date, Instant, Length};

pub(super) use lexer::tokens;

/// A word or sign and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: TokenKind,
    /// Where it stands in the expression's text.
    pub(super) span: Span,
}

/// What a token can be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// `12`, `1.5`
    Number(Number),
    /// `4h`, `1d12h`, `3mo`
    Duration(Length),
    /// `30km`, in metres.
    Kilometres(i64),
    /// `"text"`, with its escapes resolved.
    Text(CompactString),
    /// `2026-01-01`
    Date(Date),
    /// `2026-01-01T10:00:00Z`
    Instant(Instant),
    /// A word, reserved or not.
    Word(CompactString),
    /// A name in backticks, without them.
    Quoted(CompactString),
    /// A sign.
    Sign(Sign),
    /// Something that is no token; already reported.
    Mistake,
    /// The end of the text.
    End,
}

/// The signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
    Dot,
    Range,
    Semicolon,
    Bar,
    Plus,
    Minus,
    Star,
    Slash,
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Sign {
    /// All signs with their text, longer ones before their beginnings.
    pub(super) const ALL: [(&'static str, Self); 19] = [
        ("==", Self::Equal),
        ("!=", Self::Unequal),
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("..", Self::Range),
        ("(", Self::Open),
        (")", Self::Close),
        ("[", Self::OpenList),
        ("]", Self::CloseList),
        (",", Self::Comma),
        (".", Self::Dot),
        (";", Self::Semicolon),
        ("|", Self::Bar),
        ("+", Self::Plus),
        ("-", Self::Minus),
        ("*", Self::Star),
        ("/", Self::Slash),
        ("<", Self::Less),
        (">", Self::Greater),
    ];

    /// Its text.
    pub(super) fn text(self) -> &'static str {
        Self::ALL.iter().find(|(_, sign)| *sign == self).map_or("", |(text, _)| text)
    }
}

/// Words that are never names unless they stand in backticks or after a dot.
const RESERVED: [&str; 26] = [
    "if", "then", "else", "or", "and", "not", "between", "in", "contains", "starts", "ends", "with", "matches", "is",
    "missing", "exists", "true", "false", "where", "within", "without", "since", "by", "any", "for", "some",
];

/// Whether a word is reserved.
pub(in crate::segment) fn is_reserved(word: &str) -> bool {
    word == "profile" || RESERVED.contains(&word)
}

/// Whether a name can stand without backticks.
pub(in crate::segment) fn is_word(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(starts_word) && chars.all(continues_word)
}

/// Whether a word can begin with this character.
pub(super) fn starts_word(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// Whether a word can go on with this character.
pub(super) fn continues_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl TokenKind {
    /// The word, when it is one and not in backticks.
    pub(super) fn word(&self) -> Option<&str> {
        if let Self::Word(word) = self { Some(word) } else { None }
    }

    /// What to call it in a message.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Number(number) => format!("the number `{number}`"),
            Self::Duration(length) => format!("the duration `{length}`"),
            Self::Kilometres(_) => "a distance".to_owned(),
            Self::Text(_) => "a text".to_owned(),
            Self::Date(date) => format!("the date `{date}`"),
            Self::Instant(instant) => format!("the instant `{instant}`"),
            Self::Word(word) | Self::Quoted(word) => format!("`{word}`"),
            Self::Sign(sign) => format!("`{}`", sign.text()),
            Self::Mistake => "something unreadable".to_owned(),
            Self::End => "the end of the expression".to_owned(),
        }
    }
}
