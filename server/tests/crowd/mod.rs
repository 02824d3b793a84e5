//! Many offices with a session each, and a plain HTTP client for every one of
//! them: what the fault tests and the load program set on the real program.

#![allow(dead_code, reason = "each user takes its part")]

mod client;

#[path = "../../../app/survey/tests/common/mod.rs"]
pub mod answers;

pub use client::{Client, Reply};

use portal::{BaseUrl, Clock, ItemChange, MailTarget, NewWave, Portal, Session, Settings};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use tokio::task::JoinSet;

/// Password of every account.
pub const PASSWORD: &str = "blauer Elefant am See";
/// Passwords hashed at once; each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

/// One office, signed in.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its Kennung.
    pub kennung: String,
    /// What its cookie carries.
    pub token: String,
    /// The session behind it.
    pub session: Session,
}

/// Opens a database past the program, with the real clock.
pub async fn open(url: &str, dir: &Path) -> Portal {
    let base = BaseUrl::parse("http://localhost:3000").expect("an address");
    let settings = Settings::new(url.to_owned(), base, MailTarget::Dir(dir.join("post")));
    Portal::open(settings, Clock::system()).await.expect("opens")
}

/// The wave of 2008.
pub fn wave() -> NewWave {
    NewWave {
        key: 2008,
        stichtag: answers::day(2007, 10, 31),
        zeitraum: "2007".to_owned(),
        start: answers::day(2008, 1, 14),
        deadline: answers::day(2008, 2, 15),
        previous: None,
        instrument: None,
    }
}

/// Puts `count` offices into the field of 2008 and signs each in.
pub async fn gather(portal: &Portal, count: usize) -> Vec<Member> {
    portal.wave_add(wave()).await.expect("added");
    let mut register = "kennung;name;form;land;kontakt_name;kontakt_email\n".to_owned();
    for number in 1..=count {
        register += &format!("L-{number};ARGE Probe {number};ARGE;Hessen;Eva;eva{number}@probe.example\n");
    }
    portal
        .import_units(2008, register.as_bytes(), &[])
        .await
        .expect("imported");
    portal.wave_open(2008).await.expect("opened");
    let sent = portal.mail_run(None, None).await.expect("delivered").sent;
    let tokens: Vec<String> = sent.iter().map(|mail| token_in(Path::new(&mail.place))).collect();
    for some in tokens.chunks(AT_ONCE) {
        let mut running = JoinSet::new();
        for token in some {
            let (portal, token) = (portal.clone(), token.clone());
            running.spawn(async move { portal.set_password(&token, PASSWORD, PASSWORD).await.expect("set") });
        }
        running.join_all().await;
    }
    let mut members = Vec::with_capacity(count);
    for numbers in (1..=count).collect::<Vec<_>>().chunks(AT_ONCE) {
        let mut running = JoinSet::new();
        for number in numbers {
            let (portal, kennung) = (portal.clone(), format!("L-{number}"));
            running.spawn(async move { enter(&portal, kennung).await });
        }
        members.extend(running.join_all().await);
    }
    members
}

async fn enter(portal: &Portal, kennung: String) -> Member {
    let from = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let new = portal.sign_in(&kennung, PASSWORD, from).await.expect("signed in");
    Member {
        kennung,
        token: new.token,
        session: new.session,
    }
}

fn token_in(file: &Path) -> String {
    let source = std::fs::read(file).expect("a mail");
    let mail = mailparse::parse_mail(&source).expect("a mail");
    let text = mail.subparts[0].get_body().expect("a text");
    let link = text.split_whitespace().find(|word| word.contains("/zugang/"));
    link.and_then(|link| link.rsplit('/').next())
        .expect("a link")
        .to_owned()
}

/// Answers the whole questionnaire of an office past the program.
pub async fn answer_all(portal: &Portal, session: &Session) {
    let changes: Vec<ItemChange> = answers::COMPLETE
        .iter()
        .map(|(item, text)| ItemChange {
            item: (*item).to_owned(),
            base_revision: 0,
            entry: answers::entry(text),
        })
        .collect();
    portal.save(session, &changes).await.expect("saved");
}
