//! Writes one mail: looks up whom and what it concerns, makes its link, fills
//! in its text.

use super::MailKind;
use super::message::{self, Built, Heading};
use super::texts::{Texts, Values, Written};
use crate::clock::from_micros;
use crate::identity::access::new_link;
use crate::identity::session::ALL_MODULES;
use crate::identity::{Access, TokenPurpose};
use crate::queries::QueryView;
use crate::respondent::view::Draft;
use crate::store::accounts::AccountRow;
use crate::store::cases::CaseRow;
use crate::store::outbox::OutboxRow;
use crate::store::sessions::NewTokenRow;
use crate::store::submissions::ReceiptRow;
use crate::store::{Conn, StoreError, Stored, accounts, cases, queries, submissions};
use crate::waves::read_day;
use crate::{Portal, berlin};
use chrono::{DateTime, Utc};
use minijinja::Value;
use std::collections::BTreeSet;
use survey::Sheet;

/// What the outbox keeps in place of a token.
const MASK: &str = "…";
/// Role of those who are written to by their own names.
const COLLEAGUE: &str = "colleague";
/// Placeholders that need the answers.
const OF_ANSWERS: [&str; 4] = ["beantwortet", "fragen", "fortschritt", "module"];

/// Everything a mail may speak about.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct About {
    pub case: Option<CaseRow>,
    pub account: Option<AccountRow>,
    pub receipt: Option<ReceiptRow>,
    pub query: Option<QueryView>,
}

/// A mail ready to be handed over.
pub(super) struct Composed {
    pub built: Built,
    pub to: String,
    /// As the outbox keeps it, the link masked.
    pub masked: Written,
    /// What its link opens with, to be stored when it leaves.
    pub link: Option<NewTokenRow>,
}

/// A mail as staff sees it beforehand.
pub(crate) struct Shown {
    pub to: String,
    pub written: Written,
}

/// The kind of a stored mail.
pub(crate) fn kind_of(row: &OutboxRow) -> Stored<MailKind> {
    row.kind
        .parse()
        .map_err(|()| StoreError::content(format!("a mail of kind {:?}", row.kind)))
}

impl About {
    /// Looks up what a mail concerns.
    pub(crate) async fn of(conn: &mut Conn, row: &OutboxRow) -> Stored<Self> {
        let found = Self::of_all(conn, &[row]).await?;
        Ok(found.into_iter().next().unwrap_or_default())
    }

    /// The same for many, one for each.
    pub(crate) async fn of_all(conn: &mut Conn, rows: &[&OutboxRow]) -> Stored<Vec<Self>> {
        let ids = |of: fn(&OutboxRow) -> Option<&str>| rows.iter().copied().filter_map(of).collect::<Vec<_>>();
        let accounts = accounts::by_ids(conn, &ids(|row| row.account_id.as_deref())).await?;
        let cases = cases::by_ids(conn, &ids(|row| row.case_id.as_deref())).await?;
        let mut abouts = Vec::with_capacity(rows.len());
        for row in rows {
            let account = row.account_id.as_ref().and_then(|id| accounts.get(id)).cloned();
            let unit = account.as_ref().and_then(|account| account.unit_id.as_deref());
            let case = match (&row.case_id, unit) {
                (Some(id), _) => cases.get(id).cloned(),
                (None, Some(unit_id)) => cases::current_of_unit(conn, unit_id).await?,
                (None, None) => None,
            };
            let receipt = match &row.submission_id {
                Some(id) => submissions::receipt_by_id(conn, id).await?,
                None => None,
            };
            let query = match &row.query_id {
                Some(id) => match queries::by_id(conn, id).await? {
                    Some(found) => Some(crate::queries::read(conn, &found, from_micros(row.created_at)).await?),
                    None => None,
                },
                None => None,
            };
            abouts.push(Self {
                case,
                account,
                receipt,
                query,
            });
        }
        Ok(abouts)
    }

    /// Kennung or address of whom it concerns.
    pub(crate) fn login(&self) -> &str {
        match (&self.case, &self.account) {
            (_, Some(account)) => &account.login,
            (Some(case), None) => &case.kennung,
            (None, None) => "",
        }
    }

