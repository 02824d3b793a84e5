//! A mail server (RFC 5321), spoken to over a few connections that are kept.
//!
//! Goes through the dialogue step by step instead of leaving it to a
//! transport, because what an interruption means depends on the step: before
//! the content was sent the mail is certainly not taken; between content and
//! answer nobody knows.

use super::lanes::Way;
use super::{Answer, Parcel};
use crate::mail::message::one_line;
use crate::settings::{SmtpServer, SmtpTls};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use std::fmt::Display;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// One server; each lane keeps a connection to it.
pub(super) struct Server {
    settings: SmtpServer,
    hello: ClientId,
}

impl Way for Server {
    type Kept = Option<AsyncSmtpConnection>;

    /// Hands over one mail. A kept connection that turns out to be closed is
    /// replaced once: nothing was sent on it yet.
    async fn send(&self, kept: &mut Option<AsyncSmtpConnection>, parcel: &Parcel) -> Answer {
        if let Some(mut conn) = kept.take() {
            match self.hand_over(&mut conn, parcel).await {
                Err(_closed) => {}
                Ok(answer) => return self.keep(kept, conn, answer).await,
            }
        }
        let mut conn = match self.connect().await {
            Ok(conn) => conn,
            Err(answer) => return answer,
        };
        match self.hand_over(&mut conn, parcel).await {
            Err(reason) => Answer::Later(reason),
            Ok(answer) => self.keep(kept, conn, answer).await,
        }
    }

    async fn leave(&self, kept: Option<AsyncSmtpConnection>) {
        if let Some(mut conn) = kept {
            let _ = timeout(FAREWELL, conn.quit()).await;
        }
    }
}

/// How a step of the dialogue ended.
enum Ended {
    Response(Response),
    /// Refused with a code: 4xx and 5xx.
    Code(u16, String),
    /// The connection is of no use any more.
    Broken(String),
}

impl Server {
    pub(super) fn new(settings: SmtpServer, hello: &str) -> Self {
        let hello = ClientId::Domain(hello.to_owned());
        Self { settings, hello }
    }

