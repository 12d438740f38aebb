//! Every mistake in a definition file has its line and column, in whatever style the text was written.
//!
//! The cases stand in `files.txt`: files between lines of `===`, and below `~~~` what must be said: file, line,
//! column and the underlined text, code, message and help. `loads` stands for a file without mistakes, with its
//! advice.

use std::fmt::Write as _;

use crate::segment::language::{Diagnostic, Source, load};

const CASES: &str = include_str!("files.txt");

fn shown(sources: &[Source], diagnostics: &[Diagnostic]) -> String {
    let mut shown = String::new();
    for diagnostic in diagnostics {
        let source = sources.iter().find(|source| source.name == diagnostic.file).unwrap();
        let underlined = source.text.get(diagnostic.span.start..diagnostic.span.end).unwrap();
        let position = diagnostic.position(&source.text);
        let place = if sources.len() > 1 { format!("{}:{position}", source.name) } else { position.to_string() };
        writeln!(shown, "{place} `{}` {}: {}", printable(underlined), diagnostic.code, diagnostic.message).unwrap();
        if let Some(help) = &diagnostic.help {
            writeln!(shown, "    help: {help}").unwrap();
        }
    }
    shown
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() }).collect()
}

/// One file, or several that each begin with a line `file NAME`.
fn sources(text: &str) -> Vec<Source> {
    if !text.starts_with("file ") {
        return vec![Source { name: "a.yaml".to_owned(), text: text.to_owned() }];
    }
    let files = format!("\n{text}");
    let files = files.split("\nfile ").skip(1).map(|file| file.split_once('\n').unwrap());
    files.map(|(name, text)| Source { name: name.to_owned(), text: text.to_owned() }).collect()
}

#[test]
fn mistakes_have_their_line_and_column() {
    let cases: Vec<&str> = CASES.split("===\n").skip(1).collect();
    let mut wrong = String::new();
    for case in &cases {
        let (text, expected) = case.split_once("~~~\n").unwrap();
        let sources = sources(text);
        let actual = match load(&sources) {
            Ok(loaded) => format!("loads\n{}", shown(&sources, &loaded.advice)),
            Err(mistakes) => shown(&sources, &mistakes),
        };
        if actual.trim_end() != expected.trim_end() {
            writeln!(wrong, "{text}~~~\n{actual}instead of\n{expected}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(cases.len() > 40, "{} cases were read", cases.len());
}

#[test]
fn windows_line_ends_and_text_beyond_ascii_count_as_characters() {
    let text = "zone: UTC # \u{e8}\r\nsegments:\r\n- segment: s\u{e9}\r\n  when: >\r\n    \
                profile.\u{e9} == \"\u{1F600}\"\r\n    \
                and sum(purchase.totl) > 3\r\n";
    let source = Source { name: "a.yaml".to_owned(), text: text.to_owned() };
    let mistakes = load(std::slice::from_ref(&source)).unwrap_err();
    assert_eq!(
        shown(&[source], &mistakes),
        "6:22 `totl` unknown-property: there is no property `totl` in `purchase`\n    help: did you mean `total`?\n"
    );
}

#[test]
fn the_order_of_files_means_nothing() {
    let file = |name: &str, text: &str| Source { name: name.to_owned(), text: text.to_owned() };
    let one = file("a.yaml", "events: {booking: {seats: number}}\nsegments: [{segment: b, when: profile.x > 3}]\n");
    let other = file("b.yaml", "events: {visit: }\nsegments: [{segment: a, when: count(booking) > profile.x}]\n");
    let loaded = [load(&[one.clone(), other.clone()]).unwrap(), load(&[other, one]).unwrap()];
    let shown = loaded.map(|loaded| format!("{:?}", loaded.definitions));
    assert_eq!(shown[0], shown[1]);
    assert!(shown[0].find("booking") < shown[0].find("\"visit\""));
}
