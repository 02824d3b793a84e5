//! Links that open an access.

use crate::support::{HERE, moment, story};
use chrono::TimeDelta;
use portal::{RequestAccessError, Role, SetPasswordError, TokenPurpose};

const GOOD: &str = "ein ziemlich langer Satz";

story!(an_invitation_opens_the_access_once, world => {
    world.in_the_field().await;
    let run = world.portal.mail_run(Some(2008), None).await.unwrap();
    assert_eq!(run.sent.len(), 3);
    let token = world.mail("einladung", "GS-1").token();
    for _ in 0..3 {
        let info = world.portal.token_info(&token).await.unwrap().unwrap();
        assert_eq!((info.purpose, info.login.as_str()), (TokenPurpose::Invitation, "GS-1"), "looking uses nothing up");
    }
    let refused = world.portal.set_password(&token, "kurz", "anders").await.unwrap_err();
    let SetPasswordError::Invalid(errors) = refused else { panic!("{refused}") };
    let fields: Vec<_> = errors.iter().map(|error| (error.field.as_str(), error.code.as_str())).collect();
    assert_eq!(fields, [("passwort", "length"), ("passwort2", "must_match")]);
    let own = world.portal.set_password(&token, "Cordelbach 2008!", "Cordelbach 2008!").await;
    assert!(matches!(own, Err(SetPasswordError::Invalid(_))), "the office's own name");
    world.portal.set_password(&token, GOOD, GOOD).await.unwrap();
    assert!(world.portal.token_info(&token).await.unwrap().is_none());
    let again = world.portal.set_password(&token, GOOD, GOOD).await;
    assert!(matches!(again, Err(SetPasswordError::Expired)));
    world.portal.sign_in("gs-1", GOOD, HERE).await.unwrap();
});

story!(two_who_follow_one_link_at_once_do_not_both_get_in, world => {
    world.in_the_field().await;
    world.portal.mail_run(None, None).await.unwrap();
    let token = world.mail("einladung", "GS-1").token();
    let (one, other) = tokio::join!(
        world.portal.set_password(&token, "der eine lange Satz", "der eine lange Satz"),
        world.portal.set_password(&token, "der andere lange Satz", "der andere lange Satz"),
    );
    assert!(one.is_ok() != other.is_ok(), "exactly one");
});

story!(links_expire, world => {
    world.in_the_field().await;
    world.portal.mail_run(None, None).await.unwrap();
    let invitation = world.mail("einladung", "GS-1").token();
    world.clock.advance(TimeDelta::days(30) - TimeDelta::seconds(1));
    assert!(world.portal.token_info(&invitation).await.unwrap().is_some());
    world.clock.advance(TimeDelta::seconds(1));
    assert!(world.portal.token_info(&invitation).await.unwrap().is_none());
    let late = world.portal.set_password(&invitation, GOOD, GOOD).await;
    assert!(matches!(late, Err(SetPasswordError::Expired)));

    world.portal.request_access("GS-1", HERE).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    let token = world.mail("einladung-erneut", "GS-1").token();
    world.portal.set_password(&token, GOOD, GOOD).await.unwrap();
    world.portal.request_access(" gs-1 ", HERE).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    let reset = world.mail("neues-passwort", "GS-1").token();
    assert_eq!(world.portal.token_info(&reset).await.unwrap().unwrap().purpose, TokenPurpose::Reset);
    world.clock.advance(TimeDelta::minutes(60));
    assert!(world.portal.token_info(&reset).await.unwrap().is_none());
});

story!(a_new_password_ends_every_session_and_every_other_link, world => {
    world.in_the_field().await;
    let first = world.office("GS-1").await;
    let old = world.portal.sign_in("GS-1", "blauer Elefant am See", HERE).await.unwrap();
    for _ in 0..2 {
        world.portal.request_access("GS-1", HERE).await.unwrap();
    }
    world.portal.mail_run(None, None).await.unwrap();
    let links: Vec<String> = world
        .mails()
        .iter()
        .filter(|mail| mail.file.contains("neues-passwort"))
        .map(|mail| mail.token())
        .collect();
    assert_eq!(links.len(), 2);
    world.portal.set_password(&links[0], GOOD, GOOD).await.unwrap();
    assert!(world.portal.session(&old.token).await.unwrap().is_none(), "signed out everywhere");
    assert!(world.portal.token_info(&links[1]).await.unwrap().is_none(), "the other link is void");
    world.portal.mail_run(None, None).await.unwrap();
    let notice = world.mail("passwort-gesetzt", "GS-1");
    assert!(notice.body.contains("14.01.2008, 09:00 Uhr"), "{}", notice.body);
    assert_eq!(first.login, "GS-1");
});

story!(known_and_unknown_get_the_same_answer_and_one_address_not_without_end, world => {
    world.in_the_field().await;
    let queued = async || world.portal.mail_due(None, None).await.unwrap().len();
    let before = queued().await;
    world.portal.request_access("gibt es nicht", HERE).await.unwrap();
    assert_eq!(queued().await, before);
    for _ in 0..5 {
        world.portal.request_access("GS-2", HERE).await.unwrap();
    }
    assert_eq!(queued().await, before + 3, "three mails an hour and account");
    for n in 0..4 {
        world.portal.request_access(&format!("GS-{n}"), HERE).await.unwrap();
    }
    let refused = world.portal.request_access("GS-1", HERE).await;
    let Err(RequestAccessError::Throttled { until }) = refused else { panic!("{refused:?}") };
    assert!(until > moment("2008-01-14T09:00"));
    world.portal.request_access("GS-1", "198.51.100.1".parse().unwrap()).await.unwrap();
    world.clock.advance(until - moment("2008-01-14T09:00"));
    world.portal.request_access("GS-1", HERE).await.unwrap();
});

story!(staff_gets_a_link_once_and_no_second_account, world => {
    let link = world.portal.staff_add(" Chef@IAW.example ", Role::Admin).await.unwrap();
    assert!(link.starts_with("https://ruecklauf.example/zugang/"));
    assert!(world.portal.staff_add("chef@iaw.example", Role::Viewer).await.is_err(), "taken in any case");
    for wrong in ["", "chef", "chef@", "a b@iaw.example", "chef@iaw.example\nBcc: x"] {
        assert!(world.portal.staff_add(wrong, Role::Viewer).await.is_err(), "{wrong:?}");
    }
    let token = link.rsplit('/').next().unwrap();
    world.portal.set_password(token, GOOD, GOOD).await.unwrap();
    let session = world.portal.sign_in("CHEF@iaw.example", GOOD, HERE).await.unwrap().session;
    assert_eq!(session.who, portal::Who::Staff { role: Role::Admin });
});
