//! The real program on a database, started and ended by its process id.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// A running program; killed at the latest with the test.
pub(crate) struct Program {
    child: Child,
    pub(crate) port: u16,
}

impl Program {
    /// Starts it and waits until it listens.
    pub(crate) fn start(url: &str, dir: &Path) -> Self {
        Self::start_by(Command::new(env!("CARGO_BIN_EXE_ruecklauf")).arg("serve"), url, dir)
    }

    /// Starts it with a mail server.
    pub(crate) fn with_smtp(url: &str, dir: &Path, smtp: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ruecklauf"));
        Self::start_by(command.arg("serve").env("SMTP_URL", smtp), url, dir)
    }

    /// Starts it by a command that becomes the program in the end.
    pub(crate) fn start_by(command: &mut Command, url: &str, dir: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = command
            .current_dir(dir)
            .env("DATABASE_URL", url)
            .env("RUECKLAUF_ADDR", format!("127.0.0.1:{port}"))
            .env("RUECKLAUF_BASE_URL", format!("http://localhost:{port}"))
            .env("RUECKLAUF_MAIL_DIR", dir.join("post"))
            .env(
                "RUST_LOG",
                std::env::var("RUECKLAUF_TEST_LOG").unwrap_or("off".to_owned()),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.contains("ist bereit"), "{line}");
        Self { child, port }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it by a signal and says how it ended.
    pub(crate) fn end(self, signal: &str) -> ExitStatus {
        let done = Command::new("kill").args([signal, &self.pid().to_string()]).status();
        assert!(done.unwrap().success());
        self.wait()
    }

    /// Waits until it has ended and says how.
    pub(crate) fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something has happened; a minute is long enough for any machine.
pub(crate) async fn until(what: &str, happened: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if happened() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never happened: {what}");
}
