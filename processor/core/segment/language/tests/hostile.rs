//! No text, however long, deep or broken, brings the front end down; it answers with mistakes.

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::segment::language::{Diagnostic, Source, builtin_declarations, condition, load};
use crate::timer::Zone;

fn read(text: &str) -> Vec<Diagnostic> {
    condition(text, &mut builtin_declarations(), &Zone::UTC).err().unwrap_or_default()
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

fn file(text: String) -> Result<usize, Vec<Diagnostic>> {
    load(&[Source { name: "a.yaml".to_owned(), text }]).map(|loaded| loaded.definitions.segments.len())
}

#[test]
fn depth_is_bounded() {
    const DEEP: usize = 20_000;
    for (open, close) in [
        ("(", ")"),
        ("not ", ""),
        ("-", ""),
        ("- -", ""),
        ("if ", " then true else true"),
        ("lower(", ")"),
        ("since(", ")"),
        ("for some x (", ")"),
        ("some x (", ")"),
        ("count(purchase where ", ")"),
        ("[", "]"),
        ("1 + (", ")"),
    ] {
        let deep = DEEP / open.len();
        for text in [format!("{}true{}", open.repeat(deep), close.repeat(deep / 2)), open.repeat(deep)] {
            let text = text.get(..60_000.min(text.len())).unwrap();
            assert!(!read(text).is_empty(), "{open}");
        }
    }
    for inner in ["count(purchase, since last(purchase, ", "count(purchase where total in [", "sequence("] {
        assert!(!read(&inner.repeat(1_000)).is_empty(), "{inner}");
    }
    let window = format!("count(purchase{}) > 1", ", since last(purchase".repeat(2_000) + &")".repeat(2_000));
    assert_eq!(codes(&read(&window)), ["too-deep"]);
    assert_eq!(codes(&read(&format!("{}profile.a{}", "(".repeat(100), ")".repeat(100)))), ["too-deep"]);
    assert_eq!(codes(&read(&format!("{}profile.a{}", "(".repeat(50), ")".repeat(50)))), [""; 0]);
}

#[test]
fn chains_are_bounded_where_they_grow_deep() {
    let sum = |terms: usize| format!("{} > 3", vec!["count(purchase)"; terms].join(" + "));
    assert_eq!(codes(&read(&sum(100))), [""; 0]);
    assert_eq!(codes(&read(&sum(1_000))), ["too-deep"]);
    let all = vec!["count(purchase) > 3"; 2_000].join(" and ");
    assert_eq!(codes(&read(&all)), [""; 0]);
}

#[test]
fn length_is_bounded() {
    assert_eq!(codes(&read(&"x".repeat(1 << 20))), ["expression-too-long"]);
    assert_eq!(codes(&read(&" ".repeat(1 << 20))), ["expression-too-long"]);
    let large = file("a: b\n".repeat((9 << 20) / 5)).unwrap_err();
    assert_eq!(codes(&large), ["file-too-large"]);
}

#[test]
fn many_mistakes_are_counted_in_the_end() {
    let keys: Vec<String> = (0..5_000).map(|index| format!("key{index}: 1\n")).collect();
    let mistakes = file(keys.concat()).unwrap_err();
    assert_eq!(mistakes.len(), 1_001);
    let last = mistakes.last().unwrap();
    assert_eq!(
        (last.code, last.message.as_str()),
        ("too-many-mistakes", "there are 4000 further mistakes or pieces of advice")
    );
    let broken = vec!["count(purchse) = 3"; 2_000].join(" and ");
    assert_eq!(file(format!("segments: [{{segment: a, when: '{broken}'}}]")).unwrap_err().len(), 100);
}

#[test]
fn yaml_bombs_are_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let alias = format!("*a{}", level - 1);
        writeln!(bomb, "a{level}: &a{level} [{}]", [alias.as_str(); 10].join(", ")).unwrap();
    }
    assert_eq!(codes(&file(bomb).unwrap_err()), ["file-too-large"]);
    for deep in ["[", "{a: ", "- ", "? "] {
        assert!(file(deep.repeat(100_000)).is_err(), "{deep}");
    }
    let indented: Vec<String> = (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(codes(&file(indented.concat()).unwrap_err()), ["yaml"]);
}

#[test]
fn a_thousand_segments_load() {
    let segment = |index: usize| {
        format!(
            "  - segment: s{index}\n    when: >\n      count(purchase where total > {index}, 90d) >= 3\n      \
             and since(last(cart_add)) >= 4h\n    attach: {{total: 'sum(purchase.total, 7d)'}}\n"
        )
    };
    let text = "segments:\n".to_owned() + &(0..1_000).map(segment).collect::<String>();
    assert_eq!(file(text), Ok(1_000));
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "\\PC{0,300}") {
        read(&text);
        let _ = file(text);
    }

    #[test]
    fn any_words_are_answered(words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..40)) {
        let text = words.join(" ");
        for diagnostic in read(&text) {
            prop_assert!(text.get(diagnostic.span.start..diagnostic.span.end).is_some(), "{:?}", diagnostic);
            prop_assert!(!diagnostic.message.is_empty());
        }
        let yaml = format!("segments:\n- segment: a\n  when: >\n    {}\n", words.join("\n    "));
        for diagnostic in file(yaml.clone()).err().unwrap_or_default() {
            prop_assert!(yaml.get(diagnostic.span.start..diagnostic.span.end).is_some(), "{:?}", diagnostic);
        }
    }

    #[test]
    fn any_yaml_is_answered(words in prop::collection::vec(prop::sample::select(YAML.to_vec()), 0..40)) {
        let _ = file(words.concat());
    }
}

const WORDS: &[&str] = &[
    "count",
    "(",
    ")",
    "purchase",
    "cart_add",
    "|",
    ".",
    "total",
    "where",
    ">",
    "==",
    "3",
    "3d",
    "1mo",
    "and",
    "or",
    "not",
    "if",
    "then",
    "else",
    "between",
    "in",
    "[",
    "]",
    ",",
    ";",
    "..",
    "since",
    "until",
    "last",
    "first",
    "sum",
    "profile",
    "profile.x",
    "any",
    "for",
    "some",
    "exists",
    "is",
    "missing",
    "\"a\"",
    "2026-01-01",
    "+",
    "-",
    "*",
    "/",
    "sequence",
    "within",
    "without",
    "all",
    "top",
    "by",
    "contains",
    "starts",
    "with",
    "lower",
    "`a b`",
    "'",
    "\u{e9}",
    "distinct",
    "bucket",
    "point",
    "held",
    "today",
    "this",
    "month",
    "matches",
    "30km",
    "-1",
    "0",
];

const YAML: &[&str] = &[
    "segments:",
    "tests:",
    "events:",
    "traits:",
    "\n",
    "\n  ",
    "\n    ",
    "- ",
    "segment: a",
    "when: ",
    "count(purchase)",
    " > 3",
    ": ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "'",
    "\"",
    "\\",
    "#",
    " #",
    "&a ",
    "*a",
    "!t ",
    "|",
    ">",
    "?",
    "---\n",
    "%",
    "given:",
    "expect:",
    "at: 2026-01-01",
    "customer: c",
    "type: x",
    "attach:",
    "grace: 3d",
    "null",
    "~",
    "\t",
    "\r\n",
];
