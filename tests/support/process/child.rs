//! One running program: its output, its signals, its end.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::wait::until_some;

/// How much of a program's output is printed when a test fails.
const TAIL_LINES: usize = 40;

/// What a program can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Please end.
    Terminate,
    /// Stand still, as if the machine had frozen.
    Stop,
    /// Go on.
    Continue,
}

impl Signal {
    fn flag(self) -> &'static str {
        match self {
            Self::Terminate => "-TERM",
            Self::Stop => "-STOP",
            Self::Continue => "-CONT",
        }
    }
}

/// A program that runs beside the test.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with both its outputs appended to the file `log`. `name` is how failures call it.
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Self {
        Self::start_apart(name, command, log, log)
    }

    /// The same with standard output appended to a file of its own.
    pub fn start_apart(name: &str, command: &mut Command, output: &Path, log: &Path) -> Self {
        let file = |path: &Path| -> File {
            let opened = OpenOptions::new().create(true).append(true).open(path);
            opened.unwrap_or_else(|e| panic!("cannot write what {name} says to {}: {e}", path.display()))
        };
        let child = command
            .stdin(Stdio::null())
            .stdout(file(output))
            .stderr(file(log))
            .spawn()
            .unwrap_or_else(|e| panic!("cannot start {name} ({}): {e}", command.get_program().display()));
        Self { name: name.to_owned(), child, log: log.to_owned() }
    }

    /// Whether it still runs; a stopped one does.
    pub fn is_running(&mut self) -> bool {
        self.exit().is_none()
    }

    /// How it ended, if it did.
    pub fn exit(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap_or_else(|e| panic!("cannot ask after {}: {e}", self.name))
    }

    /// Sends a signal to a running program; none to one that has ended.
    pub fn signal(&mut self, signal: Signal) {
        if self.is_running() {
            let line = format!("kill {} {}", signal.flag(), self.child.id());
            let sent = Command::new("sh").args(["-c", &line]).status();
            assert!(sent.is_ok_and(|s| s.success()) || !self.is_running(), "`{line}` failed for {}", self.name);
        }
    }

    /// Ends it at once (SIGKILL): it gets no chance to tidy up, stopped or not.
    pub fn kill(&mut self) -> ExitStatus {
        // It may just have ended by itself; then there is nothing left to kill.
        drop(self.child.kill());
        self.child.wait().unwrap_or_else(|e| panic!("cannot wait for {}: {e}", self.name))
    }

    /// Waits for its end; fails the test when it does not come within `patience`.
    pub fn wait(&mut self, patience: Duration) -> ExitStatus {
        let what = format!("the end of {}", self.name);
        until_some(&what, patience, || self.exit())
    }

    /// All it has written so far.
    pub fn output(&self) -> String {
        std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// The last lines it has written.
    pub fn tail(&self) -> String {
        let output = self.output();
        let lines: Vec<&str> = output.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("--- the last lines of {} ({}):\n{}\n---", self.name, self.log.display(), self.tail());
        }
    }
}
