//! The second step of signing in: set up, used, lost.

use crate::support::{HERE, PASSWORD, World, count, run, story};
use chrono::{DateTime, TimeDelta, Utc};
use portal::{
    AccountError, CodeError, FactorState, Pending, Role, Session, SignInError, StaffAccountError, StaffChange,
    StaffError, StaffTotp,
};
use std::net::IpAddr;
use totp_rs::{Builder, Secret};

const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1));
const EDITOR: &str = "editor@iaw.example";

/// What the app on the telephone shows.
fn shows(key: &str, at: DateTime<Utc>) -> String {
    let secret = Secret::try_from_base32(key.replace(' ', "")).unwrap();
    let app = Builder::new().with_secret(secret).build().unwrap();
    app.generate(u64::try_from(at.timestamp()).unwrap()).to_string()
}

/// Sets a factor up and returns its key and the recovery codes.
async fn set_up(world: &World, session: &Session) -> (String, Vec<String>) {
    world.portal.factor_begin(session, (PASSWORD, ""), HERE).await.unwrap();
    let new = world.portal.factor_begun(session).await.unwrap().unwrap();
    let code = shows(&new.key, world.clock.now());
    let (_, codes) = world.portal.factor_confirm(session, &code).await.unwrap();
    world.clock.advance(TimeDelta::seconds(30));
    (new.key, codes)
}

async fn first_step(world: &World) -> Pending {
    match world.portal.sign_in(EDITOR, PASSWORD, HERE).await.map(|_| ()) {
        Err(SignInError::CodeNeeded(pending)) => pending,
        other => panic!("{other:?}"),
    }
}

story!(a_code_is_asked_for_and_counts_once, world => {
    let session = world.staff(Role::Editor).await;
    let elsewhere = world.portal.sign_in(EDITOR, PASSWORD, HERE).await.unwrap();
    assert!(!session.second_factor);
    let wrong = world.portal.factor_begin(&session, ("nicht das richtige", ""), HERE).await;
    assert!(matches!(wrong, Err(AccountError::Invalid(_))), "the password is asked again");
    assert!(world.portal.factor_begun(&session).await.unwrap().is_none());

    world.portal.factor_begin(&session, (PASSWORD, ""), HERE).await.unwrap();
    let new = world.portal.factor_begun(&session).await.unwrap().unwrap();
    assert!(world.portal.factor_begun(&elsewhere.session).await.unwrap().is_none(), "only who began it sees it");
    assert!(matches!(world.portal.factor_confirm(&session, "000000").await, Err(AccountError::Invalid(_))));
    world.portal.sign_in(EDITOR, PASSWORD, HERE).await.unwrap();
    let code = shows(&new.key, world.clock.now());
    let (renewed, codes) = world.portal.factor_confirm(&session, &code).await.unwrap();
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| code.len() == 29), "120 bit each, in six groups of four: {codes:?}");
    let goes_on = world.portal.session(&renewed.token).await.unwrap().unwrap();
    assert!(goes_on.second_factor && goes_on.id == session.id);
    assert!(matches!(world.portal.factor_confirm(&session, &code).await, Err(AccountError::Refused(_))));
    assert!(world.portal.session(&elsewhere.token).await.unwrap().is_none(), "others are signed out");

    let pending = first_step(&world).await;
    let used = world.portal.sign_in_code(&pending.token, &code, HERE).await.map(|_| ());
    assert!(matches!(used, Err(CodeError::Wrong)), "the code of the setting up was used: {used:?}");
    world.clock.advance(TimeDelta::seconds(30));
    let code = shows(&new.key, world.clock.now());
    let signed = world.portal.sign_in_code(&pending.token, &code, HERE).await.unwrap();
    assert!(signed.session.second_factor);
    assert!(world.portal.session(&signed.token).await.unwrap().unwrap().second_factor);
    let again = world.portal.sign_in_code(&pending.token, &code, HERE).await.map(|_| ());
    assert!(matches!(again, Err(CodeError::Expired)), "one first step, one session: {again:?}");
    let pending = first_step(&world).await;
    let replayed = world.portal.sign_in_code(&pending.token, &code, HERE).await.map(|_| ());
    assert!(matches!(replayed, Err(CodeError::Wrong)), "somebody looked over the shoulder: {replayed:?}");

    let url = &world.settings.database_url;
    let digits = "0123456789abcdef";
    let hashed = format!("SELECT COUNT(*) FROM recovery_codes WHERE LENGTH(code_hash) = 64 AND LTRIM(code_hash, '{digits}') = ''");
    assert_eq!(count(url, &hashed).await, 10, "only hashes");
    assert_eq!(count(url, "SELECT COUNT(*) FROM recovery_codes").await, 10);
    for (action, times) in [("factor_set", 1), ("signed_in", 4)] {
        let audited = format!("SELECT COUNT(*) FROM audit WHERE action = '{action}'");
        assert_eq!(count(url, &audited).await, times, "{action}");
    }
    world.portal.mail_run(None, None).await.unwrap();
    let told = world.mail("zweiter-schritt", EDITOR);
    assert!(told.body.contains("Eine App ist eingerichtet"), "{}", told.body);
});

