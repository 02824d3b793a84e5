//! A world to tell stories in: a portal on a fresh database, a clock that
//! stands still, a directory for mails.

mod database;
mod field;
mod mails;
mod smtp;

pub(crate) use database::{Database, count, postgres_or_skip, run, try_run};
pub(crate) use field::{PASSWORD, REGISTER, changes, day};
pub(crate) use smtp::{Reply, Smtp, Step};

use chrono::{DateTime, Utc};
use portal::{BaseUrl, Clock, Endorsement, MailTarget, Portal, Settings, SmtpServer, SmtpTls, berlin};
use std::net::{IpAddr, Ipv4Addr};
use tempfile::TempDir;

/// Where most requests come from.
pub(crate) const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));

/// Everything a story needs.
pub(crate) struct World {
    pub(crate) portal: Portal,
    pub(crate) clock: Clock,
    pub(crate) dir: TempDir,
    pub(crate) settings: Settings,
}

impl World {
    pub(crate) async fn new(database: Database) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = database.url(&dir).await;
        let clock = Clock::fixed(moment("2008-01-14T09:00"));
        let base_url = BaseUrl::parse("https://ruecklauf.example").unwrap();
        let mut settings = Settings::new(url, base_url, MailTarget::Dir(dir.path().join("post")));
        settings.letters = vec![Endorsement {
            label: "Deutscher Landkreistag".into(),
            url: "https://ruecklauf.example/schreiben/landkreistag.pdf".into(),
        }];
        let portal = Portal::open(settings.clone(), clock.clone()).await.unwrap();
        Self {
            portal,
            clock,
            dir,
            settings,
        }
    }

    /// The same database through another process's eyes.
    pub(crate) async fn another_portal(&self) -> Portal {
        Portal::open(self.settings.clone(), self.clock.clone()).await.unwrap()
    }

    /// Settings for a mail server, little patience among them.
    pub(crate) fn smtp_settings(&self, smtp: &Smtp) -> SmtpServer {
        let mut server = SmtpServer::new("127.0.0.1", smtp.port, SmtpTls::None);
        server.patience = std::time::Duration::from_millis(500);
        server
    }

    /// The same database, with a mail server.
    pub(crate) async fn with_smtp(&self, smtp: &Smtp) -> Portal {
        self.with_server(self.smtp_settings(smtp)).await
    }

    pub(crate) async fn with_server(&self, server: SmtpServer) -> Portal {
        let mut settings = self.settings.clone();
        settings.mail = MailTarget::Smtp(Box::new(server));
        Portal::open(settings, self.clock.clone()).await.unwrap()
    }
}

/// A local moment, `2008-01-14T09:00`.
pub(crate) fn moment(text: &str) -> DateTime<Utc> {
    berlin::parse_moment(text).unwrap()
}

/// Tells a story twice: `name::sqlite` and `name::postgres`.
macro_rules! story {
    ($name:ident, $world:pat => $body:block) => {
        async fn $name($world: crate::support::World) $body

        mod $name {
            use crate::support::{Database, World, postgres_or_skip};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(World::new(Database::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(database) = postgres_or_skip() {
                    super::$name(World::new(database).await).await;
                }
            }
        }
    };
}
pub(crate) use story;
