//! Runs the built program in a folder of its own.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// Names the program reads; whoever runs the tests may have set some.
const SETTINGS: [&str; 15] = [
    "DATABASE_URL",
    "RUECKLAUF_ADDR",
    "RUECKLAUF_BASE_URL",
    "RUECKLAUF_TRUSTED_PROXIES",
    "SMTP_URL",
    "RUECKLAUF_MAIL_DIR",
    "RUECKLAUF_CONTACT_NAME",
    "RUECKLAUF_CONTACT_PHONE",
    "RUECKLAUF_CONTACT_EMAIL",
    "RUECKLAUF_TEXTS",
    "RUECKLAUF_LETTERS",
    "RUECKLAUF_K3_RULE",
    "RUECKLAUF_STAFF_TOTP",
    "RUECKLAUF_METRICS_ADDR",
    "RUECKLAUF_LOG",
];

/// A folder with its own database, mails and settings.
pub(crate) struct Place {
    pub(crate) dir: TempDir,
    settings: Vec<(String, String)>,
}

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            settings: Vec::new(),
        }
    }

    /// The same with one more setting in the environment.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    fn command(&self, line: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ruecklauf"));
        command.current_dir(self.path()).args(line).stdin(Stdio::null());
        for name in SETTINGS {
            command.env_remove(name);
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, line: &[&str]) -> Ended {
        let Output { status, stdout, stderr } = self.command(line).output().unwrap();
        Ended {
            code: status.code().unwrap(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    /// Runs a command that must succeed and returns its output.
    pub(crate) fn done(&self, line: &[&str]) -> String {
        let ended = self.run(line);
        assert_eq!(ended.code, 0, "{line:?}: {}{}", ended.out, ended.err);
        ended.out
    }

    /// Runs a command that must refuse and returns the reason.
    pub(crate) fn refused(&self, line: &[&str]) -> String {
        let ended = self.run(line);
        assert_eq!(ended.code, 1, "{line:?}: {}{}", ended.out, ended.err);
        assert!(ended.out.is_empty(), "{line:?}: {}", ended.out);
        ended.err
    }

    /// Starts a command that runs until it is ended.
    pub(crate) fn start(&self, line: &[&str]) -> Child {
        self.command(line)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

/// A port nobody has at the moment.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