    /// Address it goes to.
    pub(crate) fn recipient<'a>(&'a self, row: &'a OutboxRow) -> &'a str {
        match (&row.recipient, &row.case_id, &self.case, &self.account) {
            (Some(recipient), ..) => recipient,
            (None, Some(_), Some(case), _) => &case.contact_email,
            (.., Some(account)) => &account.email,
            _ => "",
        }
    }

    /// Name of whom it goes to; nobody's where the address was given apart.
    fn name<'a>(&'a self, row: &OutboxRow) -> &'a str {
        match (&row.recipient, &row.case_id, &self.case, &self.account) {
            (Some(_), .., Some(account)) if account.role == COLLEAGUE => &account.display_name,
            (Some(_), ..) => "",
            (None, Some(_), Some(case), _) => &case.contact_name,
            (.., Some(account)) => &account.display_name,
            _ => "",
        }
    }

    /// Whose password a mail's link sets, if it sets one.
    fn opens(&self, kind: MailKind) -> Option<(&AccountRow, TokenPurpose)> {
        let account = self.account.as_ref()?;
        match kind {
            MailKind::NewPassword => Some((account, TokenPurpose::Reset)),
            // Where a password was set meanwhile there is nothing to open.
            MailKind::InvitationAgain
            | MailKind::StaffInvitation
            | MailKind::Invitation
            | MailKind::Reminder
            | MailKind::Reopened
            | MailKind::Colleague
                if account.password_hash.is_none() =>
            {
                Some((account, TokenPurpose::Invitation))
            }
            _ => None,
        }
    }
}

/// Where mails are written: the portal, the texts as they are, and the moment
/// the mails speak of.
pub(crate) struct Desk<'a> {
    pub portal: &'a Portal,
    pub texts: &'a Texts,
    pub at: DateTime<Utc>,
}

