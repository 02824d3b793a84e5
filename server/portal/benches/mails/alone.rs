//! lettre without the portal, to the same sink on as many connections.

use super::CONNECTIONS;
use super::sink::Sink;
use lettre::address::Envelope;
use lettre::message::{Message, MultiPart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What the portal wrote in a mail, for lettre to build the same.
pub struct Sample {
    pub source: Vec<u8>,
    subject: String,
    text: String,
    html: String,
}

impl Sample {
    pub fn of(sink: &Sink) -> Arc<Self> {
        let source = sink.first();
        let mail = mailparse::parse_mail(&source).expect("a mail");
        let part = |kind: &str| {
            let part = mail.parts().find(|part| part.ctype.mimetype == kind).expect("the part");
            part.get_body().expect("readable").replace("\r\n", "\n")
        };
        let subject = mail.headers.iter().find(|header| header.get_key() == "Subject");
        Arc::new(Self {
            subject: subject.expect("a subject").get_value(),
            text: part("text/plain"),
            html: part("text/html"),
            source: source.clone(),
        })
    }

    fn build(&self, number: usize) -> Message {
        let us = || "IAW <befragung@iaw.example>".parse().expect("an address");
        let to = format!("Eva Öhm <eva{number}@probe.example>");
        let parts = MultiPart::alternative_plain_html(self.text.clone(), self.html.clone());
        let builder = Message::builder()
            .from(us())
            .reply_to(us())
            .to(to.parse().expect("an address"));
        let builder = builder.subject(&*self.subject).message_id(None).date_now();
        builder.multipart(parts).expect("a mail")
    }
}

/// The same finished mail again and again, on connections without Nagle's
/// algorithm: nothing but the dialogue.
pub async fn finished(sink: &Sink, sample: &Arc<Sample>, mails: usize) {
    let from = "befragung@iaw.example".parse().expect("an address");
    let to = "eva@probe.example".parse().expect("an address");
    let envelope = Envelope::new(Some(from), vec![to]).expect("an envelope");
    let sample = sample.clone();
    on_connections(sink, mails, move |_| (envelope.clone(), sample.source.clone())).await;
}

/// Each built by lettre, on the same connections.
pub async fn built(sink: &Sink, sample: &Arc<Sample>, mails: usize) {
    let sample = sample.clone();
    let mail = move |number| {
        let message = sample.build(number);
        (message.envelope().clone(), message.formatted())
    };
    on_connections(sink, mails, mail).await;
}

async fn on_connections<F>(sink: &Sink, mails: usize, mail: F)
where
    F: Fn(usize) -> (Envelope, Vec<u8>) + Send + Sync + 'static,
{
    let mail = Arc::new(mail);
    let mut lanes = JoinSet::new();
    for first in 0..CONNECTIONS {
        let (mail, port) = (mail.clone(), sink.port);
        lanes.spawn(async move {
            let hello = ClientId::Domain("localhost".into());
            let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("connects");
            stream.set_nodelay(true).expect("no delay");
            let conn = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await;
            let mut conn = conn.expect("connects");
            for number in (first..mails).step_by(CONNECTIONS) {
                let (envelope, source) = mail(number);
                conn.send(&envelope, &source).await.expect("taken");
            }
        });
    }
    lanes.join_all().await;
}

/// Each built by lettre and given to its pooled transport, as its manual has
/// it; so many at once that every connection is used.
pub async fn pooled(sink: &Sink, sample: &Arc<Sample>, mails: usize) {
    let pool = PoolConfig::new().max_size(u32::try_from(CONNECTIONS).unwrap_or(u32::MAX));
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(sink.port)
        .pool_config(pool)
        .build();
    let mut lanes = JoinSet::new();
    for first in 0..CONNECTIONS {
        let (transport, sample) = (transport.clone(), sample.clone());
        lanes.spawn(async move {
            for number in (first..mails).step_by(CONNECTIONS) {
                transport.send(sample.build(number)).await.expect("taken");
            }
        });
    }
    lanes.join_all().await;
}
