//! What about the mails waits for a person, at the head of the pages where it
//! is seen.

use leptos::prelude::*;
use portal::MailTroubles;

/// A notice with a way to each list; nothing where all goes well.
pub(in crate::staff) fn troubles(wave: i32, found: &MailTroubles) -> Option<impl IntoView + use<>> {
    if found.is_empty() {
        return None;
    }
    let outbox = |state: &str| format!("/institut/post/ausgang?welle={wave}&zustand={state}");
    let plan = format!("/institut/post?welle={wave}");
    let many = |n: u64, one: &str, several: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {several}"),
    };
    let lines = [
        (found.paused, plan.clone(), "Der Versand ist angehalten.".to_owned()),
        (
            found.halted.is_some(),
            plan,
            "Der Versand steht still: Der Postausgang lehnt uns ab.".to_owned(),
        ),
        (
            found.unclear > 0,
            outbox("unclear"),
            many(
                found.unclear,
                "E-Mail ist unklar: Bitte entscheiden Sie, ob sie angekommen ist.",
                "E-Mails sind unklar: Bitte entscheiden Sie, ob sie angekommen sind.",
            ),
        ),
        (
            found.failed > 0,
            outbox("failed"),
            many(found.failed, "E-Mail ist gescheitert.", "E-Mails sind gescheitert."),
        ),
        (
            found.marked > 0,
            format!("/institut/faelle?welle={wave}&gesperrt=ja"),
            many(
                found.marked,
                "Einheit hat eine gesperrte Adresse: Bitte bestätigen oder ändern Sie sie.",
                "Einheiten haben eine gesperrte Adresse: Bitte bestätigen oder ändern Sie sie.",
            ),
        ),
    ];
    let lines = lines
        .into_iter()
        .filter(|(found, ..)| *found)
        .map(|(_, href, text)| view! { <li><a href=href>{text}</a></li> })
        .collect_view();
    Some(view! { <section class="notice warning" aria-label="E-Mails"><ul>{lines}</ul></section> })
}