impl Desk<'_> {
    /// Writes and builds a mail, its link included. `Err` in German where it
    /// cannot be: that concerns it alone.
    pub(super) async fn compose(
        &self,
        conn: &mut Conn,
        row: &OutboxRow,
        about: &About,
    ) -> Stored<Result<Composed, String>> {
        let kind = kind_of(row)?;
        let (token, link) = match about.opens(kind) {
            Some((account, purpose)) => {
                let (token, link) = new_link(&account.id, purpose, self.portal.now())?;
                (token, Some(link))
            }
            None => (String::new(), None),
        };
        let values = match self.values(conn, row, about, &token).await? {
            Ok(values) => values,
            Err(reason) => return Ok(Err(reason)),
        };
        let written = match self.texts.write(template_of(row, kind), &values) {
            Ok(written) => written,
            Err(reason) => return Ok(Err(format!("Der Text lässt sich nicht ausfüllen: {reason}"))),
        };
        let settings = self.portal.settings();
        let to = about.recipient(row).to_owned();
        let heading = Heading {
            to_name: about.name(row),
            to: &to,
            id: &row.id,
            host: settings.base_url.host(),
            at: self.at,
        };
        let bounces_to = settings.bounces_to.as_deref();
        let built = match message::build(&written, &heading, &settings.contact, bounces_to) {
            Ok(built) => built,
            Err(error) => return Ok(Err(error.to_string())),
        };
        Ok(Ok(Composed {
            built,
            to,
            masked: masked(written, &token),
            link,
        }))
    }

    /// What a mail would look like, without a link that opens anything.
    pub(crate) async fn show(&self, conn: &mut Conn, row: &OutboxRow, about: &About) -> Stored<Result<Shown, String>> {
        let kind = kind_of(row)?;
        let values = match self.values(conn, row, about, MASK).await? {
            Ok(values) => values,
            Err(reason) => return Ok(Err(reason)),
        };
        let to = about.recipient(row).to_owned();
        Ok(self
            .texts
            .write(template_of(row, kind), &values)
            .map(|written| Shown { to, written }))
    }

    async fn values(
        &self,
        conn: &mut Conn,
        row: &OutboxRow,
        about: &About,
        token: &str,
    ) -> Stored<Result<Values, String>> {
        let kind = kind_of(row)?;
        let settings = self.portal.settings();
        let mut values = Values::new();
        let mut put = |name: &'static str, value: &str| {
            values.insert(name, Value::from(value));
        };
        let name = message::one_line(about.name(row));
        let greeting = match name.as_str() {
            "" => "Sehr geehrte Damen und Herren,".to_owned(),
            name => format!("Guten Tag {name},"),
        };
        put("anrede", &greeting);
        put("name", &name);
        put("anmeldename", about.login());
        put("portal", settings.base_url.as_str());
        put("kontakt_name", &settings.contact.name);
        put("kontakt_telefon", &settings.contact.phone);
        put("kontakt_email", &settings.contact.email);
        put("zeitpunkt", &berlin::long(from_micros(row.created_at).min(self.at)));
        let opens = about.opens(kind).is_some();
        let link = match (opens, kind) {
            (true, _) => settings.base_url.join(&format!("/zugang/{token}")),
            (false, MailKind::Query | MailKind::QueryReminder) => settings.base_url.join("/befragung/rueckfrage"),
            (false, _) => settings.base_url.join("/befragung"),
        };
        put("link", &link);
        put("grund", row.own_text.as_deref().unwrap_or_default());
        put("betreff", row.own_subject.as_deref().unwrap_or_default());
        values.insert("zugang_fehlt", Value::from(opens));
        values.insert(
            "text",
            Value::from(paragraphs(row.own_text.as_deref().unwrap_or_default())),
        );
        self.about_case(conn, &mut values, template_of(row, kind), about.case.as_ref())
            .await?;
        if matches!(kind, MailKind::Query | MailKind::QueryReminder) {
            self.about_query(conn, &mut values, about).await?;
        }
        if kind == MailKind::Colleague {
            self.about_colleague(conn, &mut values, row, about).await?;
        }
        if kind == MailKind::Receipt {
            let Some(receipt) = &about.receipt else {
                return Ok(Err("Die Abgabe zu dieser E-Mail fehlt.".into()));
            };
            values.insert("eingegangen", Value::from(berlin::long(from_micros(receipt.at))));
            values.insert("quittung", Value::from(receipt.receipt.as_str()));
            values.insert("pruefzeichen", Value::from(receipt.fingerprint.as_str()));
        }
        Ok(Ok(values))
    }

    /// Who asks a colleague to help, and with which modules.
    async fn about_colleague(
        &self,
        conn: &mut Conn,
        values: &mut Values,
        row: &OutboxRow,
        about: &About,
    ) -> Stored<()> {
        let granted = about
            .account
            .as_ref()
            .map(|account| account.colleague.clone())
            .unwrap_or_default();
        let deputy = granted.deputy.unwrap_or(false);
        let access = Access::of_colleague(granted.modules.as_deref().unwrap_or(ALL_MODULES), deputy);
        let modules: Vec<String> = match &about.case {
            Some(case) if !access.is_whole() => {
                let instrument = self.portal.instruments().of(conn, case.instrument.as_deref()).await?;
                let own = instrument.modules.iter().filter(|module| access.sees(&module.letter));
                own.map(|module| format!("{} {}", module.letter, module.title))
                    .collect()
            }
            _ => vec!["der ganze Fragebogen".to_owned()],
        };
        values.insert("abschnitte", Value::from(modules));
        values.insert("vertretung", Value::from(deputy));
        values.insert(
            "eingeladen_von",
            Value::from(row.own_text.as_deref().unwrap_or("Die Leitung")),
        );
        Ok(())
    }

    /// What a Rückfrage asks: of a colleague, what concerns their modules.
    async fn about_query(&self, conn: &mut Conn, values: &mut Values, about: &About) -> Stored<()> {
        let mut points: Vec<(String, String)> = Vec::new();
        let (mut until, mut overdue) = (berlin::day_of(self.at), false);
        if let (Some(query), Some(case)) = (&about.query, &about.case) {
            (until, overdue) = (query.due, query.due < berlin::day_of(self.at));
            let sheet = self.portal.draft(conn, case).await?.sheet;
            let access = about.account.as_ref().and_then(|account| {
                let granted = &account.colleague;
                Some(Access::of_colleague(granted.modules.as_ref()?, granted.deputy?))
            });
            points = query
                .points
                .iter()
                .filter(|point| {
                    let theirs = |id: &String| access.as_ref().is_none_or(|one| one.sees_item(sheet.instrument(), id));
                    point.items.iter().any(theirs)
                })
                .map(|point| (wordings(&sheet, &point.items), point.question.clone()))
                .collect();
        } else {
            points.push(("B1 Wie viele …".to_owned(), "Hier steht, was Sie fragen.".to_owned()));
        }
        let asked: Vec<&str> = points.iter().map(|(_, text)| text.as_str()).collect();
        values.insert("grund", Value::from(asked.join("\n\n")));
        let points: Value = points
            .iter()
            .map(|(question, text)| Value::from_pairs([("frage", question.as_str()), ("text", text.as_str())]))
            .collect();
        values.insert("punkte", points);
        values.insert("antwort_bis", Value::from(berlin::short(until)));
        values.insert("ueberfaellig", Value::from(overdue));
        Ok(())
    }

    async fn about_case(
        &self,
        conn: &mut Conn,
        values: &mut Values,
        template: &str,
        case: Option<&CaseRow>,
    ) -> Stored<()> {
        let Some(case) = case else {
            values.extend(["einheit", "kennung", "welle", "stichtag", "frist"].map(|name| (name, Value::from(""))));
            return Ok(());
        };
        let deadline = read_day(&case.deadline)?;
        values.insert("einheit", Value::from(case.name.as_str()));
        values.insert("kennung", Value::from(case.kennung.as_str()));
        values.insert("welle", Value::from(case.wave));
        values.insert("stichtag", Value::from(berlin::short(read_day(&case.stichtag)?)));
        values.insert("frist", Value::from(berlin::short(deadline)));
        values.insert("tage", Value::from((deadline - berlin::day_of(self.at)).num_days()));
        let letters: Value = self
            .portal
            .settings()
            .letters
            .iter()
            .map(|letter| Value::from_pairs([("titel", letter.label.as_str()), ("adresse", letter.url.as_str())]))
            .collect();
        values.insert("schreiben", letters);
        if self.texts.uses(template, &OF_ANSWERS) && case.instrument.is_some() {
            let Draft { sheet, .. } = self.portal.draft(conn, case).await?;
            let progress = sheet.progress(None);
            let open: Vec<String> = sheet
                .instrument()
                .modules
                .iter()
                .filter(|module| sheet.progress(Some(&module.letter)).required_open > 0)
                .map(|module| format!("{} {}", module.letter, module.title))
                .collect();
            values.insert("beantwortet", Value::from(progress.answered));
            values.insert("fragen", Value::from(progress.asked));
            values.insert(
                "fortschritt",
                Value::from(format!("{} von {} Fragen", progress.answered, progress.asked)),
            );
            values.insert("module", Value::from(open));
        }
        Ok(())
    }
}

/// The questions some items belong to, with their numbers.
fn wordings(sheet: &Sheet, items: &[String]) -> String {
    let instrument = sheet.instrument();
    let mut seen = BTreeSet::new();
    let lines: Vec<String> = items
        .iter()
        .filter_map(|id| instrument.item(id))
        .map(|item| instrument[item].question)
        .filter(|question| seen.insert(*question))
        .map(|question| {
            let entry = &instrument[question];
            let number = entry.id.split('_').next().unwrap_or(&entry.id);
            format!("{number} {}", sheet.text(&entry.text))
        })
        .collect();
    lines.join(" / ")
}

/// The text a mail is written from.
pub(super) fn template_of(row: &OutboxRow, kind: MailKind) -> &str {
    row.template.as_deref().unwrap_or(kind.name())
}

/// What staff typed, paragraph by paragraph.
fn paragraphs(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    text.split("\n\n")
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(str::to_owned)
        .collect()
}

fn masked(written: Written, token: &str) -> Written {
    if token.is_empty() {
        return written;
    }
    Written {
        subject: written.subject,
        text: written.text.replace(token, MASK),
        html: written.html.replace(token, MASK),
    }
}
