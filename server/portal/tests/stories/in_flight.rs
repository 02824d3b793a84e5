//! What changes while a password is being compared: whoever is under way with
//! the old one does not arrive.

use crate::support::{HERE, PASSWORD, World, count, run, story};
use portal::{AccountError, Role, SignInError, StaffAccountError, StaffChange, StaffError};
use std::net::IpAddr;
use std::time::Duration;
use tokio::task::JoinHandle;

const EDITOR: &str = "editor@iaw.example";

/// Something that compares a password and has not come to it yet: others are
/// before it.
struct UnderWay<T> {
    itself: JoinHandle<T>,
    others: Vec<JoinHandle<()>>,
}

impl<T: Send + 'static> UnderWay<T> {
    async fn begin(world: &World, what: impl Future<Output = T> + Send + 'static) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let others: Vec<_> = (0..cores * 12)
            .map(|n| {
                let portal = world.portal.clone();
                let from: IpAddr = format!("203.0.113.{n}").parse().unwrap();
                tokio::spawn(async move {
                    let nobody = portal.sign_in(&format!("niemand-{n}"), PASSWORD, from).await;
                    assert!(matches!(nobody.map(|_| ()), Err(SignInError::Wrong)));
                })
            })
            .collect();
        counted(world, others.len()).await;
        let itself = tokio::spawn(what);
        counted(world, others.len() + 1).await;
        tokio::time::sleep(Duration::from_millis(30)).await;
        Self { itself, others }
    }

    /// Its outcome; fails where it was over before.
    async fn outcome(self) -> T {
        assert!(!self.itself.is_finished(), "it should have been under way");
        for other in self.others {
            other.await.unwrap();
        }
        self.itself.await.unwrap()
    }
}

