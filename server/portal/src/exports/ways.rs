//! Paradata: when what happened to a case, how often answers changed, what
//! contact there was. Counts and moments only, never a name or an answer.

use super::record::{Cell, Record};
use super::schema::plain;
use super::variable::{Field, Variable, VariableKind};
use crate::mail::MailKind;
use crate::staff::ContactKind;
use crate::store::exports::{self, ChangesRow, CountedRow, MomentsRow};
use std::borrow::Cow;
use std::collections::HashMap;
use survey::status::Event;

/// Names and meanings of the figures, in order. The kind: `m` a moment, `n` a count, `t` a text.
const FIGURES: [(&str, char, &str); 30] = [
    ("kennung", 't', "Kennung der Einheit"),
    ("welle", 'n', "Welle"),
    ("status_seit", 'm', "Seit wann der Stand des Fragebogens gilt"),
    ("eingeladen_am", 'm', "Eingeladen"),
    ("geoeffnet_am", 'm', "Fragebogen zum ersten Mal geöffnet"),
    ("begonnen_am", 'm', "Erste Angabe gespeichert"),
    ("abgegeben_am", 'm', "Zum ersten Mal abgegeben"),
    ("letzte_abgabe_am", 'm', "Zuletzt abgegeben"),
    ("abgaben", 'n', "Abgaben insgesamt"),
    ("wieder_geoeffnet", 'n', "Wie oft der Fragebogen wieder geöffnet wurde"),
    ("revision", 'n', "Zähler der Änderungen an den Angaben"),
    ("aenderungen", 'n', "Gespeicherte Änderungen einzelner Angaben"),
    (
        "angaben_geaendert",
        'n',
        "Verschiedene Angaben, die gespeichert oder geändert wurden",
    ),
    (
        "aenderungen_institut",
        'n',
        "Änderungen durch das Institut im Auftrag der Einheit",
    ),
    ("konflikte", 'n', "Angaben, die zwei Personen gleichzeitig änderten"),
    ("personen", 'n', "Personen, die Angaben machten"),
    ("tage", 'n', "Tage (UTC), an denen Angaben gemacht wurden"),
    ("erste_aenderung_am", 'm', "Erste gespeicherte Änderung"),
    ("letzte_aenderung_am", 'm', "Letzte gespeicherte Änderung"),
    ("bestaetigungen", 'n', "Begründete weiche Prüfungen"),
    ("rueckfragen", 'n', "Rückfragen des Instituts"),
    ("letzte_rueckfrage_am", 'm', "Letzte Rückfrage"),
    ("mails_einladung", 'n', "Verschickte Einladungen, auch auf Anforderung"),
    ("mails_erinnerung", 'n', "Verschickte Erinnerungen"),
    ("mails_insgesamt", 'n', "Verschickte E-Mails an die Einheit"),
    ("letzte_mail_am", 'm', "Letzte verschickte E-Mail"),
    ("anrufe", 'n', "Anrufe"),
    ("briefe", 'n', "Briefe"),
    ("besuche", 'n', "Besuche"),
    ("letzter_kontakt_am", 'm', "Letzter Anruf, Brief oder Besuch"),
];

/// The variables of the paradata.
pub(super) fn variables() -> Vec<Variable> {
    let list = FIGURES.iter().enumerate();
    list.map(|(place, (name, kind, label))| {
        let kind = match kind {
            'm' => VariableKind::Moment,
            'n' => VariableKind::Number { decimals: 0 },
            _ => VariableKind::Text,
        };
        plain(name, label, kind, Field::Way(place))
    })
    .collect()
}

/// What was counted, by case.
#[derive(Default)]
pub(super) struct Ways {
    moments: HashMap<String, MomentsRow>,
    changes: HashMap<String, ChangesRow>,
    /// By what is counted, case and kind.
    counted: HashMap<(What, String, String), (i64, Option<i64>)>,
}

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Submissions,
    Confirmations,
    Queries,
    Events,
    Mails,
    Contacts,
}

impl Ways {
    pub(super) fn add(&mut self, rows: exports::Ways) {
        self.moments
            .extend(rows.moments.into_iter().map(|row| (row.case_id.clone(), row)));
        self.changes
            .extend(rows.changes.into_iter().map(|row| (row.case_id.clone(), row)));
        let tables: [(What, Vec<CountedRow>); 6] = [
            (What::Submissions, rows.submissions),
            (What::Confirmations, rows.confirmations),
            (What::Queries, rows.queries),
            (What::Events, rows.events),
            (What::Mails, rows.mails),
            (What::Contacts, rows.contacts),
        ];
        for (what, rows) in tables {
            let rows = rows.into_iter();
            self.counted
                .extend(rows.map(|row| ((what, row.case_id, row.kind), (row.n, row.last_at))));
        }
    }

    /// The figures of one case, in their order.
    pub(super) fn cells(&self, record: &Record) -> Vec<Cell<'static>> {
        let case = record.case_id();
        let of = |what: What, kind: &str| -> (i64, Option<i64>) {
            let key = (what, case.to_owned(), kind.to_owned());
            self.counted.get(&key).copied().unwrap_or_default()
        };
        let sum = |what: What, kinds: &[&str]| -> (i64, Option<i64>) {
            let found = kinds.iter().map(|kind| of(what, kind));
            found.fold((0, None), |(n, last), (more, at)| (n + more, last.max(at)))
        };
        let moments = self.moments.get(case);
        let changes = self.changes.get(case);
        let at = |of: fn(&MomentsRow) -> Option<i64>| Cell::moment(moments.and_then(of));
        let n = |of: fn(&ChangesRow) -> i64| Cell::count(changes.map_or(0, of));
        let (submissions, last_submission) = of(What::Submissions, "");
        let (queries, last_query) = of(What::Queries, "");
        let invitations = sum(
            What::Mails,
            &[MailKind::Invitation.name(), MailKind::InvitationAgain.name()],
        );
        let kinds: Vec<&str> = MailKind::ALL.iter().map(|kind| kind.name()).collect();
        let (mails, last_mail) = sum(What::Mails, &kinds);
        let contacts = [ContactKind::Call, ContactKind::Letter, ContactKind::Visit].map(ContactKind::name);
        let [calls, letters, visits] = contacts.map(|kind| of(What::Contacts, kind).0);
        vec![
            Cell::Text(Cow::Owned(record.kennung().to_owned())),
            Cell::count(record.wave().into()),
            at(|row| Some(row.status_at)),
            at(|row| row.invited_at),
            at(|row| row.opened_at),
            at(|row| row.started_at),
            at(|row| row.submitted_at),
            Cell::moment(last_submission),
            Cell::count(submissions),
            Cell::count(of(What::Events, Event::Reopen.name()).0),
            Cell::count(moments.map_or(0, |row| row.revision)),
            n(|row| row.changes),
            n(|row| row.items),
            n(|row| row.by_staff),
            n(|row| row.conflicts),
            n(|row| row.people),
            n(|row| row.days),
            Cell::moment(changes.map(|row| row.first_at)),
            Cell::moment(changes.map(|row| row.last_at)),
            Cell::count(of(What::Confirmations, "").0),
            Cell::count(queries),
            Cell::moment(last_query),
            Cell::count(invitations.0),
            Cell::count(of(What::Mails, MailKind::Reminder.name()).0),
            Cell::count(mails),
            Cell::moment(last_mail),
            Cell::count(calls),
            Cell::count(letters),
            Cell::count(visits),
            Cell::moment(sum(What::Contacts, &contacts).1),
        ]
    }
}