story!(two_at_once_with_one_code_are_not_both_let_in, world => {
    let session = world.staff(Role::Editor).await;
    let (key, codes) = set_up(&world, &session).await;
    for code in [shows(&key, world.clock.now()), codes[0].clone()] {
        let (one, two) = (first_step(&world).await, first_step(&world).await);
        let (one, two) = tokio::join!(
            world.portal.sign_in_code(&one.token, &code, HERE),
            world.portal.sign_in_code(&two.token, &code, ELSEWHERE),
        );
        assert!(one.is_ok() != two.is_ok(), "exactly one with {code}");
    }
});

story!(the_clock_of_the_telephone_may_be_a_step_off, world => {
    let session = world.staff(Role::Editor).await;
    let (key, _) = set_up(&world, &session).await;
    world.clock.advance(TimeDelta::minutes(5));
    for (off, right) in [(-60, false), (60, false), (-30, true), (30, true)] {
        let pending = first_step(&world).await;
        let code = shows(&key, world.clock.now() + TimeDelta::seconds(off));
        let signed = world.portal.sign_in_code(&pending.token, &code, HERE).await;
        assert_eq!(signed.is_ok(), right, "{off} seconds off");
    }
});

story!(recovery_codes_open_once_each_and_are_replaced, world => {
    let session = world.staff(Role::Editor).await;
    let (_, codes) = set_up(&world, &session).await;
    let pending = first_step(&world).await;
    let typed = codes[3].to_lowercase().replace('-', " ");
    let signed = world.portal.sign_in_code(&pending.token, &typed, HERE).await.unwrap();
    let own = world.portal.own_account(&signed.session).await.unwrap();
    assert!(matches!(own.factor, FactorState::InUse { codes_left: 9, .. }), "{:?}", own.factor);
    let pending = first_step(&world).await;
    let again = world.portal.sign_in_code(&pending.token, &codes[3], HERE).await.map(|_| ());
    assert!(matches!(again, Err(CodeError::Wrong)), "{again:?}");
    for wrong in ["", "000000", &codes[3]] {
        let refused = world.portal.factor_codes(&signed.session, (PASSWORD, wrong), HERE).await.map(|_| ());
        assert_eq!(fields(refused), ["code"], "the password alone does not make new ones: {wrong}");
    }
    let new = world.portal.factor_codes(&signed.session, (PASSWORD, &codes[5]), HERE).await.unwrap();
    let old = world.portal.sign_in_code(&pending.token, &codes[4], HERE).await.map(|_| ());
    assert!(matches!(old, Err(CodeError::Wrong)), "{old:?}");
    world.portal.sign_in_code(&pending.token, &new[4], HERE).await.unwrap();
});

story!(the_second_step_waits_ten_minutes_and_is_slowed_down, world => {
    let session = world.staff(Role::Editor).await;
    let (key, _) = set_up(&world, &session).await;
    let pending = first_step(&world).await;
    world.clock.advance(TimeDelta::minutes(10));
    let late = world.portal.sign_in_code(&pending.token, &shows(&key, world.clock.now()), HERE).await.map(|_| ());
    assert!(matches!(late, Err(CodeError::Expired)), "{late:?}");
    let nobody = world.portal.sign_in_code("nie vergeben", "123456", HERE).await.map(|_| ());
    assert!(matches!(nobody, Err(CodeError::Expired)), "{nobody:?}");

    let pending = first_step(&world).await;
    for n in 0..5 {
        let wrong = world.portal.sign_in_code(&pending.token, "000000", HERE).await.map(|_| ());
        assert!(matches!(wrong, Err(CodeError::Wrong)), "{n}: {wrong:?}");
    }
    // Not from another address either, and not by beginning anew.
    let fresh = first_step(&world).await;
    let right = shows(&key, world.clock.now());
    let shut = world.portal.sign_in_code(&fresh.token, &right, ELSEWHERE).await.map(|_| ());
    let Err(CodeError::Throttled { until }) = shut else { panic!("{shut:?}") };
    world.clock.advance(until - world.clock.now());
    let right = shows(&key, world.clock.now());
    world.portal.sign_in_code(&fresh.token, &right, ELSEWHERE).await.unwrap();
});

