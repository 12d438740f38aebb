//! Every mistake in an expression has its caret exactly under the wrong words, and says a way out.
//!
//! The cases stand in `mistakes.txt`: an expression, and below it the carets, codes, messages and help that it must
//! get.

use std::fmt::Write as _;

use crate::segment::Type;
use crate::segment::language::{Diagnostic, builtin_declarations, condition};
use crate::timer::Zone;

const CASES: &str = include_str!("mistakes.txt");

fn shown(text: &str, diagnostics: &[Diagnostic]) -> String {
    let mut shown = format!("{text}\n");
    for diagnostic in diagnostics {
        let column = text.get(..diagnostic.span.start).unwrap().chars().count();
        let width = text.get(diagnostic.span.start..diagnostic.span.end).unwrap().chars().count().max(1);
        let indent = " ".repeat(column);
        writeln!(shown, "{indent}{} {}: {}", "^".repeat(width), diagnostic.code, diagnostic.message).unwrap();
        if let Some(help) = &diagnostic.help {
            writeln!(shown, "{indent}help: {help}").unwrap();
        }
    }
    shown
}

#[test]
fn carets_stand_under_what_is_wrong() {
    let cases: Vec<&str> = CASES.split("\n\n").filter(|case| !case.starts_with('#')).collect();
    let mut wrong = String::new();
    for case in &cases {
        let case = case.trim_end();
        let text = case.lines().next().unwrap();
        let mut declarations = builtin_declarations();
        for (name, ty) in [("birthday", Type::Date), ("tags", Type::List), ("home", Type::Point), ("age", Type::Number)]
        {
            declarations.traits.insert(vec![name.into()], ty);
        }
        let actual = match condition(text, &mut declarations, &Zone::UTC) {
            Ok(expression) => format!("{text}\nis taken for {expression}\n"),
            Err(mistakes) => shown(text, &mistakes),
        };
        if actual.trim_end() != case {
            writeln!(wrong, "{actual}instead of\n{case}\n").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(cases.len() > 90, "{} cases were read", cases.len());
}