/// Waits until so many attempts are counted.
async fn counted(world: &World, wanted: usize) {
    let counted = "SELECT COUNT(*) FROM throttle WHERE scope = 'name' AND failures > 0";
    while count(&world.settings.database_url, counted).await < i64::try_from(wanted).unwrap() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Gives an account the password of another one at once, as a link does.
async fn exchange(world: &World, account_id: &str) {
    let of_other = "(SELECT o.password_hash FROM accounts o WHERE o.login = 'andere@iaw.example')";
    let url = &world.settings.database_url;
    run(
        url,
        &format!("UPDATE accounts SET password_hash = {of_other} WHERE id = '{account_id}'"),
    )
    .await;
}

/// Somebody with another password.
async fn another(world: &World) {
    const OTHER: &str = "grüne Wolke im Keller";
    let link = world
        .portal
        .staff_add("andere@iaw.example", Role::Viewer)
        .await
        .unwrap();
    let token = link.rsplit('/').next().unwrap();
    world.portal.set_password(token, OTHER, OTHER).await.unwrap();
}

async fn sessions(world: &World, account_id: &str) -> i64 {
    let sessions = format!("SELECT COUNT(*) FROM sessions WHERE account_id = '{account_id}'");
    count(&world.settings.database_url, &sessions).await
}

story!(the_old_password_does_not_arrive_after_the_new_one, world => {
    let session = world.staff(Role::Editor).await;
    another(&world).await;
    let portal = world.portal.clone();
    let signing = UnderWay::begin(&world, async move { portal.sign_in(EDITOR, PASSWORD, HERE).await.map(|_| ()) }).await;
    exchange(&world, &session.account_id).await;
    let outcome = signing.outcome().await;
    assert!(matches!(outcome, Err(SignInError::Wrong)), "{outcome:?}");
    assert_eq!(sessions(&world, &session.account_id).await, 1, "the one from before");
});

story!(who_is_shut_out_does_not_arrive, world => {
    let admin = world.staff(Role::Admin).await;
    let session = world.staff(Role::Editor).await;
    let portal = world.portal.clone();
    let signing = UnderWay::begin(&world, async move { portal.sign_in(EDITOR, PASSWORD, HERE).await.map(|_| ()) }).await;
    world.portal.staff_change(&admin, &session.account_id, StaffChange::Disable).await.unwrap();
    let outcome = signing.outcome().await;
    assert!(matches!(outcome, Err(SignInError::Wrong)), "{outcome:?}");
    world.portal.staff_change(&admin, &session.account_id, StaffChange::Enable).await.unwrap();
    assert_eq!(sessions(&world, &session.account_id).await, 0, "nor when it is open again");
});

story!(who_was_signed_out_changes_no_password_and_no_factor, world => {
    let session = world.staff(Role::Editor).await;
    let (portal, own) = (world.portal.clone(), session.clone());
    const NEW: &str = "ein ziemlich langer Satz";
    let changing = UnderWay::begin(&world, async move {
        portal.change_password(&own, PASSWORD, (NEW, NEW), HERE).await.map(|_| ())
    }).await;
    world.portal.sign_out_everywhere(&session).await.unwrap();
    let outcome = changing.outcome().await;
    assert!(matches!(outcome, Err(AccountError::SignedOut)), "{outcome:?}");
    world.sign_in(EDITOR).await;
});

story!(a_factor_is_not_begun_with_the_old_password, world => {
    let session = world.staff(Role::Editor).await;
    another(&world).await;
    let (portal, own) = (world.portal.clone(), session.clone());
    let beginning = UnderWay::begin(&world, async move { portal.factor_begin(&own, (PASSWORD, ""), HERE).await }).await;
    exchange(&world, &session.account_id).await;
    let outcome = beginning.outcome().await;
    assert!(matches!(outcome, Err(AccountError::SignedOut)), "{outcome:?}");
    assert_eq!(count(&world.settings.database_url, "SELECT COUNT(*) FROM second_factors").await, 0);
});

story!(a_session_that_has_ended_does_nothing_about_its_account, world => {
    let session = world.staff(Role::Editor).await;
    world.portal.factor_begin(&session, (PASSWORD, ""), HERE).await.unwrap();
    let other = world.portal.sign_in(EDITOR, PASSWORD, HERE).await.unwrap();
    world.portal.sign_out(&session).await.unwrap();
    let confirmed = world.portal.factor_confirm(&session, "000000").await.map(|_| ());
    assert!(matches!(confirmed, Err(AccountError::SignedOut)), "{confirmed:?}");
    let ended = world.portal.sign_out_others(&session).await;
    assert!(matches!(ended, Err(AccountError::SignedOut)), "{ended:?}");
    assert!(world.portal.session(&other.token).await.unwrap().is_some());
});

story!(who_administers_no_more_changes_nothing_more, world => {
    let admin = world.staff(Role::Admin).await;
    world.portal.staff_invite(&admin, "zweite@iaw.example", "", "admin").await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    let token = world.mail("einladung-institut", "zweite@iaw.example").token();
    world.portal.set_password(&token, PASSWORD, PASSWORD).await.unwrap();
    let second = world.sign_in("zweite@iaw.example").await;
    let editor = world.staff(Role::Editor).await;
    world.portal.staff_change(&admin, &second.account_id, StaffChange::Role(Role::Editor)).await.unwrap();
    // Their request was let in as an administrator's a moment ago.
    let promoted = world.portal.staff_change(&second, &editor.account_id, StaffChange::Role(Role::Admin)).await;
    assert!(matches!(promoted, Err(StaffAccountError::Staff(StaffError::Forbidden))), "{promoted:?}");
    let invited = world.portal.staff_invite(&second, "dritte@iaw.example", "", "admin").await;
    assert!(matches!(invited, Err(StaffAccountError::Staff(StaffError::Forbidden))), "{invited:?}");
    let others = "SELECT COUNT(*) FROM accounts WHERE role = 'admin'";
    assert_eq!(count(&world.settings.database_url, others).await, 1);
});
