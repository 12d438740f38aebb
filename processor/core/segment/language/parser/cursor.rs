//! Where reading stands: looking ahead, taking what is expected, saying what was found instead.

use std::mem::discriminant;

use super::super::ast::{Name, Node, NodeKind};
use super::super::token::{Sign, Token, TokenKind, is_reserved};
use super::super::{Diagnostic, Span};
use super::{HEIGHT_MAX, NESTING_MAX};

/// Reading failed, and that has been reported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed;

/// What was read, or nothing after a reported mistake.
pub(super) type Parsed<T> = Result<T, Failed>;

/// The tokens of an expression and a position among them.
pub(super) struct Cursor<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    nesting: usize,
    /// How many parentheses are open.
    open: usize,
    /// How many `if` wait for their `then` or `else`.
    choices: usize,
    /// A mistake reached to the end of the text, so that nothing can be closed any more.
    broken: bool,
    pub(super) diagnostics: Vec<Diagnostic>,
}

const END: Token = Token { kind: TokenKind::End, span: Span::new(0, 0) };

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, tokens: Vec<Token>) -> Self {
        Self { text, tokens, at: 0, nesting: 0, open: 0, choices: 0, broken: false, diagnostics: Vec::new() }
    }

    /// The next token; the last one is there for ever.
    pub(super) fn peek(&self) -> &Token {
        self.ahead(0)
    }

    /// The token `distance` after the next one.
    pub(super) fn ahead(&self, distance: usize) -> &Token {
        self.tokens.get(self.at + distance).or(self.tokens.last()).unwrap_or(&END)
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at = (self.at + 1).min(self.tokens.len());
        match token.kind {
            TokenKind::Sign(Sign::Open) => self.open += 1,
            TokenKind::Sign(Sign::Close) => self.open = self.open.saturating_sub(1),
            TokenKind::Sign(_)
            | TokenKind::Number(_)
            | TokenKind::Duration(_)
            | TokenKind::Kilometres(_)
            | TokenKind::Text(_)
            | TokenKind::Date(_)
            | TokenKind::Instant(_)
            | TokenKind::Word(_)
            | TokenKind::Quoted(_)
            | TokenKind::Mistake
            | TokenKind::End => {}
        }
        token
    }

    /// The end of the token taken last.
    pub(super) fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |token| token.span.end)
    }

    /// From `start` to the end of the token taken last.
    pub(super) fn since(&self, start: Span) -> Span {
        Span::new(start.start, self.end().max(start.end))
    }

    pub(super) fn is_sign(&self, sign: Sign) -> bool {
        self.peek().kind == TokenKind::Sign(sign)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.peek().kind.word() == Some(word)
    }

    /// Whether the next token can stand behind an operand of `and` or `or`.
    pub(super) fn ends_operand(&self) -> bool {
        match &self.peek().kind {
            TokenKind::End | TokenKind::Sign(Sign::Close | Sign::Comma | Sign::Semicolon) => true,
            TokenKind::Word(word) => matches!(word.as_str(), "and" | "or" | "then" | "else" | "within" | "by"),
            TokenKind::Sign(_)
            | TokenKind::Number(_)
            | TokenKind::Duration(_)
            | TokenKind::Kilometres(_)
            | TokenKind::Text(_)
            | TokenKind::Date(_)
            | TokenKind::Instant(_)
            | TokenKind::Quoted(_)
            | TokenKind::Mistake => false,
        }
    }

    /// Takes this sign, if it is next.
    pub(super) fn eat_sign(&mut self, sign: Sign) -> bool {
        let is_next = self.is_sign(sign);
        if is_next {
            self.next();
        }
        is_next
    }

    /// Takes this word, if it is next.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let is_next = self.is_word(word);
        if is_next {
            self.next();
        }
        is_next
    }

    /// Takes this sign or fails.
    pub(super) fn sign(&mut self, sign: Sign) -> Parsed<Span> {
        if self.is_sign(sign) { Ok(self.next().span) } else { Err(self.expected(&format!("`{}`", sign.text()))) }
    }

    /// Takes this word or fails.
    pub(super) fn word(&mut self, word: &str) -> Parsed<Span> {
        if self.is_word(word) { Ok(self.next().span) } else { Err(self.expected(&format!("`{word}`"))) }
    }

    /// Takes the sign that closes what was opened at `opened`, or fails pointing at both ends.
    pub(super) fn close(&mut self, sign: Sign, opened: Span) -> Parsed<()> {
        if self.eat_sign(sign) {
            return Ok(());
        }
        if self.broken {
            return Err(Failed);
        }
        if self.peek().kind != TokenKind::End {
            return Err(self.expected(&format!("`{}`", sign.text())));
        }
        let message = format!("this is never closed: `{}` is missing", sign.text());
        Err(self.fail(Diagnostic::error("unclosed-parenthesis", opened, message).label("opened here")))
    }

    /// A name: a word that is not reserved, or anything in backticks.
    pub(super) fn name(&mut self, what: &str) -> Parsed<Name> {
        let reserved = self.peek().kind.word().is_some_and(is_reserved);
        if reserved {
            let token = self.peek().clone();
            let word = token.kind.word().unwrap_or_default();
            let message = format!("expected {what}, found the reserved word `{word}`");
            let help = format!("a name that is a reserved word stands in backticks: `` `{word}` ``");
            return Err(self.fail(Diagnostic::error("syntax", token.span, message).help(help)));
        }
        self.any_word(what)
    }

    /// A word, reserved or not, or anything in backticks: what can stand after a dot.
    pub(super) fn any_word(&mut self, what: &str) -> Parsed<Name> {
        let Token { kind, span } = self.peek().clone();
        match kind {
            TokenKind::Word(text) | TokenKind::Quoted(text) => {
                self.next();
                Ok(Name { text, span })
            }
            TokenKind::Number(_)
            | TokenKind::Duration(_)
            | TokenKind::Kilometres(_)
            | TokenKind::Text(_)
            | TokenKind::Date(_)
            | TokenKind::Instant(_)
            | TokenKind::Sign(_)
            | TokenKind::Mistake
            | TokenKind::End => Err(self.expected(what)),
        }
    }

    /// The names after dots: `.a.b`; at least `least` of them.
    pub(super) fn path(&mut self, least: usize) -> Parsed<Vec<Name>> {
        let mut path = Vec::new();
        while self.is_sign(Sign::Dot) || path.len() < least {
            self.sign(Sign::Dot)?;
            path.push(self.any_word("a name after the dot")?);
        }
        Ok(path)
    }

    /// Reports a mistake.
    pub(super) fn fail(&mut self, diagnostic: Diagnostic) -> Failed {
        self.diagnostics.push(diagnostic);
        Failed
    }

    /// Reports that something else was expected next. What the lexer reported already is not reported again.
    pub(super) fn expected(&mut self, what: &str) -> Failed {
        let token = self.peek().clone();
        if token.kind == TokenKind::Mistake {
            return Failed;
        }
        let message = format!("expected {what}, found {}", token.kind.describe());
        let diagnostic = Diagnostic::error("syntax", token.span, message).help_if(self.split_duration());
        self.fail(diagnostic)
    }

    /// The way out when a number and a unit were written apart: `3 mo`.
    fn split_duration(&self) -> Option<String> {
        let last = self.at.checked_sub(1).and_then(|last| self.tokens.get(last))?;
        let unit = self.peek().kind.word()?;
        let is_unit = ["ms", "s", "m", "h", "d", "w", "mo", "y"].contains(&unit);
        let is_number = discriminant(&last.kind) == discriminant(&TokenKind::Number(crate::event::Number::default()));
        let number = self.text.get(last.span.start..last.span.end)?;
        (is_number && is_unit).then(|| format!("a duration is one word: `{number}{unit}`"))
    }

    /// Reads something one level deeper, or fails where that is too deep.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.nesting == NESTING_MAX {
            let span = self.peek().span;
            return Err(self.too_deep(span));
        }
        self.nesting += 1;
        let result = read(self);
        self.nesting -= 1;
        result
    }

    /// A node from `start` to here, above children of at most this height.
    pub(super) fn node(&mut self, kind: NodeKind, start: Span, below: usize) -> Parsed<Node> {
        let span = self.since(start);
        if below >= HEIGHT_MAX {
            return Err(self.too_deep(span));
        }
        Ok(Node { kind, span, height: below + 1 })
    }

    fn too_deep(&mut self, span: Span) -> Failed {
        // Whoever nests so deep gets it said once.
        let code = "too-deep";
        if self.diagnostics.iter().any(|diagnostic| diagnostic.code == code) {
            return Failed;
        }
        let message = format!("this is nested more than {NESTING_MAX} deep, or chained more than {HEIGHT_MAX} long");
        self.fail(Diagnostic::error(code, span, message).help("split the segment into several"))
    }

    /// Reads what stands before the `then` or `else` of an `if`.
    pub(super) fn within_choice<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.choices += 1;
        let result = read(self);
        self.choices -= 1;
        result
    }

    /// Where reading stands, to come back for [`Cursor::recover`].
    pub(super) fn mark(&self) -> Mark {
        Mark { at: self.at, open: self.open }
    }

    /// Skips the rest of an operand of `and` or `or` that began at `mark` and failed here; whether reading can go on.
    pub(super) fn recover(&mut self, mark: Mark) -> bool {
        let failed = self.at;
        let (mut open, mut betweens, mut at) = (0_usize, 0_usize, mark.at);
        while let Some(token) = self.tokens.get(at) {
            match &token.kind {
                TokenKind::End => break,
                TokenKind::Sign(Sign::Open | Sign::OpenList) => open += 1,
                TokenKind::Sign(Sign::Close | Sign::CloseList) if open > 0 => open -= 1,
                TokenKind::Sign(Sign::Close | Sign::CloseList) if at >= failed => break,
                TokenKind::Sign(Sign::Comma | Sign::Semicolon) if open == 0 && at >= failed => break,
                TokenKind::Word(word) if open == 0 => match word.as_str() {
                    "between" => betweens += 1,
                    "and" if betweens > 0 => betweens -= 1,
                    "and" | "or" | "then" | "else" if at >= failed => break,
                    _ => {}
                },
                TokenKind::Sign(_)
                | TokenKind::Word(_)
                | TokenKind::Number(_)
                | TokenKind::Duration(_)
                | TokenKind::Kilometres(_)
                | TokenKind::Text(_)
                | TokenKind::Date(_)
                | TokenKind::Instant(_)
                | TokenKind::Quoted(_)
                | TokenKind::Mistake => {}
            }
            at += 1;
        }
        (self.at, self.open) = (at.max(failed), mark.open);
        let ends = self.peek().kind == TokenKind::End;
        self.broken |= ends;
        let closes = self.open > 0 && self.is_sign(Sign::Close);
        let chooses = self.choices > 0 && (self.is_word("then") || self.is_word("else"));
        ends || closes || chooses || self.is_word("and") || self.is_word("or")
    }
}

/// A place among the tokens.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    at: usize,
    open: usize,
}
