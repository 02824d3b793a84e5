//! A whole throw-away PostgreSQL that may be stopped and started.

use crate::postgres::missing;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Whether the tests run as root, as throw-away machines do.
pub(crate) fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    String::from_utf8_lossy(&id.stdout).trim() == "0"
}

/// A PostgreSQL of its own.
pub(crate) struct Cluster {
    dir: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes one and starts it; `None`, loudly, where its programs are missing.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            missing("initdb and pg_ctl are not on the path (see .ci/with-postgres)");
            return None;
        };
        let dir = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let cluster = Self { dir, programs, port };
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(cluster.dir.path()).status();
            assert!(owned.unwrap().success());
        }
        let data = cluster.data();
        cluster.run(
            "initdb",
            &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"],
        );
        cluster.up();
        Some(cluster)
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) fn up(&self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=",
            self.port
        );
        let log = self.dir.path().join("log").display().to_string();
        self.run(
            "pg_ctl",
            &["-D", &self.data(), "-w", "-l", &log, "-o", &options, "start"],
        );
    }

    /// `fast` ends sessions in order, `immediate` as a crash does.
    pub(crate) fn down(&self, mode: &str) {
        self.run("pg_ctl", &["-D", &self.data(), "-w", "-m", mode, "stop"]);
    }

    fn data(&self) -> String {
        self.dir.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        // It refuses to run as root.
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // Its server must not hold our pipes open.
        let quiet = std::process::Stdio::null;
        let done = command
            .args(arguments)
            .current_dir("/")
            .stdout(quiet())
            .stderr(quiet())
            .status();
        assert!(done.unwrap().success(), "{arguments:?}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.dir.path().join("data/postmaster.pid").exists() {
            self.down("immediate");
        }
    }
}

fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|dir: &PathBuf| Path::new(dir).join("initdb").exists())
}
