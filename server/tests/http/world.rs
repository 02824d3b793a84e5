//! A portal with three offices and three of the institute's staff, on a
//! fresh database, with a clock that stands still.

use crate::client::Client;
use crate::postgres::fresh_postgres;
use axum::Router;
use portal::{BaseUrl, Clock, MailTarget, NewWave, Portal, Role, Settings, berlin};
use server::http::{AppState, Changes, router};
use server::jobs::Jobs;
use server::operator::Letter;
use tempfile::TempDir;

pub(crate) const HOST: &str = "ruecklauf.example";
pub(crate) const PASSWORD: &str = "blauer Elefant am See";

/// Address of the colleague in GS-1.
pub(crate) const COLLEAGUE: &str = "ute.kern@cordelbach.example";

const REGISTER: &str = "\
kennung;name;form;land;kontakt_name;kontakt_email
GS-1;ARGE Cordelbach;ARGE;Hessen;Eva Öhm;eva@cordelbach.example
GS-2;Landkreis Ähren;zkT;Baden-Württemberg;Jan Groß;jan@aehren.example
GS-3;Agentur Üllen;gAw;Sachsen;;post@uellen.example
";

/// Everybody there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Person {
    Nobody,
    Unit(&'static str),
    Staff(Role),
    /// Somebody the head of GS-1 has invited, for the modules B and D.
    Colleague,
}

pub(crate) struct World {
    pub(crate) portal: Portal,
    pub(crate) clock: Clock,
    pub(crate) service: Router,
    /// What tells open pages of changes.
    pub(crate) changes: Changes,
    pub(crate) dir: TempDir,
}

