//! Delivery reports that come back as mails (RFC 3464): find the mail they are
//! about, mark its address, keep what they say.
//!
//! A report is believed only as far as it names a Message-ID of ours, which
//! nobody but the receiver and the servers on the way knows; the address that
//! is marked is the one the mail was sent to, never one from the report.

use super::message::one_line;
use crate::Portal;
use crate::store::events::{self, Actor, Deed};
use crate::store::{StoreError, contacts, outbox};
use crate::words::without_addresses;
use mailparse::{MailHeaderMap, ParsedMail, parse_headers, parse_mail};

/// Largest report that is read, in bytes.
pub const LARGEST_BOUNCE: usize = 10 * 1024 * 1024;

/// How a report brings the mail it is about, or its header (RFC 3462, RFC 6533).
const ORIGINALS: [&str; 4] = [
    "message/rfc822",
    "text/rfc822-headers",
    "message/global",
    "message/global-headers",
];

/// What a report said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounced {
    /// Address the mail had gone to.
    pub address: String,
    /// Whether the mail was given up; otherwise it is only late.
    pub failed: bool,
    /// Code and words of the report.
    pub reason: String,
}

/// Why a message was not taken as a report.
#[derive(Debug, thiserror::Error)]
pub enum BounceError {
    /// Not a mail at all.
    #[error("Die Nachricht ist keine lesbare E-Mail.")]
    Unreadable,
    /// No delivery report.
    #[error("Die Nachricht ist kein Zustellbericht (multipart/report mit message/delivery-status, RFC 3464).")]
    NoReport,
    /// A report about somebody else's mail.
    #[error("Der Zustellbericht nennt keine E-Mail, die von hier verschickt wurde.")]
    NotOurs,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Portal {
    /// Reads a delivery report. One that says a mail was given up marks its
    /// address: nothing goes there until staff confirms or changes it.
    ///
    /// # Errors
    /// Where it is no report, or none about a mail of ours.
    pub async fn mail_bounce(&self, message: &[u8]) -> Result<Bounced, BounceError> {
        let report = read(message)?;
        let now = self.now();
        let at = now.timestamp_micros();
        let mut tx = self.write().await?;
        for id in &report.ids {
            let Some(row) = outbox::by_id(&mut tx, id).await? else {
                continue;
            };
            let Some(address) = outbox::sent_to(&mut tx, id).await? else {
                continue;
            };
            outbox::keep_bounce(&mut tx, id, &report.reason, report.failed, at).await?;
            if report.failed {
                contacts::set_mark(&mut tx, &address, &report.reason, id, at).await?;
                let about = super::compose::About::of(&mut tx, &row).await?;
                let unit_id = about.case.as_ref().map(|case| case.unit_id.as_str());
                let deed = Deed {
                    action: "address_marked",
                    wave: row.wave,
                    unit_id,
                    detail: &without_addresses(&report.reason),
                };
                events::audit(&mut tx, Actor::SYSTEM, &deed, now).await?;
            }
            tx.commit().await?;
            return Ok(Bounced {
                address,
                failed: report.failed,
                reason: report.reason,
            });
        }
        Err(BounceError::NotOurs)
    }
}

struct Report {
    /// Ids in Message-IDs it names, most trustworthy first.
    ids: Vec<String>,
    failed: bool,
    reason: String,
}

fn read(message: &[u8]) -> Result<Report, BounceError> {
    let mail = parse_mail(message).map_err(|_| BounceError::Unreadable)?;
    let parts: Vec<&ParsedMail> = mail.parts().collect();
    let of_type = |kind: &str| parts.iter().find(|part| part.ctype.mimetype == kind);
    // The second is that of mails whose addresses have umlauts (RFC 6533).
    let status = of_type("message/delivery-status").or_else(|| of_type("message/global-delivery-status"));
    let status = status.ok_or(BounceError::NoReport)?;
    let status = status.get_body_raw().map_err(|_| BounceError::Unreadable)?;
    let (failed, reason) = verdict(&status).ok_or(BounceError::NoReport)?;
    let mut ids = Vec::new();
    for kind in ORIGINALS {
        let original = of_type(kind).and_then(|part| part.get_body_raw().ok());
        if let Some((headers, _)) = original.as_deref().and_then(|raw| parse_headers(raw).ok()) {
            ids.extend(headers.get_all_values("Message-ID"));
        }
    }
    for name in ["In-Reply-To", "References"] {
        ids.extend(mail.headers.get_all_values(name));
    }
    let ids = ids.iter().flat_map(|value| id_in(value)).collect();
    Ok(Report { ids, failed, reason })
}

/// What stands between `<` and `@` of each Message-ID.
fn id_in(value: &str) -> Vec<String> {
    value
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('@'))
        .map(|(id, _)| id.to_owned())
        .filter(|id| id.len() == 36 && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-'))
        .collect()
}

/// The worst that is said about a recipient: blocks of fields, the first about
/// the message, one for each recipient (RFC 3464, 2.1).
fn verdict(status: &[u8]) -> Option<(bool, String)> {
    let text = String::from_utf8_lossy(status).replace("\r\n", "\n");
    let blocks = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    let mut late = None;
    for block in blocks {
        let block = format!("{block}\r\n\r\n");
        let Ok((fields, _)) = parse_headers(block.as_bytes()) else {
            continue;
        };
        let field = |name: &str| one_line(&fields.get_first_value(name).unwrap_or_default());
        let words: String = format!("{} {}", field("Status"), field("Diagnostic-Code"))
            .trim()
            .chars()
            .take(500)
            .collect();
        match field("Action").to_lowercase().as_str() {
            "failed" => return Some((true, words)),
            "delayed" => late = late.or(Some((false, words))),
            _ => {}
        }
    }
    late
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "From: MAILER-DAEMON@relay.example\r\nSubject: Undelivered\r\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
        --b\r\nContent-Type: message/delivery-status\r\n\r\n\
        Reporting-MTA: dns; relay.example\r\n\r\n\
        Final-Recipient: rfc822; eva@cordelbach.example\r\nAction: ACTION\r\nStatus: 5.1.1\r\n\
        Diagnostic-Code: smtp; 550 5.1.1 User\r\n unknown\r\n\r\n\
        --b\r\nContent-Type: message/rfc822\r\n\r\n\
        Message-ID: <01890a5d-ac96-774b-bcce-b302099a8057@ruecklauf.example>\r\nSubject: x\r\n\r\nText\r\n--b--\r\n";

    #[test]
    fn a_report_names_the_mail_the_verdict_and_the_reason() {
        let report = read(REPORT.replace("ACTION", "failed").as_bytes()).unwrap();
        assert_eq!(report.ids, ["01890a5d-ac96-774b-bcce-b302099a8057"]);
        assert!(report.failed);
        assert_eq!(report.reason, "5.1.1 smtp; 550 5.1.1 User unknown");
        assert!(!read(REPORT.replace("ACTION", "delayed").as_bytes()).unwrap().failed);
    }

    #[test]
    fn reports_about_addresses_with_umlauts_are_read_too() {
        let report = REPORT
            .replace("ACTION", "failed")
            .replace("message/delivery-status", "message/global-delivery-status")
            .replace("message/rfc822", "message/global-headers")
            .replace("rfc822; eva@cordelbach.example", "utf-8; jörg@öhm.example");
        let report = read(report.as_bytes()).unwrap();
        assert_eq!(report.ids, ["01890a5d-ac96-774b-bcce-b302099a8057"]);
        assert!(report.failed);
    }

    #[test]
    fn other_mails_are_no_reports() {
        for other in [
            "",
            "Subject: Bin im Urlaub\r\n\r\nBis bald",
            &REPORT.replace("ACTION", "delivered"),
            "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\n",
        ] {
            assert!(
                matches!(read(other.as_bytes()), Err(BounceError::NoReport)),
                "{other:?}"
            );
        }
    }
}
