//! Another contact for an office: what the former one held ends.

use crate::support::{HERE, PASSWORD, REGISTER, World, count, moment, run, story};
use portal::{MailKind, Role, SetPasswordError};

const NEW: &str = "grüne Wolke im Keller";

async fn opens(world: &World, token: &str) -> bool {
    world.portal.token_info(token).await.unwrap().is_some()
}

story!(links_that_went_to_a_former_address_open_nothing, world => {
    world.in_the_field().await;
    world.portal.mail_run(None, None).await.unwrap();
    let staff = world.staff(Role::Editor).await;
    let wrong = world.mail("einladung", "GS-3").token();
    let other = world.mail("einladung", "GS-2").token();
    assert!(opens(&world, &wrong).await);
    world.portal.contact_change(&staff, 2008, "GS-3", "", "neu@uellen.example").await.unwrap();
    assert!(!opens(&world, &wrong).await, "whoever got it by mistake");
    let set = world.portal.set_password(&wrong, NEW, NEW).await;
    assert!(matches!(set, Err(SetPasswordError::Expired)), "{set:?}");
    assert!(opens(&world, &other).await, "other offices' links go on");
    // A register that corrects an address does the same.
    let register = REGISTER
        .replace("jan@aehren.example", "gross@aehren.example")
        .replace("post@uellen", "neu@uellen");
    world.portal.import_units(2008, register.as_bytes(), &[]).await.unwrap();
    assert!(!opens(&world, &other).await);
    // The new addresses get links in their place, each once.
    world.portal.mail_run(None, None).await.unwrap();
    for (kennung, to) in [("GS-3", "neu@uellen.example"), ("GS-2", "gross@aehren.example")] {
        let again = world.mail("einladung-erneut", kennung);
        assert!(again.to.contains(to), "{}", again.to);
        assert!(again.body.contains("frühere Adresse") && !again.body.contains("gebeten"), "{}", again.body);
        world.portal.set_password(&again.token(), NEW, NEW).await.unwrap();
    }
});

story!(an_invitation_that_has_not_left_brings_the_only_link_to_a_new_address, world => {
    world.in_the_field().await;
    let staff = world.staff(Role::Editor).await;
    world.portal.contact_change(&staff, 2008, "GS-3", "", "neu@uellen.example").await.unwrap();
    let run = world.portal.mail_run(None, None).await.unwrap();
    let to_the_new: Vec<_> = run.sent.iter().filter(|mail| mail.recipient == "neu@uellen.example").collect();
    assert_eq!(to_the_new.len(), 1, "{to_the_new:?}");
    assert!(opens(&world, &world.mail("einladung", "GS-3").token()).await);
});

story!(a_link_asked_for_before_does_not_outlive_the_password, world => {
    world.in_the_field().await;
    world.portal.mail_run(None, None).await.unwrap();
    let token = world.mail("einladung", "GS-1").token();
    world.portal.request_access("GS-1", HERE).await.unwrap();
    world.portal.set_password(&token, PASSWORD, PASSWORD).await.unwrap();
    let sent = world.portal.mail_run(None, None).await.unwrap().sent;
    assert!(sent.iter().all(|mail| mail.kind != MailKind::InvitationAgain), "a link of thirty days for an open access");
});

story!(another_person_gets_an_access_of_their_own, world => {
    world.in_the_field().await;
    let former = world.office("GS-1").await;
    world.save(&former, &[("B1", "5.000")]).await;
    let signed = world.portal.sign_in("GS-1", PASSWORD, HERE).await.unwrap();
    let staff = world.staff(Role::Editor).await;
    // A new mailbox of the same person changes nothing about the password.
    world.portal.contact_change(&staff, 2008, "GS-1", "Eva Öhm", "oehm@cordelbach.example").await.unwrap();
    assert!(world.portal.session(&signed.token).await.unwrap().is_some());
    world.sign_in("GS-1").await;
    world.portal.contact_change(&staff, 2008, "GS-1", "Jan Neu", "neu@cordelbach.example").await.unwrap();
    assert!(world.portal.session(&signed.token).await.unwrap().is_none(), "signed out");
    assert!(world.portal.sign_in("GS-1", PASSWORD, HERE).await.is_err(), "and not in again");
    world.portal.mail_run(None, None).await.unwrap();
    let mail = world.mail("einladung-erneut", "GS-1");
    assert!(mail.to.contains("neu@cordelbach.example"), "{}", mail.to);
    assert!(mail.body.contains("Ansprechperson") && !mail.body.contains("gebeten"), "{}", mail.body);
    world.portal.set_password(&mail.token(), PASSWORD, PASSWORD).await.unwrap();
    let head = world.sign_in("GS-1").await;
    assert_eq!(head.display_name, "Jan Neu");
    assert_eq!(world.portal.case_of(&head).await.unwrap().unwrap().answers.len(), 1, "what was typed stays");
});

story!(a_new_wave_brings_new_heads_and_ends_the_access_of_the_old, world => {
    world.in_the_field().await;
    world.office("GS-1").await;
    world.invited("GS-2").await;
    world.clock.advance(moment("2008-04-01T12:00") - world.clock.now());
    world.portal.wave_close(2008).await.unwrap();
    world.clock.advance(moment("2009-01-10T12:00") - world.clock.now());
    let register = REGISTER.replace("Eva Öhm;eva@", "Jan Neu;neu@").replace("jan@aehren", "gross@aehren");
    world.portal.wave_add(World::wave(2009, Some(2008))).await.unwrap();
    world.portal.import_units(2009, register.as_bytes(), &[]).await.unwrap();
    world.sign_in("GS-1").await;
    world.portal.wave_open(2009).await.unwrap();
    assert!(world.portal.sign_in("GS-1", PASSWORD, HERE).await.is_err(), "whoever was head last year");
    world.sign_in("GS-2").await;
    world.clock.advance(moment("2009-01-14T10:00") - world.clock.now());
    world.portal.mail_run(Some(2009), None).await.unwrap();
    let mail = world.mail("einladung", "GS-1");
    assert!(mail.to.contains("neu@cordelbach.example"), "{}", mail.to);
    world.portal.set_password(&mail.token(), NEW, NEW).await.unwrap();
    world.portal.sign_in("GS-1", NEW, HERE).await.unwrap();
});

story!(an_earlier_wave_says_nothing_about_who_heads_an_office_now, world => {
    world.in_the_field().await;
    world.office("GS-1").await;
    let url = &world.settings.database_url;
    run(url, "INSERT INTO cases (id, wave, unit_id, name, sort_key, form, land, contact_name, contact_email, attributes, status, revision, created_at, kennung_key)
              SELECT 'frueher', 2007, unit_id, name, sort_key, form, land, 'X', 'x@cordelbach.example', attributes, 'usable', 1, 1, kennung_key
              FROM cases WHERE kennung_key = 'gs-1'").await;
    run(url, "UPDATE waves SET state = 'closed' WHERE wave = 2007").await;
    let staff = world.staff(Role::Editor).await;
    world.portal.contact_change(&staff, 2007, "GS-1", "Wer War", "damals@cordelbach.example").await.unwrap();
    world.sign_in("GS-1").await;
    assert_eq!(count(url, "SELECT COUNT(*) FROM accounts WHERE email = 'damals@cordelbach.example'").await, 0);
});
