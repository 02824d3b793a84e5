//! Serving: the address is told, requests are answered, signals end it in
//! order, and plain HTTP clients that never finish are let go.

use crate::program::{Place, free_port};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command};

/// A running program on a port of its own; ended at the latest with the test.
struct Running {
    child: Child,
    port: u16,
    first_line: String,
    _place: Place,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(line: &[&str]) -> Running {
    start_in(Place::new(), line)
}

fn start_in(place: Place, line: &[&str]) -> Running {
    let port = free_port();
    let place = place.with("RUECKLAUF_ADDR", &format!("127.0.0.1:{port}"));
    let mut child = place.start(line);
    let mut first_line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first_line)
        .unwrap();
    Running {
        child,
        port,
        first_line,
        _place: place,
    }
}

fn ask(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn signal(child: &Child, name: &str) {
    let done = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(done.success());
}

#[test]
fn it_says_where_it_is_answers_and_stops_in_order() {
    for name in ["-TERM", "-INT"] {
        let mut running = start(&["serve"]);
        assert_eq!(
            running.first_line,
            format!("Rücklauf ist bereit: http://127.0.0.1:{}\n", running.port)
        );
        assert!(ask(running.port, "/healthz").starts_with("HTTP/1.1 200"));
        let page = ask(running.port, "/anmelden");
        assert!(
            page.starts_with("HTTP/1.1 200") && page.contains("Kennung oder E-Mail-Adresse"),
            "{page}"
        );
        assert!(!page.contains("strict-transport-security"), "no HTTPS here");
        // Somebody who connected and says nothing does not hold it up.
        let idle = TcpStream::connect(("127.0.0.1", running.port)).unwrap();
        signal(&running.child, name);
        assert_eq!(running.child.wait().unwrap().code(), Some(0), "{name}");
        drop(idle);
    }
}

#[test]
fn figures_have_an_address_of_their_own() {
    let figures = free_port();
    let place = Place::new().with("RUECKLAUF_METRICS_ADDR", &format!("127.0.0.1:{figures}"));
    let mut running = start_in(place, &["serve"]);
    ask(running.port, "/anmelden");
    assert!(
        ask(running.port, "/metrics").starts_with("HTTP/1.1 404"),
        "not for everybody"
    );
    let page = ask(figures, "/metrics");
    for line in [
        "HTTP/1.1 200",
        "http_requests_total{method=\"GET\",route=\"/anmelden\",status=\"200\"} 1",
        "http_request_duration_seconds_bucket{route=\"/anmelden\",le=\"10\"} 1",
        "ruecklauf_up 1",
        "ruecklauf_sessions 0",
        "process_resident_memory_bytes",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    signal(&running.child, "-TERM");
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_log_names_requests_by_id_and_route_and_holds_nothing_anybody_typed() {
    let place = Place::new()
        .with("RUECKLAUF_LOG", "json")
        .with("RUST_LOG", "server=debug,portal=debug");
    let mut running = start_in(place, &["serve"]);
    let secret = "geheim-geheim-geheim";
    let page = ask(running.port, &format!("/zugang/{secret}"));
    let id = page
        .lines()
        .find_map(|line| line.strip_prefix("x-request-id: "))
        .unwrap()
        .to_owned();
    let body = format!("kennung={secret}&passwort={secret}");
    let mut stream = TcpStream::connect(("127.0.0.1", running.port)).unwrap();
    let (port, length) = (running.port, body.len());
    write!(
        stream,
        "POST /anmelden HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    signal(&running.child, "-TERM");
    running.child.wait().unwrap();
    let mut log = String::new();
    running.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    let line = log
        .lines()
        .find(|line| line.contains(&id))
        .unwrap_or_else(|| panic!("{log}"));
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(
        (&line["route"], &line["method"]),
        (&"/zugang/{token}".into(), &"GET".into()),
        "{line}"
    );
    assert!(line["status"].is_u64() && line["micros"].is_u64(), "{line}");
    assert!(
        log.lines()
            .any(|line| line.contains("\"route\":\"/anmelden\"") && line.contains("POST")),
        "{log}"
    );
    assert!(!log.contains(secret), "{log}");
}
