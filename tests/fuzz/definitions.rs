//! Bent conditions and definition files: each is taken, or refused with at least one mistake whose place lies in the
//! text. A condition that is taken, printed and read again is the same; a file that is taken compiles, and loaded again
//! it has the same hash. The language takes text, so bytes that are none are replaced before.

use std::fs;
use std::path::Path;

use spicchio_core::segment::Catalog;
use spicchio_core::segment::language::{Diagnostic, Severity, Source, condition, load};
use spicchio_core::timer::Zone;
use spicchio_testkit::given::shop;

use crate::campaign::{Answer, Campaign};
use crate::mutation::Dictionary;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

const DICTIONARY: Dictionary = Dictionary {
    words: &[
        " and ",
        " or ",
        "not ",
        "if ",
        " then ",
        " else ",
        "count(",
        "sum(",
        "distinct(",
        "last(",
        "top(",
        "by",
        "sequence(",
        " within ",
        "all within",
        "without ",
        "for some ",
        "some items",
        "since ",
        "until ",
        "held",
        "member(",
        "stage(",
        "score(",
        "net(",
        "refunded",
        "visits(",
        "time_spent(",
        "distance(",
        "anniversary(",
        "bucket(",
        "matches",
        "values(",
        "today",
        "last month",
        "purchase",
        ".total",
        "profile.",
        " where ",
        "any",
        "30d",
        "1mo",
        "999999999999999999999d",
        "9223372036854775807",
        "1e309",
        "0.0000000000000000001",
        "-",
        "..",
        ">=",
        "==",
        "!=",
        "\"",
        "'",
        "#",
        "\n",
        "\n  ",
        ": ",
        "- ",
        "&a ",
        "*a",
        "!!",
        "|",
        "segments:",
        "when:",
        "ladder:",
        "stages:",
        "best:",
        "traits:",
        "events:",
        "enter when:",
        "é",
        "\u{202e}",
        "💶",
    ],
    nestings: &[
        ("(", ")"),
        ("not ", ""),
        ("if x then ", " else 1"),
        ("count(", ")"),
        ("[", "]"),
        ("{a: ", "}"),
        ("- ", ""),
    ],
};

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the reference of the language shows as code within a line, and the conditions of the published examples.
fn conditions() -> Vec<Vec<u8>> {
    let reference = text(&Path::new(ROOT).join("schemas/language.md"));
    let quoted = reference.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let quoted = quoted.filter(|code| code.len() > 3).map(ToOwned::to_owned);
    let published = files().into_iter().flat_map(|file| {
        let text = String::from_utf8_lossy(&file).into_owned();
        let loaded = load(&[Source { name: "published.yaml".to_owned(), text }]);
        let segments = loaded.unwrap_or_else(|mistakes| panic!("{mistakes:?}")).definitions.segments;
        segments.into_iter().map(|segment| segment.condition.to_string())
    });
    quoted.chain(published).map(String::into_bytes).collect()
}

fn files() -> Vec<Vec<u8>> {
    let folder = Path::new(ROOT).join("schemas/examples/segments");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    paths.sort();
    paths.iter().map(|path| text(path).into_bytes()).collect()
}

/// Nobody is told of a mistake in a place that is not there.
fn well_placed(text: &str, mistakes: &[Diagnostic]) -> Result<Answer, String> {
    if !mistakes.iter().any(|mistake| mistake.severity == Severity::Error) {
        return Err(format!("refused without a mistake: {mistakes:?}"));
    }
    for mistake in mistakes {
        let (start, end) = (mistake.span.start, mistake.span.end);
        if start > end || text.get(start..end).is_none() {
            return Err(format!("its place is not in the text: {mistake:?}"));
        }
        if mistake.code.is_empty() || mistake.message.is_empty() {
            return Err(format!("says nothing: {mistake:?}"));
        }
    }
    Ok(Answer::Refused)
}

fn condition_law(input: &[u8]) -> Result<Answer, String> {
    let text = String::from_utf8_lossy(input);
    let read = match condition(&text, &mut shop(), &Zone::UTC) {
        Ok(read) => read,
        Err(mistakes) => return well_placed(&text, &mistakes),
    };
    let printed = read.to_string();
    match condition(&printed, &mut shop(), &Zone::UTC) {
        Ok(again) if again == read => Ok(Answer::Accepted),
        Ok(again) => Err(format!("`{printed}` reads as another condition: `{again}`")),
        Err(mistakes) => Err(format!("`{printed}` does not read back: {mistakes:?}")),
    }
}

fn file_law(input: &[u8]) -> Result<Answer, String> {
    let text = String::from_utf8_lossy(input);
    let hash = || {
        let loaded = load(&[Source { name: "bent.yaml".to_owned(), text: text.to_string() }]);
        loaded.map(|loaded| Catalog::compile(&loaded.definitions).hash().to_string())
    };
    match (hash(), hash()) {
        (Ok(first), Ok(second)) if first == second => Ok(Answer::Accepted),
        (Err(mistakes), Err(again)) if mistakes == again => well_placed(&text, &mistakes),
        (first, second) => Err(format!("loaded twice, two answers: {first:?} and {second:?}")),
    }
}

#[test]
fn a_bent_condition_is_read_or_refused() {
    Campaign { name: "conditions", corpus: conditions(), dictionary: DICTIONARY, law: condition_law }.run();
}

#[test]
fn a_bent_file_is_loaded_or_refused() {
    Campaign { name: "files", corpus: files(), dictionary: DICTIONARY, law: file_law }.run();
}
