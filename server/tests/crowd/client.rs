//! One connection that is kept, one session, as a browser has them.

use super::Member;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, header};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// Talks to the program as one office.
pub struct Client {
    addr: SocketAddr,
    token: String,
    /// The case it saves for.
    case: String,
    connection: Option<SendRequest<Full<Bytes>>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Where it leads, on redirects.
    pub location: String,
    /// The body as text.
    pub body: String,
}

/// What became of an autosave.
#[derive(Debug)]
pub enum Reply {
    /// Acknowledged: revision by item.
    Saved(Vec<(String, i64)>),
    /// Refused or failed, with status and words.
    Not(u16, String),
}

/// No answer: the connection ended or never was.
pub type Gone = Box<dyn std::error::Error + Send + Sync>;

impl Client {
    /// A client that connects when it first asks.
    #[must_use]
    pub fn new(port: u16, member: &Member) -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], port)),
            token: member.token.clone(),
            case: format!("2008/{}", member.kennung),
            connection: None,
        }
    }

    /// Reads a page.
    ///
    /// # Errors
    /// Where no answer came.
    pub async fn get(&mut self, path: &str) -> Result<Answer, Gone> {
        self.ask(Method::GET, path, "", String::new()).await
    }

    /// Posts a form.
    ///
    /// # Errors
    /// Where no answer came.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, Gone> {
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let kind = "application/x-www-form-urlencoded";
        self.ask(Method::POST, path, kind, pairs.join("&")).await
    }

    /// Saves answers as the form does while one types: item, base revision, text.
    ///
    /// # Errors
    /// Where no answer came.
    pub async fn save(&mut self, changes: &[(&str, i64, &str)]) -> Result<Reply, Gone> {
        let changes: Vec<Value> = changes
            .iter()
            .map(|(item, base, text)| json!({"item": item, "base": base, "entry": {"g": text}}))
            .collect();
        let body = json!({"case": self.case, "changes": changes, "reasons": []}).to_string();
        let answer = self
            .ask(Method::POST, "/api/antworten", "application/json", body)
            .await?;
        let value: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let revisions = value.pointer("/Saved/revisions").filter(|_| answer.status == 200);
        Ok(match revisions.map(|found| serde_json::from_value(found.clone())) {
            Some(Ok(revisions)) => Reply::Saved(revisions),
            _ => Reply::Not(answer.status, answer.body),
        })
    }

    async fn ask(&mut self, method: Method, path: &str, kind: &str, body: String) -> Result<Answer, Gone> {
        let mut connection = self.connection().await?;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, format!("localhost:{}", self.addr.port()))
            .header(header::COOKIE, format!("ruecklauf={}", self.token))
            .header(header::CONTENT_TYPE, kind)
            .header(header::ACCEPT, "application/json, text/html")
            .header("sec-fetch-site", "same-origin")
            .body(Full::new(Bytes::from(body)))?;
        let response = connection.send_request(request).await?;
        let (head, body) = response.into_parts();
        let body = String::from_utf8(body.collect().await?.to_bytes().to_vec())?;
        self.connection = Some(connection);
        let location = head.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
        Ok(Answer {
            status: head.status.as_u16(),
            location: location.unwrap_or_default().to_owned(),
            body,
        })
    }

    /// The kept connection, or a new one where the program has ended it.
    async fn connection(&mut self) -> Result<SendRequest<Full<Bytes>>, Gone> {
        if let Some(mut kept) = self.connection.take()
            && kept.ready().await.is_ok()
        {
            return Ok(kept);
        }
        self.connect().await
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, Gone> {
        let stream = TcpStream::connect(self.addr).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        sender.ready().await?;
        Ok(sender)
    }
}
