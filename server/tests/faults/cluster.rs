//! Databases to break: a fresh one on the PostgreSQL of the tests, or a whole
//! throw-away cluster that may be stopped and started.

use sqlx::{Connection, Executor, PgConnection};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// Address of a fresh database; `None`, loudly, where there is no PostgreSQL.
pub(crate) async fn fresh_postgres() -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Some(server) = std::env::var("RUECKLAUF_TEST_POSTGRES")
        .ok()
        .filter(|server| !server.is_empty())
    else {
        missing("RUECKLAUF_TEST_POSTGRES names no server (see .ci/with-postgres)");
        return None;
    };
    let name = format!("faults_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut conn = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    conn.execute(create).await.unwrap();
    Some(format!("{server}/{name}"))
}

/// Says what a test does without; on CI it must not.
pub(crate) fn missing(what: &str) {
    eprintln!("*** SKIPPED: {what} ***");
    assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must run this: {what}");
}

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
