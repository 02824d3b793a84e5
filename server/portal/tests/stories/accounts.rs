//! Accounts of the institute: added, changed, shut; never without somebody
//! who administers.

use crate::support::{HERE, PASSWORD, World, count, story};
use portal::{Role, Session, SignInError, StaffAccountError, StaffChange, StaffError};

async fn id_of(world: &World, admin: &Session, login: &str) -> String {
    let list = world.portal.staff_list(admin).await.unwrap();
    list.into_iter().find(|one| one.login == login).unwrap().id
}

fn refused(outcome: Result<(), StaffAccountError>) -> String {
    match outcome {
        Err(StaffAccountError::Staff(StaffError::Refused(reason))) => reason,
        other => panic!("{other:?}"),
    }
}

story!(somebody_is_invited_and_comes, world => {
    let admin = world.staff(Role::Admin).await;
    world.portal.staff_invite(&admin, " Neu@IAW.example ", "Nina Neu", "editor").await.unwrap();
    let taken = world.portal.staff_invite(&admin, "neu@iaw.example", "", "viewer").await;
    let Err(StaffAccountError::Invalid(errors)) = taken else { panic!("{taken:?}") };
    assert_eq!(errors[0].field, "email");
    for (email, name, role) in [("niemand", "", "viewer"), ("a@b.example", "x\ny", "viewer"), ("a@b.example", "", "chef")] {
        let wrong = world.portal.staff_invite(&admin, email, name, role).await;
        assert!(matches!(wrong, Err(StaffAccountError::Invalid(_))), "{email} {name:?} {role}");
    }
    world.portal.mail_run(None, None).await.unwrap();
    let mail = world.mail("einladung-institut", "Neu@IAW.example");
    assert!(mail.body.starts_with("Guten Tag Nina Neu,"), "{}", mail.body);
    world.portal.set_password(&mail.token(), PASSWORD, PASSWORD).await.unwrap();
    let session = world.sign_in("neu@iaw.example").await;
    assert_eq!(session.who, portal::Who::Staff { role: Role::Editor });
    let list = world.portal.staff_list(&admin).await.unwrap();
    assert_eq!(list.len(), 2);
    assert!(list.iter().all(|one| one.has_password && one.signed_in_at.is_some()));
    let again = world.portal.staff_change(&admin, &id_of(&world, &admin, "Neu@IAW.example").await, StaffChange::InviteAgain).await;
    refused(again);
});

story!(who_never_came_gets_the_link_again, world => {
    let admin = world.staff(Role::Admin).await;
    world.portal.staff_invite(&admin, "neu@iaw.example", "", "viewer").await.unwrap();
    let id = id_of(&world, &admin, "neu@iaw.example").await;
    world.portal.staff_change(&admin, &id, StaffChange::InviteAgain).await.unwrap();
    world.portal.request_access("neu@iaw.example", HERE).await.unwrap();
    let run = world.portal.mail_run(None, None).await.unwrap();
    assert_eq!(run.sent.len(), 4, "the password of the administrator, and three links");
});

story!(roles_hold_at_once_and_the_shut_are_out, world => {
    let admin = world.staff(Role::Admin).await;
    let editor = world.portal.sign_in(&world.staff(Role::Editor).await.login, PASSWORD, HERE).await.unwrap();
    let id = id_of(&world, &admin, "editor@iaw.example").await;
    let change = async |change| world.portal.staff_change(&admin, &id, change).await;
    change(StaffChange::Role(Role::Viewer)).await.unwrap();
    let seen = world.portal.session(&editor.token).await.unwrap().unwrap();
    assert_eq!(seen.who, portal::Who::Staff { role: Role::Viewer });
    change(StaffChange::Name("  Edda Editor ".into())).await.unwrap();
    assert_eq!(world.portal.staff_account(&admin, &id).await.unwrap().name, "Edda Editor");
    change(StaffChange::Disable).await.unwrap();
    assert!(world.portal.session(&editor.token).await.unwrap().is_none());
    let shut = world.portal.sign_in("editor@iaw.example", PASSWORD, HERE).await.map(|_| ());
    assert!(matches!(shut, Err(SignInError::Wrong)), "{shut:?}");
    refused(change(StaffChange::Disable).await);
    change(StaffChange::Enable).await.unwrap();
    world.sign_in("editor@iaw.example").await;
    refused(change(StaffChange::ResetFactor).await);
    let missing = world.portal.staff_change(&admin, "gibt es nicht", StaffChange::Enable).await;
    assert!(matches!(missing, Err(StaffAccountError::Staff(StaffError::NotFound))));
    let actions = "SELECT COUNT(*) FROM audit WHERE action IN
        ('staff_role_changed', 'staff_renamed', 'staff_disabled', 'staff_enabled') AND who = 'admin@iaw.example'";
    assert_eq!(count(&world.settings.database_url, actions).await, 4);
});

story!(somebody_always_administers, world => {
    let admin = world.staff(Role::Admin).await;
    let own = admin.account_id.clone();
    let demote = StaffChange::Role(Role::Editor);
    assert!(refused(world.portal.staff_change(&admin, &own, demote.clone()).await).contains("einzige"));
    refused(world.portal.staff_change(&admin, &own, StaffChange::Disable).await);
    // Somebody who never set a password could not help.
    world.portal.staff_invite(&admin, "zweite@iaw.example", "", "admin").await.unwrap();
    assert!(refused(world.portal.staff_change(&admin, &own, demote.clone()).await).contains("einzige"));
    world.portal.mail_run(None, None).await.unwrap();
    let token = world.mail("einladung-institut", "zweite@iaw.example").token();
    world.portal.set_password(&token, PASSWORD, PASSWORD).await.unwrap();
    let second = world.sign_in("zweite@iaw.example").await;
    // Two who demote each other at the same moment: one stays.
    let other = world.another_portal().await;
    let (one, two) = tokio::join!(
        world.portal.staff_change(&admin, &second.account_id, demote.clone()),
        other.staff_change(&second, &own, demote.clone()),
    );
    let late = match (one, two) {
        (Ok(()), Err(late)) | (Err(late), Ok(())) => late,
        other => panic!("{other:?}"),
    };
    assert!(matches!(late, StaffAccountError::Staff(StaffError::Forbidden)), "no administrator any more: {late:?}");
    let left = "SELECT COUNT(*) FROM accounts WHERE role = 'admin'";
    assert_eq!(count(&world.settings.database_url, left).await, 1);
    for role in [Role::Viewer, Role::Editor] {
        let session = world.staff(role).await;
        assert!(matches!(world.portal.staff_list(&session).await, Err(StaffError::Forbidden)));
        let tried = world.portal.staff_change(&session, &session.account_id, StaffChange::Role(Role::Admin)).await;
        assert!(matches!(tried, Err(StaffAccountError::Staff(StaffError::Forbidden))));
    }
});

story!(offices_are_no_accounts_of_the_institute, world => {
    let admin = world.staff(Role::Admin).await;
    world.in_the_field().await;
    let office = world.office("GS-1").await;
    let office_has_none = world.portal.staff_reset_factor("GS-1").await;
    assert!(matches!(office_has_none, Err(StaffError::Refused(_))), "{office_has_none:?}");
    assert_eq!(world.portal.staff_list(&admin).await.unwrap().len(), 1);
    let none = world.portal.staff_account(&admin, &office.account_id).await.map(|_| ());
    assert!(matches!(none, Err(StaffError::NotFound)), "{none:?}");
    assert!(matches!(world.portal.staff_list(&office).await, Err(StaffError::Forbidden)));
});
