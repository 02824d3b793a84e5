//! The demonstration in the field: every status is there, and a second call
//! changes nothing. Complete, it gives the figures of the paper: `golden`.

use portal::{BaseUrl, Clock, MailState, MailTarget, OutboxFilter, Portal, Settings};
use std::collections::BTreeSet;

async fn demo() -> (tempfile::TempDir, Portal, portal::DemoSummary) {
    let dir = tempfile::tempdir().expect("a folder");
    let base = BaseUrl::parse("http://127.0.0.1:3000").expect("an address");
    let url = format!("sqlite:{}", dir.path().join("demo.db").display());
    let settings = Settings::new(url, base, MailTarget::Dir(dir.path().join("post")));
    let portal = Portal::open(settings, Clock::system()).await.expect("opens");
    let summary = portal.demo(false, |_, _| {}).await.expect("is made");
    (dir, portal, summary)
}

#[tokio::test]
async fn in_the_field_every_status_can_be_seen_and_a_second_call_changes_nothing() {
    let (_dir, portal, first) = demo().await;
    let statuses: BTreeSet<_> = first.units.iter().map(|unit| unit.status.name()).collect();
    for status in [
        "invited",
        "opened",
        "started",
        "submitted",
        "usable",
        "unusable",
        "refused",
        "ineligible",
    ] {
        assert!(statuses.contains(status), "no office is {status}");
    }
    let second = portal.demo(false, |_, _| {}).await.expect("is there");
    let kennungen = |summary: &portal::DemoSummary| -> Vec<String> {
        summary
            .units
            .iter()
            .map(|unit| format!("{} {}", unit.kennung, unit.status))
            .collect()
    };
    assert_eq!(kennungen(&first), kennungen(&second));
    let editor = first
        .staff
        .iter()
        .find(|one| one.role == portal::Role::Editor)
        .expect("an editor");
    let from = std::net::IpAddr::from([127, 0, 0, 1]);
    let session = portal
        .sign_in(&editor.login, &editor.password, from)
        .await
        .expect("signs in")
        .session;
    let returns = portal.returns(&session, 2008).await.expect("returns");
    let all = returns.rows.iter().find(|row| row.form.is_none()).expect("a total");
    assert_eq!(all.denominator, 442, "443 offices, one of them not eligible");
    let share = f64::from(all.eingegangen) / f64::from(all.denominator);
    assert!((0.55..0.75).contains(&share), "some two thirds are in, not {share}");
    every_sent_mail_can_be_read(&portal, &session).await;
}

async fn every_sent_mail_can_be_read(portal: &Portal, session: &portal::Session) {
    let mut filter = OutboxFilter {
        wave: Some(2008),
        state: Some(MailState::Sent),
        ..OutboxFilter::default()
    };
    let mut kinds = BTreeSet::new();
    loop {
        let page = portal.outbox(session, &filter).await.expect("a page");
        for line in &page.lines {
            let mail = portal.outbox_mail(session, &line.id).await.expect("a mail");
            let text = mail.text.expect("its text");
            assert!(text.contains("Guten Tag Leitung GS-"), "{text}");
            assert!(mail.html.is_some(), "{}", line.id);
            kinds.insert(mail.line.step_title);
        }
        match page.next {
            Some(next) => filter.after = next,
            None => break,
        }
    }
    for kind in ["Einladung", "Eingangsbestätigung", "Erste Erinnerung", "Rückfrage"] {
        assert!(kinds.contains(kind), "{kinds:?}");
    }
}