story!(another_telephone_takes_over_only_when_it_is_confirmed, world => {
    let session = world.staff(Role::Editor).await;
    let (old, codes) = set_up(&world, &session).await;
    for wrong in ["", "000000"] {
        let refused = world.portal.factor_begin(&session, (PASSWORD, wrong), HERE).await;
        assert_eq!(fields(refused), ["code"], "the password alone does not replace it: {wrong}");
    }
    let code = shows(&old, world.clock.now());
    world.portal.factor_begin(&session, (PASSWORD, &code), HERE).await.unwrap();
    let replayed = world.portal.factor_begin(&session, (PASSWORD, &code), HERE).await;
    assert_eq!(fields(replayed), ["code"], "a code counts once here too");
    world.clock.advance(TimeDelta::seconds(30));
    let new = world.portal.factor_begun(&session).await.unwrap().unwrap();
    assert_ne!(new.key, old);
    let pending = first_step(&world).await;
    world.portal.sign_in_code(&pending.token, &shows(&old, world.clock.now()), HERE).await.unwrap();
    world.clock.advance(TimeDelta::minutes(31));
    assert!(world.portal.factor_begun(&session).await.unwrap().is_none(), "begun too long ago");
    world.portal.factor_begin(&session, (PASSWORD, &codes[1]), HERE).await.unwrap();
    let new = world.portal.factor_begun(&session).await.unwrap().unwrap();
    world.portal.factor_confirm(&session, &shows(&new.key, world.clock.now())).await.unwrap();
    world.clock.advance(TimeDelta::minutes(1));
    let pending = first_step(&world).await;
    for gone in [shows(&old, world.clock.now()), codes[0].clone()] {
        let refused = world.portal.sign_in_code(&pending.token, &gone, HERE).await.map(|_| ());
        assert!(matches!(refused, Err(CodeError::Wrong)), "{refused:?}");
    }
    let signed = world.portal.sign_in_code(&pending.token, &shows(&new.key, world.clock.now()), HERE).await.unwrap();
    let session = signed.session;
    let refused = world.portal.factor_remove(&session, (PASSWORD, "000000"), HERE).await;
    assert_eq!(fields(refused), ["code"]);
    world.clock.advance(TimeDelta::seconds(30));
    let code = shows(&new.key, world.clock.now());
    world.portal.factor_remove(&session, (PASSWORD, &code), HERE).await.unwrap();
    world.portal.sign_in(EDITOR, PASSWORD, HERE).await.unwrap();
});

