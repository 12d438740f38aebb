//! Standard output and standard error: color, pipes that end early, scripts and schemas.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use crate::program::{SHOP, Scratch, check, program, said};

#[test]
fn help_version_schemas_and_completions_are_data() {
    check(&["--version"], 0, "spicchio ", "");
    check(&["--help"], 0, "replay", "");
    for schema in ["segments", "config", "event", "transition", "membership", "dead-letter"] {
        check(&["schema", schema], 0, "https://json-schema.org/draft/2020-12/schema", "");
    }
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        check(&["completions", shell], 0, "spicchio", "");
    }
}

#[test]
fn color_is_used_where_it_is_wanted() {
    let file = Scratch::new("color.yaml", "segments:\n  - segment: a\n    when: count(purchse) > 0\n");
    let colored = |flags: &[&str], variables: &[(&str, &str)]| {
        let mut command = program(&[&["check", file.path()], flags].concat());
        command.envs(variables.iter().copied());
        said(command, "").err.contains('\u{1b}')
    };
    assert!(!colored(&[], &[]), "standard error is no terminal");
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn a_reader_that_goes_away_ends_the_command_quietly() {
    // More transitions than a pipe and the program's own buffer hold.
    const CUSTOMERS: usize = 4_000;
    let line = |n| format!("{{\"type\":\"purchase\",\"customer_id\":\"c{n}\",\"time\":{n}}}\n");
    let events = Scratch::new("pipe.ndjson", &(0..CUSTOMERS).map(line).collect::<String>());
    let mut command = program(&["replay", "--segments", SHOP, "--events", events.path()]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut reader = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
    let mut first = String::new();
    reader.read_line(&mut first).expect("a transition is written");
    drop(reader);
    let mut err = String::new();
    child.stderr.take().expect("standard error is a pipe").read_to_string(&mut err).expect("it is text");
    let status = child.wait().expect("the program ends");
    assert!(first.starts_with("{\"customer_id\""), "{first}");
    assert_eq!((status.code(), err.as_str()), (Some(0), ""));
}
