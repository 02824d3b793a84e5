//! A mail server on loopback that takes everything and keeps the first mail.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone)]
pub struct Sink {
    pub port: u16,
    /// How long it takes to answer for a mail, as one that writes to disk.
    pub wait: Duration,
    first: Arc<Mutex<Vec<u8>>>,
}

impl Sink {
    pub async fn start(wait: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("a port").port();
        let first = Arc::default();
        let sink = Self { port, wait, first };
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = serving.clone();
                tokio::spawn(async move { sink.take_everything(stream).await });
            }
        });
        sink
    }

    /// The first mail it was given.
    pub fn first(&self) -> Vec<u8> {
        self.first.lock().expect("not poisoned").clone()
    }

    async fn take_everything(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader);
        let mut line = Vec::new();
        let mut content = None;
        writer.write_all(b"220 sink\r\n").await?;
        loop {
            line.clear();
            if lines.read_until(b'\n', &mut line).await? == 0 {
                return Ok(());
            }
            let answer: &[u8] = match (&mut content, line.as_slice()) {
                (Some(mail), b".\r\n") => {
                    self.keep(mail);
                    content = None;
                    if !self.wait.is_zero() {
                        tokio::time::sleep(self.wait).await;
                    }
                    b"250 ok\r\n"
                }
                (Some(mail), more) => {
                    mail.extend_from_slice(more);
                    continue;
                }
                (None, b"DATA\r\n") => {
                    content = Some(Vec::new());
                    b"354 go\r\n"
                }
                (None, _) => b"250 ok\r\n",
            };
            writer.write_all(answer).await?;
        }
    }

    fn keep(&self, mail: &mut Vec<u8>) {
        let mut first = self.first.lock().expect("not poisoned");
        if first.is_empty() {
            *first = std::mem::take(mail);
        }
    }
}
