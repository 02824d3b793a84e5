//! Copies of the whole database, under load and restorable.

use crate::support::{changes, story};
use portal::{BackupError, Portal};
use std::process::Command;

story!(a_copy_made_under_load_is_whole_and_opens, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.complete(&session).await;
    let writer = {
        let (portal, session) = (world.portal.clone(), session.clone());
        tokio::spawn(async move {
            for n in 0..100 {
                let text = format!("Anmerkung {n}");
                portal.save(&session, &changes(&[("Z1", &text)], 0)).await.unwrap();
            }
        })
    };
    let file = world.dir.path().join("sicherung");
    world.portal.backup(&file).await.unwrap();
    writer.await.unwrap();
    let again = world.portal.backup(&file).await;
    assert!(matches!(again, Err(BackupError::Exists(_))), "never overwrites");

    let mut settings = world.settings.clone();
    if settings.database_url.starts_with("sqlite:") {
        settings.database_url = format!("sqlite:{}", file.display());
    } else {
        let (server, name) = settings.database_url.rsplit_once('/').unwrap();
        let restored = format!("{name}_restored");
        let run = |program: &str, args: &[&str]| {
            let done = Command::new(program).args(args).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        };
        run("createdb", &["--maintenance-db", &format!("{server}/postgres"), &restored]);
        let target = format!("{server}/{restored}");
        run("pg_restore", &["--exit-on-error", "--dbname", &target, file.to_str().unwrap()]);
        settings.database_url = target;
    }
    let restored = Portal::open(settings, world.clock.clone()).await.unwrap();
    let answers = restored.case_of(&session).await.unwrap().unwrap().answers.len();
    assert!(answers >= crate::common::COMPLETE.len(), "{answers}");
});
