//! Runs the program and looks at everything it says.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The example segments, relative to where the program is run.
pub(crate) const SHOP: &str = "schemas/examples/shop/segments.yaml";
/// The example events.
pub(crate) const EVENTS: &str = "schemas/examples/shop/events.ndjson";

/// What the program said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program at the root of the repository, in an environment without settings.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spicchio"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
    command
}

/// Runs the program to its end, with this on standard input.
pub(crate) fn said(mut command: Command, input: &str) -> Said {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // A program that does not read its input may end before it is written.
    let _ = child.stdin.take().expect("standard input is a pipe").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("the program ends");
    let text = |bytes| String::from_utf8(bytes).expect("what the program says is UTF-8");
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs the program and demands the exit code and a part of what is said on each stream; an empty part demands silence.
pub(crate) fn check(arguments: &[&str], code: i32, out: &str, err: &str) {
    let said = said(program(arguments), "");
    assert_eq!(said.code, Some(code), "{arguments:?}: {said:#?}");
    for (found, part) in [(&said.out, out), (&said.err, err)] {
        let fits = if part.is_empty() { found.is_empty() } else { found.contains(part) };
        assert!(fits, "{arguments:?}: `{part}` is not in `{found}`");
    }
}

/// A file of its own for a test, gone at the end.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("commands-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder can be made");
        let file = folder.join(name);
        fs::write(&file, text).expect("the file can be written");
        Self(file)
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().expect("the path is UTF-8")
    }

    pub(crate) fn read(&self) -> String {
        fs::read_to_string(&self.0).expect("the file can be read")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
