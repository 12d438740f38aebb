//! One run of the program: to its end, or until the test ends it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use super::{Answer, Setup, http_get};
use crate::process::{Folder, Process, Signal, free_port, until};

/// From start to ready, with a session that has to time out in between, on a busy machine.
const READY_PATIENCE: Duration = Duration::from_secs(90);
/// From the wish to end to the end.
const END_PATIENCE: Duration = Duration::from_secs(30);
/// For a command that does its work and ends.
const COMMAND_PATIENCE: Duration = Duration::from_mins(2);

/// What a command that ended has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// A deployed program: a folder with its configuration, a port, and at most one running process.
#[derive(Debug)]
pub struct Program {
    binary: PathBuf,
    port: u16,
    folder: Folder,
    running: Option<Process>,
}

impl Program {
    /// Writes the configuration; nothing runs yet. `binary` is the program under test.
    pub fn new(binary: &str, setup: &Setup) -> Self {
        let folder = Folder::fresh(&setup.name);
        let port = free_port();
        let segments = folder.write("segments/segments.yaml", &setup.segments);
        folder.write("config.yaml", &setup.yaml(port, &segments.display().to_string()));
        Self { binary: PathBuf::from(binary), port, folder, running: None }
    }

    /// Runs a command to its end, such as `["init", "--from", "earliest"]`; `--config` is added for those that take it.
    pub fn command(&self, arguments: &[&str]) -> Finished {
        let (out, err) = (self.folder.path().join("command.out"), self.folder.path().join("command.err"));
        for file in [&out, &err] {
            std::fs::write(file, "").expect("the test's folder can be written");
        }
        let name = format!("spicchio {}", arguments.join(" "));
        let mut process = Process::start_apart(&name, &mut self.commanded(arguments), &out, &err);
        let code = process.wait(COMMAND_PATIENCE).code();
        let text = |path: &Path| String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned();
        Finished { code, stdout: text(&out), stderr: text(&err) }
    }

    /// Prepares the group to read everything from the beginning and to announce everything.
    pub fn init_from_the_beginning(&self) {
        let finished = self.command(&["init", "--from", "earliest", "--announce-from", "start"]);
        assert_eq!(finished.code, Some(0), "init: {}", finished.stderr);
    }

    /// Starts `spicchio run`.
    pub fn start(&mut self) {
        self.start_with(&[]);
    }

    /// Starts `spicchio run` with further arguments.
    pub fn start_with(&mut self, arguments: &[&str]) {
        let arguments: Vec<&str> = ["run"].iter().chain(arguments).copied().collect();
        let mut command = self.commanded(&arguments);
        self.running = Some(Process::start("spicchio", &mut command, &self.folder.path().join("run.log")));
    }

    /// Waits until it says that it is ready; fails the test when it ends instead.
    pub fn wait_until_ready(&mut self) {
        let port = self.port;
        let process = self.process();
        until("spicchio is ready", READY_PATIENCE, || {
            assert!(process.is_running(), "spicchio ended instead of getting ready:\n{}", process.tail());
            http_get(port, "/readyz").is_some_and(|answer| answer.status == 200)
        });
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        self.running.take().expect("it runs").kill();
    }

    /// Asks it to end and waits until it has.
    pub fn terminate(&mut self) -> ExitStatus {
        let mut process = self.running.take().expect("it runs");
        process.signal(Signal::Terminate);
        process.wait(END_PATIENCE)
    }

    /// Waits until it ends by itself.
    pub fn wait_for_end(&mut self, patience: Duration) -> ExitStatus {
        self.process().wait(patience)
    }

    /// Lets it stand still, or go on.
    pub fn signal(&mut self, signal: Signal) {
        self.process().signal(signal);
    }

    /// Whether it runs.
    pub fn is_running(&mut self) -> bool {
        self.running.as_mut().is_some_and(Process::is_running)
    }

    /// All that its runs have written, oldest first.
    pub fn output(&self) -> String {
        let log = std::fs::read(self.folder.path().join("run.log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// What it answers on its HTTP port.
    pub fn get(&self, path: &str) -> Option<Answer> {
        http_get(self.port, path)
    }

    /// The folder with its files.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The definitions' file.
    pub fn segments(&self) -> PathBuf {
        self.folder.path().join("segments/segments.yaml")
    }

    fn process(&mut self) -> &mut Process {
        self.running.as_mut().expect("it was started")
    }

    fn commanded(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).current_dir(self.folder.path());
        if arguments.first().is_some_and(|name| ["run", "init", "snapshot"].contains(name)) {
            command.arg("--config").arg(self.folder.path().join("config.yaml"));
        }
        command
    }
}
