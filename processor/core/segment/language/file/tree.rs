//! YAML text to a tree with places.
//!
//! Bounded against hostile files: in bytes, in depth, and in nodes counted after aliases are replaced. Tags and further
//! documents are refused; merge keys are ordinary keys.

use std::collections::BTreeMap;

use serde_saphyr::granit_parser::{self, Event, Parser, ScalarStyle, StructureStyle};

use crate::segment::language::{Diagnostic, Span};

/// The largest file, in bytes; a larger one is refused.
pub(super) const FILE_BYTES_MAX: usize = 8 << 20;
/// How many values a file may hold, aliases replaced.
const NODES_MAX: usize = 500_000;
/// How deep a file may nest.
const DEPTH_MAX: usize = 32;

/// A value and where it was written.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) kind: TreeKind,
    pub(super) span: Span,
}

/// What a value can be.
#[derive(Clone, Debug)]
pub(super) enum TreeKind {
    Scalar(Written),
    List(Vec<Tree>),
    Map(Map),
}

/// A mapping in the order of the file.
#[derive(Clone, Debug)]
pub(super) struct Map {
    pub(super) entries: Vec<(Tree, Tree)>,
    /// Written in braces.
    pub(super) flow: bool,
}

/// A scalar as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::segment::language) struct Written {
    /// Its text, line folding and escapes resolved.
    pub(in crate::segment::language) text: String,
    /// Where it stands, quotes and the indicator of a block included.
    pub(in crate::segment::language) span: Span,
    /// How it is written.
    pub(in crate::segment::language) style: Style,
}

/// The styles of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::segment::language) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Block,
}

impl Tree {
    /// A missing value, where one was to be.
    fn null(at: usize) -> Self {
        let span = Span::new(at, at);
        Self { kind: TreeKind::Scalar(Written { text: String::new(), span, style: Style::Plain }), span }
    }

    /// What kind of value it is, in words.
    pub(super) fn described(&self) -> &'static str {
        match &self.kind {
            TreeKind::List(_) => "a list",
            TreeKind::Map(_) => "a mapping",
            TreeKind::Scalar(written) if written.is_null() => "nothing",
            TreeKind::Scalar(_) => "a single value",
        }
    }
}

impl Written {
    /// Whether it stands for no value.
    pub(super) fn is_null(&self) -> bool {
        self.style == Style::Plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// The boolean that it stands for.
    pub(super) fn boolean(&self) -> Option<bool> {
        match self.text.as_str() {
            _ if self.style != Style::Plain => None,
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }
}

/// The tree of a file, or why it is no YAML.
pub(super) fn read(text: &str) -> Result<Tree, Box<Diagnostic>> {
    if text.len() > FILE_BYTES_MAX {
        let message = format!("a file of {} bytes is larger than {FILE_BYTES_MAX}", text.len());
        return Err(Diagnostic::error("file-too-large", Span::new(0, 0), message).help("split it into several").into());
    }
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: DEPTH_MAX,
        block_nesting_limit: DEPTH_MAX,
        disallow_directives: true,
    };
    let mut builder = Builder { text, open: Vec::new(), root: None, anchors: BTreeMap::new(), nodes: 0 };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => builder.event(event, byte_span(&span))?,
            Err(error) => return Err(builder.broken(&error)),
        }
    }
    Ok(builder.root.unwrap_or_else(|| Tree::null(0)))
}

fn byte_span(span: &granit_parser::Span) -> Span {
    let start = span.start.byte_offset().unwrap_or_default();
    Span::new(start, span.end.byte_offset().unwrap_or(start).max(start))
}

/// A collection that is not closed yet.
struct Open {
    kind: TreeKind,
    /// The key of a mapping whose value comes next.
    key: Option<Tree>,
    start: Span,
    anchor: usize,
}

struct Builder<'a> {
    text: &'a str,
    open: Vec<Open>,
    root: Option<Tree>,
    anchors: BTreeMap<usize, Tree>,
    nodes: usize,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Box<Diagnostic>> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                refuse_tag(tag.is_some(), span)?;
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::SingleQuoted,
                    ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                let written = Written { text: text.into_owned(), span, style };
                self.place(Tree { kind: TreeKind::Scalar(written), span }, anchor, 1)
            }
            Event::SequenceStart(_, anchor, tag) => {
                refuse_tag(tag.is_some(), span)?;
                self.open.push(Open { kind: TreeKind::List(Vec::new()), key: None, start: span, anchor });
                Ok(())
            }
            Event::MappingStart(style, anchor, tag) => {
                refuse_tag(tag.is_some(), span)?;
                let map = Map { entries: Vec::new(), flow: style == StructureStyle::Flow };
                self.open.push(Open { kind: TreeKind::Map(map), key: None, start: span, anchor });
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { kind, start, anchor, .. }) => self.place(Tree { kind, span: start.to(span) }, anchor, 1),
                None => Ok(()),
            },
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(tree) => self.place(tree.clone(), 0, size(tree)),
                None => Err(Diagnostic::error("yaml", span, "this alias lies inside of what it stands for").into()),
            },
            Event::DocumentStart(..) if self.root.is_some() => {
                let message = "a file holds one document";
                Err(Diagnostic::error("yaml", span, message).help("split it at `---` into several files").into())
            }
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Anchor(..)
            | Event::UnresolvedAlias(_)
            | Event::Comment(..)
            | _ => Ok(()),
        }
    }

    /// Puts a finished value where it belongs; `weight` is how many values it adds to those read before.
    fn place(&mut self, tree: Tree, anchor: usize, weight: usize) -> Result<(), Box<Diagnostic>> {
        // What has an anchor is kept twice.
        self.nodes += if anchor > 0 { weight + size(&tree) } else { weight };
        if self.nodes > NODES_MAX {
            let message = format!("a file holds no more than {NODES_MAX} values, aliases replaced");
            return Err(Diagnostic::error("file-too-large", tree.span, message).help("split it into several").into());
        }
        if anchor > 0 {
            self.anchors.insert(anchor, tree.clone());
        }
        match self.open.last_mut() {
            None => self.root = Some(tree),
            Some(Open { kind: TreeKind::List(items), .. }) => items.push(tree),
            Some(Open { kind: TreeKind::Map(map), key, .. }) => match key.take() {
                None => *key = Some(tree),
                Some(key) => map.entries.push((key, tree)),
            },
            Some(Open { kind: TreeKind::Scalar(_), .. }) => {}
        }
        Ok(())
    }

    /// What the YAML parser says, at the place where it says it.
    fn broken(&self, error: &granit_parser::ScanError) -> Box<Diagnostic> {
        let at = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let end = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8());
        let help = "an expression that holds `: ` or ` #`, or begins with a quote or a backtick, goes into a block: \
                    `when: >`, and the expression indented below";
        let message = format!("this is not YAML: {}", error.info());
        Diagnostic::error("yaml", Span::new(at, end), message).help(help).into()
    }
}

/// How many values a tree holds, itself included.
fn size(tree: &Tree) -> usize {
    match &tree.kind {
        TreeKind::Scalar(_) => 1,
        TreeKind::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        TreeKind::Map(map) => 1 + map.entries.iter().map(|(key, value)| size(key) + size(value)).sum::<usize>(),
    }
}

fn refuse_tag(tagged: bool, span: Span) -> Result<(), Box<Diagnostic>> {
    if tagged { Err(Diagnostic::error("yaml", span, "YAML tags mean nothing here").into()) } else { Ok(()) }
}
