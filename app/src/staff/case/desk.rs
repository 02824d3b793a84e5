//! What the people of the institute tell each other about a case: who has it
//! open, notes, what was changed.

use super::acts::{Refused, act};
use crate::staff::frame::{area, field, table};
use leptos::prelude::*;
use portal::{CaseDetail, Note, berlin};

/// Who else has the case open; kept up to date by the script of these pages.
pub(super) fn presence(detail: &CaseDetail) -> AnyView {
    let text = if detail.others.is_empty() {
        String::new()
    } else {
        format!("Gerade auch geöffnet von: {}", detail.others.join(", "))
    };
    let here = format!("/institut/fall/{}/anwesend", detail.view.kennung);
    view! {
        <div class="presence" role="status" id="anwesend" data-anwesend=here data-welle=detail.view.wave.key.to_string()
            data-stand=detail.revision.to_string()>
            <p data-andere="">{text}</p>
            <p data-geaendert=""></p>
        </div>
    }
    .into_any()
}

/// The notes, newest first, and the place for a new one.
pub(super) fn notes(detail: &CaseDetail, refused: &Refused<'_>, may_act: bool) -> AnyView {
    let of = (detail.view.kennung.as_str(), detail.view.wave.key, detail.revision);
    let written = refused.which() == "notizen";
    let about = refused.typed.of("notiz");
    let (error, typed) = (refused.errors.of("text"), refused.typed.of("text"));
    let new = may_act.then(|| {
        let mine = written && about.is_empty();
        let (error, text) = if mine {
            (error.clone(), typed.clone())
        } else {
            (None, String::new())
        };
        let fields = field("notiz-neu".into(), "Notiz", error, area("text", "3", text));
        act(
            of,
            ("notizen", "Notiz schreiben", "Festhalten"),
            mine,
            fields.into_any(),
        )
    });
    let list: Vec<_> = detail
        .notes
        .iter()
        .filter(|note| !(note.text().is_empty() && note.versions.len() == 1))
        .map(|note| {
            let change = (may_act && note.own).then(|| {
                let mine = written && about == note.id;
                let (error, text) =
                    if mine { (error.clone(), typed.clone()) } else { (None, note.text().to_owned()) };
                let fields = view! {
                    <input type="hidden" name="notiz" value=note.id.clone()/>
                    {field(format!("notiz-{}", note.id), "Notiz (leer nimmt sie zurück)", error, area("text", "3", text))}
                };
                act(of, ("notizen", "Ändern", "Ändern"), mine, fields.into_any())
            });
            one_note(note, change)
        })
        .collect();
    let empty = list.is_empty().then(|| view! { <p>"Noch keine Notizen."</p> });
    view! { <section class="acts"><h2>"Notizen"</h2>{new}{empty}<ul class="notes">{list}</ul></section> }.into_any()
}

fn one_note(note: &Note, change: Option<AnyView>) -> AnyView {
    let (first, _) = &note.versions[0];
    let text = if note.text().is_empty() {
        "(zurückgenommen)".to_owned()
    } else {
        note.text().to_owned()
    };
    let earlier: Vec<_> = note.versions[..note.versions.len() - 1]
        .iter()
        .map(|(at, text)| view! { <li><span class="evidence">{berlin::long(*at)}</span> " " {text.clone()}</li> })
        .collect();
    let earlier = (!earlier.is_empty())
        .then(|| view! { <details><summary>"Frühere Fassungen"</summary><ul>{earlier}</ul></details> });
    view! {
        <li>
            <p class="evidence">{format!("{}, {}", note.who, berlin::long(*first))}</p>
            <p class="note">{text}</p>
            {earlier}{change}
        </li>
    }
    .into_any()
}

/// What staff changed, and every transition.
pub(super) fn changes(detail: &CaseDetail) -> Option<AnyView> {
    let rows: Vec<_> = detail
        .changes
        .iter()
        .map(|change| {
            view! { <tr><td>{berlin::long(change.at)}</td><td>{change.what.clone()}</td><td>{change.who.clone()}</td></tr> }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! { <details><summary>"Alle Änderungen am Fall"</summary>{table("Änderungen", &["Wann", "Was", "Wer"], rows)}</details> }
            .into_any()
    })
}