/// Names of the fields that were refused.
fn fields(outcome: Result<(), AccountError>) -> Vec<String> {
    match outcome {
        Err(AccountError::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        other => panic!("{other:?}"),
    }
}

story!(a_factor_that_was_only_begun_is_none, world => {
    let admin = world.staff(Role::Admin).await;
    let session = world.staff(Role::Editor).await;
    let other = world.portal.sign_in(EDITOR, PASSWORD, HERE).await.unwrap();
    world.portal.factor_begin(&session, (PASSWORD, ""), HERE).await.unwrap();
    let refused = world.portal.factor_remove(&session, (PASSWORD, ""), HERE).await;
    assert!(matches!(refused, Err(AccountError::Refused(_))), "{refused:?}");
    let reset = world.portal.staff_change(&admin, &session.account_id, StaffChange::ResetFactor).await;
    assert!(matches!(reset, Err(StaffAccountError::Staff(StaffError::Refused(_)))), "{reset:?}");
    let reset = world.portal.staff_reset_factor(EDITOR).await;
    assert!(matches!(reset, Err(StaffError::Refused(_))), "{reset:?}");
    assert!(world.portal.session(&other.token).await.unwrap().is_some(), "nobody is signed out");
    let url = &world.settings.database_url;
    let noted = "SELECT COUNT(*) FROM audit WHERE action IN ('factor_removed', 'factor_reset')";
    assert_eq!(count(url, noted).await, 0);
    assert_eq!(count(url, "SELECT COUNT(*) FROM outbox WHERE kind = 'zweiter-schritt'").await, 0);
});

story!(an_administrator_keeps_their_own_factor_or_proves_who_they_are, world => {
    let admin = world.staff(Role::Admin).await;
    set_up(&world, &admin).await;
    let refused = world.portal.staff_change(&admin, &admin.account_id, StaffChange::ResetFactor).await;
    let Err(StaffAccountError::Staff(StaffError::Refused(why))) = refused else { panic!("{refused:?}") };
    assert!(why.contains("eigenen"), "{why}");
    let own = world.portal.own_account(&admin).await.unwrap();
    assert!(matches!(own.factor, FactorState::InUse { .. }));
});

story!(a_lost_telephone_is_reset_by_an_administrator_or_on_the_command_line, world => {
    let admin = world.staff(Role::Admin).await;
    let session = world.staff(Role::Editor).await;
    set_up(&world, &session).await;
    let waiting = first_step(&world).await;
    let reset = StaffChange::ResetFactor;
    world.portal.staff_change(&admin, &session.account_id, reset.clone()).await.unwrap();
    let none = world.portal.staff_change(&admin, &session.account_id, reset).await;
    assert!(matches!(none, Err(StaffAccountError::Staff(StaffError::Refused(_)))), "there is none any more: {none:?}");
    let late = world.portal.sign_in_code(&waiting.token, "123456", HERE).await.map(|_| ());
    assert!(matches!(late, Err(CodeError::Expired)), "{late:?}");
    let again = world.portal.sign_in(EDITOR, PASSWORD, HERE).await.unwrap().session;
    world.portal.mail_run(None, None).await.unwrap();
    assert!(world.mail("zweiter-schritt", EDITOR).body.contains("Die Verwaltung hat ihn entfernt"));
    set_up(&world, &again).await;
    world.portal.staff_reset_factor(" Editor@IAW.example").await.unwrap();
    world.portal.sign_in(EDITOR, PASSWORD, HERE).await.unwrap();
    for nothing in [EDITOR, "niemand@iaw.example"] {
        let none = world.portal.staff_reset_factor(nothing).await;
        assert!(matches!(none, Err(StaffError::Refused(_))), "{nothing}: {none:?}");
    }
});

story!(where_it_is_required_there_is_no_way_around_it, world => {
    let session = world.staff(Role::Editor).await;
    let mut settings = world.settings.clone();
    settings.staff_totp = StaffTotp::Required;
    let strict = portal::Portal::open(settings, world.clock.clone()).await.unwrap();
    assert!(strict.lacks_factor(&session) && !world.portal.lacks_factor(&session));
    // What counts is that a code was given in this sign-in, not that the account has a factor.
    let signed = world.portal.sign_in(EDITOR, PASSWORD, HERE).await.unwrap();
    let other = world.staff(Role::Admin).await;
    let (_, codes) = set_up(&world, &other).await;
    let url = &world.settings.database_url;
    let by_hand = format!(
        "INSERT INTO second_factors (account_id, secret, confirmed_at, last_step)
         SELECT '{}', secret, confirmed_at, last_step FROM second_factors", session.account_id);
    run(url, &by_hand).await;
    let seen = strict.session(&signed.token).await.unwrap().unwrap();
    assert!(!seen.second_factor && strict.lacks_factor(&seen));
    run(url, &format!("DELETE FROM second_factors WHERE account_id = '{}'", session.account_id)).await;
    let pending = match strict.sign_in("admin@iaw.example", PASSWORD, HERE).await.map(|_| ()) {
        Err(SignInError::CodeNeeded(pending)) => pending,
        other => panic!("{other:?}"),
    };
    let with_code = strict.sign_in_code(&pending.token, &codes[0], HERE).await.unwrap();
    assert!(!strict.lacks_factor(&strict.session(&with_code.token).await.unwrap().unwrap()), "and is let in");
    world.in_the_field().await;
    let office = world.office("GS-1").await;
    assert!(!strict.lacks_factor(&office), "offices have their mailbox");
    assert!(matches!(strict.factor_begin(&office, (PASSWORD, ""), HERE).await, Err(AccountError::Forbidden)));
    set_up(&world, &session).await;
    let pending = first_step(&world).await;
    assert!(format!("{pending:?}").len() < 10, "no token in a log");
    assert!(matches!(strict.factor_remove(&session, (PASSWORD, "000000"), HERE).await, Err(AccountError::Refused(_))));
});

story!(a_changed_password_ends_everything_else, world => {
    let session = world.staff(Role::Editor).await;
    let other = world.portal.sign_in(EDITOR, PASSWORD, HERE).await.unwrap();
    const NEW: &str = "ein ziemlich langer Satz";
    let wrong = world.portal.change_password(&session, "falsch", (NEW, NEW), HERE).await.map(|_| ());
    let Err(AccountError::Invalid(errors)) = wrong else { panic!("{wrong:?}") };
    assert_eq!(errors[0].field, "passwort0");
    let short = world.portal.change_password(&session, PASSWORD, ("kurz", "kürzer"), HERE).await.map(|_| ());
    let Err(AccountError::Invalid(errors)) = short else { panic!("{short:?}") };
    assert_eq!(errors.len(), 2);
    let old = world.portal.sign_in(EDITOR, PASSWORD, HERE).await.unwrap();
    let new = world.portal.change_password(&old.session, PASSWORD, (NEW, NEW), HERE).await.unwrap();
    assert!(world.portal.session(&old.token).await.unwrap().is_none(), "a stolen cookie ends with the old password");
    let session = world.portal.session(&new.token).await.unwrap().unwrap();
    assert_eq!(session.id, old.session.id, "the same sign-in under another token");
    assert!(world.portal.session(&other.token).await.unwrap().is_none());
    assert_eq!(world.portal.own_account(&session).await.unwrap().others, 0, "this one stays");
    assert!(matches!(world.portal.sign_in(EDITOR, PASSWORD, HERE).await, Err(SignInError::Wrong)));
    world.portal.sign_in(EDITOR, NEW, HERE).await.unwrap();
    world.portal.sign_out_others(&session).await.unwrap();
    assert_eq!(world.portal.own_account(&session).await.unwrap().others, 0);
    for n in 0..9 {
        let guess = world.portal.change_password(&session, &format!("geraten {n}"), (NEW, NEW), HERE).await;
        if let Err(AccountError::Throttled { .. }) = guess {
            assert!(n >= 4, "{n}");
            return;
        }
    }
    panic!("guessing is slowed down here too");
});

story!(who_knows_the_password_keeps_its_owner_out_with_no_number_of_codes, world => {
    let session = world.staff(Role::Editor).await;
    let (key, codes) = set_up(&world, &session).await;
    let stranger = first_step(&world).await;
    for _ in 0..5 {
        let wrong = world.portal.sign_in_code(&stranger.token, "000000", ELSEWHERE).await.map(|_| ());
        assert!(matches!(wrong, Err(CodeError::Wrong)), "{wrong:?}");
    }
    let owner = first_step(&world).await;
    let code = shows(&key, world.clock.now());
    let shut = world.portal.sign_in_code(&owner.token, &code, HERE).await.map(|_| ());
    assert!(matches!(shut, Err(CodeError::Throttled { .. })), "six digits can be guessed: {shut:?}");
    let guessed = world.portal.sign_in_code(&owner.token, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", HERE).await.map(|_| ());
    assert!(matches!(guessed, Err(CodeError::Throttled { .. })), "{guessed:?}");
    let signed = world.portal.sign_in_code(&owner.token, &codes[0], HERE).await.unwrap();
    assert!(signed.session.second_factor);
    let twice = world.portal.sign_in_code(&stranger.token, &codes[0], ELSEWHERE).await.map(|_| ());
    assert!(matches!(twice, Err(CodeError::Wrong)), "and counts once: {twice:?}");
});

story!(a_code_that_was_forgotten_is_no_wrong_password, world => {
    let session = world.staff(Role::Editor).await;
    set_up(&world, &session).await;
    for _ in 0..8 {
        let blank = world.portal.factor_codes(&session, (PASSWORD, ""), HERE).await.map(|_| ());
        assert!(matches!(blank, Err(AccountError::Invalid(_))), "{blank:?}");
    }
});