    /// Keeps a connection for the next mail, if it is fit for one.
    async fn keep(
        &self,
        kept: &mut Option<AsyncSmtpConnection>,
        mut conn: AsyncSmtpConnection,
        answer: Answer,
    ) -> Answer {
        let fit = match answer {
            Answer::Taken(_) => true,
            Answer::Unclear(_) => false,
            _ => matches!(self.step(conn.command(Rset)).await, Ended::Response(_)),
        };
        if fit {
            *kept = Some(conn);
        }
        answer
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Answer> {
        let SmtpServer {
            host, port, tls, login, ..
        } = &self.settings;
        let unreachable = |what: &str, error: &dyn Display| Answer::Unreachable(format!("{what}: {error}"));
        let parameters = self.tls().map_err(|error| unreachable("TLS", &error))?;
        let patience = self.settings.patience;
        let connecting = async {
            if *tls == SmtpTls::Implicit {
                let encrypted = Some(parameters.clone());
                let to = (host.as_str(), *port);
                return AsyncSmtpConnection::connect_tokio1(to, Some(patience), &self.hello, encrypted, None)
                    .await
                    .map_err(|error| chain(&error));
            }
            // The content's last line is a packet of its own: it must not wait
            // for the receipt of the one before (40 ms a mail).
            let stream = TcpStream::connect((host.as_str(), *port)).await;
            let stream = stream.and_then(|stream| stream.set_nodelay(true).map(|()| stream));
            let stream = stream.map_err(|error| chain(&error))?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello)
                .await
                .map_err(|error| chain(&error))
        };
        let mut conn = match timeout(patience, connecting).await {
            Ok(Ok(conn)) => conn,
            Ok(Err(error)) => return Err(unreachable("keine Verbindung", &error)),
            Err(_) => return Err(unreachable("keine Verbindung", &"Zeit abgelaufen")),
        };
        let encrypt = match tls {
            SmtpTls::Required => true,
            SmtpTls::Local => conn.can_starttls(),
            SmtpTls::Implicit | SmtpTls::None => false,
        };
        if encrypt {
            match timeout(patience, conn.starttls(parameters, &self.hello)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(unreachable("TLS", &chain(&error))),
                Err(_) => return Err(unreachable("TLS", &"Zeit abgelaufen")),
            }
        }
        if let Some((user, password)) = login {
            let credentials = Credentials::new(user.clone(), password.clone());
            match timeout(patience, conn.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) if error.is_permanent() || error.is_client() => {
                    return Err(Answer::Denied(format!("Anmeldung: {}", chain(&error))));
                }
                Ok(Err(error)) => return Err(unreachable("Anmeldung", &chain(&error))),
                Err(_) => return Err(unreachable("Anmeldung", &"Zeit abgelaufen")),
            }
        }
        Ok(conn)
    }

    fn tls(&self) -> Result<TlsParameters, lettre::transport::smtp::Error> {
        let mut builder = TlsParameters::builder(self.settings.host.clone());
        if let Some(authority) = &self.settings.authority {
            for certificate in Certificate::from_pem(authority.as_bytes()).into_iter() {
                builder = builder.add_root_certificate(certificate);
            }
        }
        // Whoever listens on this machine's own address is this machine.
        builder = builder.dangerous_accept_invalid_certs(self.settings.tls == SmtpTls::Local);
        builder.build()
    }

    /// The dialogue for one mail. `Err` where the connection was closed before
    /// anything of the mail was said, with what happened.
    async fn hand_over(&self, conn: &mut AsyncSmtpConnection, parcel: &Parcel) -> Result<Answer, String> {
        let envelope = &parcel.built.envelope;
        let mut parameters = Vec::new();
        if envelope.to().iter().any(|to| !to.to_string().is_ascii()) {
            if !conn.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Ok(Answer::BadAddress(
                    "Der Mailserver nimmt keine Umlaute vor dem @ an (SMTPUTF8). Bitte tragen Sie eine andere Adresse ein".into(),
                ));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        match self
            .step(conn.command(Mail::new(envelope.from().cloned(), parameters)))
            .await
        {
            Ended::Response(_) => {}
            Ended::Broken(reason) | Ended::Code(421, reason) => return Err(reason),
            Ended::Code(400..500, reason) => return Ok(Answer::Later(reason)),
            Ended::Code(_, reason) => return Ok(Answer::Denied(format!("Absender: {reason}"))),
        }
        for to in envelope.to() {
            match self.step(conn.command(Rcpt::new(to.clone(), Vec::new()))).await {
                Ended::Response(_) => {}
                Ended::Code(500.., reason) if concerns_us(&reason) => return Ok(Answer::Refused(reason)),
                Ended::Code(500.., reason) => return Ok(Answer::BadAddress(reason)),
                Ended::Broken(reason) | Ended::Code(_, reason) => return Ok(Answer::Later(reason)),
            }
        }
        match self.step(conn.command(Data)).await {
            Ended::Response(_) => {}
            Ended::Code(500.., reason) => return Ok(Answer::Refused(reason)),
            Ended::Broken(reason) | Ended::Code(_, reason) => return Ok(Answer::Later(reason)),
        }
        Ok(match self.step(conn.message(&parcel.built.source)).await {
            Ended::Response(response) => Answer::Taken(told(&response)),
            Ended::Code(500.., reason) => Answer::Refused(reason),
            Ended::Code(_, reason) => Answer::Later(reason),
            Ended::Broken(reason) => Answer::Unclear(format!("nach dem Inhalt keine Antwort: {reason}")),
        })
    }

    async fn step(&self, step: impl Future<Output = Result<Response, lettre::transport::smtp::Error>>) -> Ended {
        match timeout(self.settings.patience, step).await {
            Ok(Ok(response)) => Ended::Response(response),
            Ok(Err(error)) => match error.status() {
                Some(code) => {
                    let words = std::error::Error::source(&error)
                        .map(|words| words.to_string())
                        .unwrap_or_default();
                    Ended::Code(
                        code.into(),
                        one_line(&format!("{code} {words}")).chars().take(500).collect(),
                    )
                }
                None => Ended::Broken(chain(&error)),
            },
            Err(_) => Ended::Broken("Zeit abgelaufen".into()),
        }
    }
}

/// Whether a refused receiver is no word about the receiver's address: policy
/// and security (`5.7.x`: relaying denied, spam), or our own address (`5.1.7`,
/// `5.1.8`; RFC 3463).
fn concerns_us(reason: &str) -> bool {
    let enhanced = reason.split_whitespace().nth(1).unwrap_or_default();
    enhanced.starts_with("5.7.") || matches!(enhanced, "5.1.7" | "5.1.8")
}

/// Code and text of an answer.
fn told(response: &Response) -> String {
    let text = response.message().collect::<Vec<_>>().join(" ");
    format!("{} {text}", response.code())
}

/// An error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(one) = cause {
        let one_text = one.to_string();
        if !text.contains(&one_text) {
            text.push_str(": ");
            text.push_str(&one_text);
        }
        cause = one.source();
    }
    one_line(&text).chars().take(500).collect()
}
