//! The house rules that can be read off a single file.

use crate::files::{self, TextFile};

const COLUMNS_MAX: usize = 120;
const LINES_MAX: usize = 500;
/// A header shorter than this says nothing.
const HEADER_BYTES_MIN: usize = 16;

/// Specimens: one column, one line too many.
const LONG_LINE: &str = text(&[b'-'; COLUMNS_MAX + 1]);
const LONG_FILE: &str = text(&[b'\n'; LINES_MAX + 1]);

const fn text(bytes: &[u8]) -> &str {
    match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

/// A rule: which files it is about, and the lines of one that break it.
struct Rule {
    says: &'static str,
    about: fn(&str) -> bool,
    broken: fn(&TextFile) -> Vec<usize>,
    /// A path and a text that break it.
    specimen: (&'static str, &'static str),
}

const RULES: [Rule; 11] = [
    Rule {
        says: "a source file opens with `//!` and says what it is for",
        about: is_rust,
        broken: |file| {
            let header: usize =
                file.text.lines().take_while(|l| l.starts_with("//!")).map(|l| l.trim_start_matches("//!").len()).sum();
            if header < HEADER_BYTES_MIN { vec![1] } else { Vec::new() }
        },
        specimen: ("processor/core/x.rs", "//! x\nfn f() {}\n"),
    },
    Rule {
        says: "a line has at most 120 columns",
        about: |path| is_rust(path) || is_script(path) || has_extension(path, &["toml"]),
        broken: |file| lines(file, |line| line.chars().count() > COLUMNS_MAX),
        specimen: ("tests/run", LONG_LINE),
    },
    Rule {
        says: "a source file has at most 500 lines before its tests",
        about: is_rust,
        broken: |file| {
            let own = file.text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
            if own > LINES_MAX { vec![own] } else { Vec::new() }
        },
        specimen: ("processor/core/x.rs", LONG_FILE),
    },
    Rule {
        says: "a file or folder is named for what it is about: no utils, helper, manager, common, misc, base",
        about: |path| is_rust(path) && path.split(['/', '.']).any(is_empty_name),
        broken: |_| vec![1],
        specimen: ("processor/core/utils/x.rs", ""),
    },
    Rule {
        says: "a function is named for what it returns or does: no `get_`, `process_`, `do_`",
        about: |path| is_rust(path) && !is_this(path),
        broken: |file| lines(file, |line| ["fn get_", "fn process_", "fn do_"].iter().any(|p| line.contains(p))),
        specimen: ("processor/core/x.rs", "    pub fn get_name(&self) -> &str {\n"),
    },
    Rule {
        says: "nothing is left for later, and no test is switched off",
        about: |path| is_rust(path) && !is_this(path),
        broken: |file| {
            const WORDS: [&str; 6] = ["TODO", "FIXME", "XXX", "todo!(", "unimplemented!(", "#[ignore"];
            lines(file, |line| WORDS.iter().any(|word| line.contains(word)))
        },
        specimen: ("processor/core/x.rs", "// FIXME: later\n"),
    },
    Rule {
        says: "no path of somebody's machine",
        about: |path| !is_this(path) && !has_extension(path, &["lock"]),
        broken: |file| {
            const PLACES: [&str; 5] = ["/work/", "/root/", "/farm/", "/home/", "/Users/"];
            lines(file, |line| PLACES.iter().any(|place| starts_a_path(line, place)))
        },
        specimen: ("README.md", "see /home/ada/spicchio\n"),
    },
    Rule {
        says: "the core reads no clock, no environment, no file, no network, prints nothing and starts nothing",
        about: |path| is_rust(path) && path.starts_with("processor/core/"),
        broken: |file| {
            const FORBIDDEN: [&str; 11] = [
                "SystemTime",
                "Instant::now",
                "Timestamp::now",
                "Zoned::now",
                "std::env",
                "std::fs",
                "std::net",
                "std::process",
                "std::thread",
                "println!",
                "tokio",
            ];
            let names = |line: &str| FORBIDDEN.iter().any(|name| line.contains(name));
            lines(file, |line| !is_comment(line) && names(line))
        },
        specimen: ("processor/core/x.rs", "let now = std::time::SystemTime::now();\n"),
    },
    Rule {
        says: "only the folder broker/kafka names the Kafka client",
        about: |path| {
            is_rust(path) && path.starts_with("processor/") && !path.starts_with("processor/runtime/broker/kafka/")
        },
        broken: |file| lines(file, |line| !is_comment(line) && line.contains("rdkafka")),
        specimen: ("processor/runtime/runtime.rs", "use rdkafka::Message;\n"),
    },
    Rule {
        says: "a bound says in its documentation what it bounds",
        about: |path| is_rust(path) && path.starts_with("processor/"),
        broken: |file| undocumented_bounds(&file.text),
        specimen: ("processor/core/x.rs", "\nconst DEPTH_MAX: usize = 3;\n"),
    },
    Rule {
        says: "a text file ends with one line feed and has no trailing blanks, tabs or carriage returns",
        about: |path| is_rust(path) || is_script(path) || has_extension(path, &["toml", "yaml"]),
        broken: |file| {
            let mut broken = lines(file, |line| line.ends_with([' ', '\t', '\r']) || line.starts_with('\t'));
            if !file.text.ends_with('\n') || file.text.ends_with("\n\n") {
                broken.push(file.text.lines().count());
            }
            broken
        },
        specimen: ("rustfmt.toml", "max_width = 120 \n"),
    },
];

fn is_rust(path: &str) -> bool {
    has_extension(path, &["rs"])
}

fn is_script(path: &str) -> bool {
    ["tests/run", "tests/soak", ".ci/run"].contains(&path)
}

fn has_extension(path: &str, extensions: &[&str]) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
}

/// These rules spell out what they forbid.
fn is_this(path: &str) -> bool {
    path == "tests/tidy/rules.rs"
}

fn is_empty_name(name: &str) -> bool {
    ["utils", "util", "helper", "helpers", "manager", "common", "misc", "base"].contains(&name)
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Whether `place` stands in the line as the beginning of an absolute path, and not inside a longer one.
fn starts_a_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        before.is_none_or(|c| !c.is_alphanumeric() && !"_.-}/$*~".contains(c))
    })
}

fn undocumented_bounds(text: &str) -> Vec<usize> {
    let mut documented = false;
    let mut broken = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let is_bound = line.contains("const ") && line.contains("_MAX: ") && !line.starts_with("//");
        if is_bound && !documented {
            broken.push(index + 1);
        }
        documented = line.starts_with("///") || (documented && line.starts_with("#["));
    }
    broken
}

fn lines(file: &TextFile, breaks: impl Fn(&str) -> bool) -> Vec<usize> {
    file.text.lines().enumerate().filter(|(_, line)| breaks(line)).map(|(index, _)| index + 1).collect()
}

#[test]
fn every_rule_holds_everywhere() {
    let files = files::all();
    let mut findings = Vec::new();
    for rule in &RULES {
        for file in files.iter().filter(|file| (rule.about)(&file.path)) {
            findings.extend((rule.broken)(file).iter().map(|line| format!("{}:{line}: {}", file.path, rule.says)));
        }
    }
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn every_rule_finds_its_specimen() {
    for rule in &RULES {
        let (path, text) = rule.specimen;
        let file = TextFile { path: path.to_owned(), text: text.to_owned() };
        assert!((rule.about)(path) && !(rule.broken)(&file).is_empty(), "finds nothing any more: {}", rule.says);
    }
}
