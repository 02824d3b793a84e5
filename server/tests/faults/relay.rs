//! A real mail server that wants STARTTLS and a password, and the real
//! program's `mail run` against it.

use crate::crowd;
use crate::postgres::missing;
use mailparse::MailHeaderMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/support/aiosmtpd_server.py");

/// aiosmtpd with a certificate of an authority of its own.
struct Relay {
    child: Child,
    port: u16,
    dir: TempDir,
}

impl Relay {
    /// `None`, loudly, where Python's aiosmtpd is missing (`.ci/prepare aiosmtpd`).
    fn start() -> Option<Self> {
        let python =
            std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/ruecklauf/aiosmtpd/bin/python"));
        let Some(python) = python.filter(|python| python.exists()) else {
            missing("aiosmtpd is not installed (see .ci/prepare)");
            return None;
        };
        let dir = tempfile::tempdir().unwrap();
        certificates(dir.path());
        std::fs::create_dir(dir.path().join("mails")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(python)
            .arg(SERVER)
            .arg(port.to_string())
            .args(["leaf.pem", "leaf.key", "mails"])
            .current_dir(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(line.trim(), "ready");
        Some(Self { child, port, dir })
    }

    fn mails(&self) -> Vec<Vec<u8>> {
        let entries = std::fs::read_dir(self.dir.path().join("mails")).unwrap();
        entries
            .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
            .collect()
    }

    fn authority(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An authority, and a certificate it gives to `localhost`.
fn certificates(dir: &Path) {
    std::fs::write(dir.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    for command in [
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Test -keyout ca.key -out ca.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout leaf.key -out leaf.csr",
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out leaf.pem",
    ] {
        let done = Command::new("openssl")
            .args(command.split(' '))
            .current_dir(dir)
            .stderr(Stdio::null())
            .status();
        assert!(done.unwrap().success(), "openssl {command}");
    }
}

fn mail_run(url: &str, dir: &Path, smtp: &str, authority: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ruecklauf"));
    command
        .args(["mail", "run"])
        .current_dir(dir)
        .env("DATABASE_URL", url)
        .env("SMTP_URL", smtp);
    if let Some(authority) = authority {
        command.env("RUECKLAUF_SMTP_CA", authority);
    }
    command.output().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails_go_out_encrypted_with_a_password_and_not_otherwise() {
    let Some(relay) = Relay::start() else { return };
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("portal.db").display());
    let portal = crowd::open(&url, dir.path()).await;
    let mut register = String::from("kennung;name;form;land;kontakt_name;kontakt_email\n");
    for number in 1..=3 {
        let _ = writeln!(
            register,
            "GS-{number};Stelle Größe {number};ARGE;Hessen;Jörg Öhm;amt{number}@stelle.example"
        );
    }
    portal.wave_add(crowd::wave()).await.unwrap();
    portal.import_units(2008, register.as_bytes(), &[]).await.unwrap();
    portal.wave_open(2008).await.unwrap();
    portal.close().await;
    let address = |password: &str, tls: &str| {
        format!(
            "smtp://iaw%40institut.example:{password}@localhost:{}?tls={tls}&wait=10",
            relay.port
        )
    };
    let right = address("gehe%21m%2F%C3%B6", "starttls");
    let authority = relay.authority();

    let refused = |output: Output, word: &str| {
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(word) && !told.contains("gehe!m"), "{told}");
    };
    // The password is wrong; the server insists on encryption; nobody knows
    // who signed its certificate.
    refused(
        mail_run(&url, dir.path(), &address("falsch", "starttls"), Some(&authority)),
        "535",
    );
    let plain = mail_run(
        &url,
        dir.path(),
        &address("gehe%21m%2F%C3%B6", "none"),
        Some(&authority),
    );
    assert_eq!(plain.status.code(), Some(1));
    refused(mail_run(&url, dir.path(), &right, None), "TLS");
    assert!(relay.mails().is_empty());

    // What was put off by the certificate comes back after its pause.
    let mut sent = String::new();
    let retried = crowd::open(&url, dir.path()).await;
    let at = chrono::DateTime::from_timestamp(retried.clock().now().timestamp() + 6 * 3600, 0).unwrap();
    retried.close().await;
    let later = at.to_rfc3339();
    for _ in 0..2 {
        let output = Command::new(env!("CARGO_BIN_EXE_ruecklauf"))
            .args(["mail", "run", "--at", &later])
            .current_dir(dir.path())
            .env("DATABASE_URL", &url)
            .env("SMTP_URL", &right)
            .env("RUECKLAUF_SMTP_CA", &authority)
            .output()
            .unwrap();
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        sent.push_str(&String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!(sent.lines().count(), 3, "{sent}");
    let mails = relay.mails();
    assert_eq!(mails.len(), 3);
    for mail in &mails {
        let mail = mailparse::parse_mail(mail).unwrap();
        let subject = mail.headers.get_first_value("Subject").unwrap();
        assert_eq!(subject, "Befragung der Grundsicherungsstellen 2008: Ihr Zugang");
        assert!(mail.headers.get_first_value("To").unwrap().contains("Jörg Öhm"));
        let [text, html] = [0, 1].map(|part| mail.subparts[part].get_body().unwrap());
        assert!(
            text.contains("Guten Tag Jörg Öhm,") && text.contains("/zugang/"),
            "{text}"
        );
        assert!(html.contains("<!DOCTYPE html>") && html.contains("/zugang/"), "{html}");
    }
}