impl World {
    /// The wave of 2008 in the field; GS-1 and GS-2 have passwords.
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", dir.path().join("portal.db").display());
        Self::on(&database, dir).await
    }

    /// The same on the throw-away PostgreSQL; `None`, loudly, where there is none.
    pub(crate) async fn on_postgres() -> Option<Self> {
        let url = fresh_postgres().await?;
        Some(Self::on(&url, tempfile::tempdir().unwrap()).await)
    }

    async fn on(database: &str, dir: TempDir) -> Self {
        let clock = Clock::fixed(berlin::parse_moment("2008-01-14T09:00").unwrap());
        let base_url = BaseUrl::parse(&format!("https://{HOST}")).unwrap();
        let settings = Settings::new(database, base_url, MailTarget::Dir(dir.path().join("post")));
        let portal = Portal::open(settings, clock.clone()).await.unwrap();
        let letters = letters(&dir);
        let state = AppState::new(
            portal.clone(),
            Vec::new(),
            app::Operator::default(),
            letters,
            Jobs::default(),
        );
        let world = Self {
            portal,
            clock,
            service: router(&state),
            changes: state.changes().clone(),
            dir,
        };
        world.fill().await;
        world
    }

    /// The letters of endorsement.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        letters(&self.dir)
    }

    async fn fill(&self) {
        let day = |text: &str| text.parse().unwrap();
        let new = NewWave {
            key: 2008,
            stichtag: day("2007-10-31"),
            zeitraum: "2007".into(),
            start: day("2008-01-14"),
            deadline: day("2008-02-15"),
            previous: None,
            instrument: None,
        };
        self.portal.wave_add(new).await.unwrap();
        self.portal.import_units(2008, REGISTER.as_bytes(), &[]).await.unwrap();
        self.portal.wave_open(2008).await.unwrap();
        self.portal.mail_run(None, None).await.unwrap();
        for kennung in ["GS-1", "GS-2"] {
            let token = self.token_in_mail(kennung);
            self.portal.set_password(&token, PASSWORD, PASSWORD).await.unwrap();
        }
        self.invite_colleague().await;
        for role in [Role::Viewer, Role::Editor, Role::Admin] {
            let link = self
                .portal
                .staff_add(&format!("{role}@iaw.example"), role)
                .await
                .unwrap();
            let token = link.rsplit('/').next().unwrap();
            self.portal.set_password(token, PASSWORD, PASSWORD).await.unwrap();
        }
    }

    /// The head of GS-1 asks somebody to fill in two modules.
    async fn invite_colleague(&self) {
        let from = std::net::Ipv4Addr::LOCALHOST.into();
        let head = self.portal.sign_in("GS-1", PASSWORD, from).await.unwrap().session;
        let form = portal::ColleagueForm {
            name: "Ute Kern".into(),
            email: COLLEAGUE.into(),
            modules: vec!["B".into(), "D".into()],
            ..portal::ColleagueForm::default()
        };
        self.portal.colleague_invite(&head, &form).await.unwrap();
        self.portal.mail_run(None, None).await.unwrap();
        let token = self.token_in_mail(COLLEAGUE);
        self.portal.set_password(&token, PASSWORD, PASSWORD).await.unwrap();
    }

    /// The token in the latest mail to an account that has one.
    pub(crate) fn token_in_mail(&self, login: &str) -> String {
        let mut files: Vec<_> = std::fs::read_dir(self.dir.path().join("post"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|file| file.to_string_lossy().ends_with(&format!("-{login}.eml")))
            .collect();
        files.sort();
        let link = |file: &std::path::PathBuf| {
            let source = std::fs::read(file).unwrap();
            let body = mailparse::parse_mail(&source).unwrap().subparts[0].get_body().unwrap();
            let word = body.split_whitespace().find(|word| word.contains("/zugang/"))?;
            word.rsplit('/').next().map(str::to_owned)
        };
        files.iter().rev().find_map(link).unwrap()
    }

    /// A browser nobody has signed in with.
    pub(crate) fn browser(&self) -> Client {
        Client::new(self.service.clone())
    }

    /// A browser in which somebody is signed in.
    pub(crate) async fn signed_in(&self, person: Person) -> Client {
        let mut browser = self.browser();
        let login = match person {
            Person::Nobody => return browser,
            Person::Unit(kennung) => kennung.to_owned(),
            Person::Staff(role) => format!("{role}@iaw.example"),
            Person::Colleague => COLLEAGUE.to_owned(),
        };
        let answer = browser
            .post("/anmelden", &[("kennung", &login), ("passwort", PASSWORD)])
            .await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        browser
    }

    /// What is stored for an item of a unit.
    pub(crate) async fn stored(&self, kennung: &str, item: &str) -> Option<survey::Entry> {
        let from = std::net::Ipv4Addr::LOCALHOST.into();
        let session = self.portal.sign_in(kennung, PASSWORD, from).await.unwrap().session;
        let case = self.portal.case_of(&session).await.unwrap().unwrap();
        case.answers.into_iter().find(|answer| answer.item == item)?.entry
    }

    /// Id of a mail that was sent.
    pub(crate) async fn sent_mail(&self) -> String {
        let from = std::net::Ipv4Addr::LOCALHOST.into();
        let staff = self
            .portal
            .sign_in("viewer@iaw.example", PASSWORD, from)
            .await
            .unwrap()
            .session;
        let sent = portal::OutboxFilter {
            state: Some(portal::MailState::Sent),
            ..portal::OutboxFilter::default()
        };
        self.portal.outbox(&staff, &sent).await.unwrap().lines[0].id.clone()
    }

    /// Version of the questionnaire in the field.
    pub(crate) async fn questionnaire(&self) -> String {
        let from = std::net::Ipv4Addr::LOCALHOST.into();
        let session = self.portal.sign_in("GS-1", PASSWORD, from).await.unwrap().session;
        self.portal
            .case_of(&session)
            .await
            .unwrap()
            .unwrap()
            .instrument
            .version
            .clone()
    }
}

/// One letter of endorsement in a folder.
fn letters(dir: &TempDir) -> Vec<Letter> {
    let file = dir.path().join("Landkreistag.pdf");
    std::fs::write(&file, "%PDF-1.7").unwrap();
    vec![Letter {
        name: "Landkreistag.pdf".into(),
        label: "Landkreistag".into(),
        file,
    }]
}
