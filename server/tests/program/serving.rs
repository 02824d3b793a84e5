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
    let port = free_port();
    let place = Place::new().with("RUECKLAUF_ADDR", &format!("127.0.0.1:{port}"));
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
