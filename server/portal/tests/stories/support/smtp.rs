//! A mail server on loopback that keeps what it gets and misbehaves where it
//! is told to.

#![allow(dead_code, reason = "each test takes its part")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// What a client has just done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Greeting,
    Mail,
    Rcpt(String),
    Data,
    /// The content was sent, with its final dot.
    Content(String),
}

/// How the server takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// As a server should.
    Fine,
    /// The same, after some milliseconds.
    FineAfter(u64),
    Say(&'static str),
    /// Says so and closes.
    SayAndClose(&'static str),
    /// Keeps the mail and closes without a word.
    KeepAndClose,
    Close,
    Hang,
}

/// A mail the server has taken.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) to: String,
    pub(crate) message_id: String,
    pub(crate) source: String,
    /// What stood behind the sender's address.
    pub(crate) parameters: String,
}

pub(crate) type Manners = dyn Fn(&Step) -> Reply + Send + Sync;

/// The server; ends with the test.
#[derive(Clone)]
pub(crate) struct Smtp {
    pub(crate) port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
    manners: Arc<Mutex<Arc<Manners>>>,
    utf8: Arc<AtomicBool>,
}

impl Smtp {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            taken: Arc::default(),
            manners: Arc::new(Mutex::new(Arc::new(|_: &Step| Reply::Fine))),
            utf8: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = serving.clone();
                tokio::spawn(async move {
                    let _ = server.talk(stream).await;
                });
            }
        });
        server
    }

    /// From now on it behaves like this.
    pub(crate) fn behave(&self, manners: impl Fn(&Step) -> Reply + Send + Sync + 'static) {
        *self.manners.lock().unwrap() = Arc::new(manners);
    }

    /// From the next connection on it takes addresses with umlauts (RFC 6531).
    pub(crate) fn offer_utf8(&self) {
        self.utf8.store(true, Ordering::SeqCst);
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader);
        let (mut to, mut parameters) = (String::new(), String::new());
        self.answer(&mut writer, &Step::Greeting, "220 hier", &mut || {})
            .await?;
        loop {
            let Some(line) = read_line(&mut lines).await? else {
                return Ok(());
            };
            let word = line.get(..4).unwrap_or_default().to_uppercase();
            let going_on = match word.as_str() {
                "EHLO" => {
                    let utf8 = if self.utf8.load(Ordering::SeqCst) {
                        "250-SMTPUTF8\r\n"
                    } else {
                        ""
                    };
                    let offer = format!("250-hier\r\n250-8BITMIME\r\n{utf8}250 SIZE 10000000");
                    say(&mut writer, &offer).await.map(|()| true)?
                }
                "MAIL" => {
                    parameters = line.split_once('>').unwrap_or_default().1.trim().to_owned();
                    self.answer(&mut writer, &Step::Mail, "250 gut", &mut || {}).await?
                }
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    self.answer(&mut writer, &Step::Rcpt(to.clone()), "250 gut", &mut || {})
                        .await?
                }
                "DATA" => {
                    let fine = self.answer(&mut writer, &Step::Data, "354 los", &mut || {}).await?;
                    fine && self.content(&mut lines, &mut writer, (&to, &parameters)).await?
                }
                "QUIT" => {
                    say(&mut writer, "221 bis bald").await?;
                    false
                }
                _ => say(&mut writer, "250 gut").await.map(|()| true)?,
            };
            if !going_on {
                return Ok(());
            }
        }
    }

    async fn content(
        &self,
        lines: &mut BufReader<OwnedReadHalf>,
        writer: &mut OwnedWriteHalf,
        (to, parameters): (&str, &str),
    ) -> std::io::Result<bool> {
        // A refused DATA is followed by the next command, not by content.
        let mut source = String::new();
        loop {
            let Some(line) = read_line(lines).await? else {
                return Ok(false);
            };
            if line == "." {
                break;
            }
            source.push_str(line.strip_prefix('.').unwrap_or(&line));
            source.push_str("\r\n");
        }
        let message_id = source
            .lines()
            .find_map(|line| line.strip_prefix("Message-ID: "))
            .unwrap_or_default();
        let mail = Taken {
            to: to.to_owned(),
            message_id: message_id.to_owned(),
            source: source.clone(),
            parameters: parameters.to_owned(),
        };
        let mut keep = || self.taken.lock().unwrap().push(mail.clone());
        self.answer(writer, &Step::Content(to.to_owned()), "250 ist da", &mut keep)
            .await
    }

    /// Answers a step as it was told to; false where the talk is over. Only
    /// content that is answered well, or kept without a word, is kept.
    async fn answer(
        &self,
        writer: &mut OwnedWriteHalf,
        step: &Step,
        fine: &str,
        keep: &mut (dyn FnMut() + Send),
    ) -> std::io::Result<bool> {
        let manners = self.manners.lock().unwrap().clone();
        match manners(step) {
            Reply::Fine => {
                keep();
                say(writer, fine).await?;
                Ok(true)
            }
            Reply::FineAfter(wait) => {
                tokio::time::sleep(Duration::from_millis(wait)).await;
                keep();
                say(writer, fine).await?;
                Ok(true)
            }
            Reply::Say(text) => {
                say(writer, text).await?;
                Ok(!matches!(step, Step::Data))
            }
            Reply::SayAndClose(text) => {
                say(writer, text).await?;
                Ok(false)
            }
            Reply::KeepAndClose => {
                keep();
                Ok(false)
            }
            Reply::Close => Ok(false),
            Reply::Hang => {
                std::future::pending::<()>().await;
                Ok(false)
            }
        }
    }
}

async fn say(writer: &mut OwnedWriteHalf, text: &str) -> std::io::Result<()> {
    writer.write_all(format!("{text}\r\n").as_bytes()).await
}

async fn read_line(lines: &mut BufReader<OwnedReadHalf>) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    if lines.read_until(b'\n', &mut line).await? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8_lossy(&line);
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}
