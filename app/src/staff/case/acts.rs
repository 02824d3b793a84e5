//! What an editor may do with a case, each in a form of its own that carries
//! the state of the case it was made from.

use crate::context::{FormErrors, Typed};
use crate::staff::frame::{area, field, input, invalid, select};
use leptos::prelude::*;
use portal::{CallResult, CaseDetail, WaveState};
use survey::status::Status;

/// What came back with a form that was refused.
pub(in crate::staff) struct Refused<'a> {
    pub errors: &'a FormErrors,
    pub typed: &'a Typed,
}

impl Refused<'_> {
    /// Which form it was.
    pub fn which(&self) -> String {
        self.typed.of("formular")
    }

    fn error(&self, what: &str, name: &str) -> Option<String> {
        if self.which() == what {
            self.errors.of(name)
        } else {
            None
        }
    }

    fn value(&self, what: &str, name: &str, otherwise: &str) -> String {
        if self.which() == what {
            self.typed.of(name)
        } else {
            otherwise.to_owned()
        }
    }
}

/// One form about a case, folded away until it is needed.
pub(in crate::staff) fn act(
    (kennung, wave, revision): (&str, i32, i64),
    (what, label, button): (&'static str, &'static str, &'static str),
    open: bool,
    fields: AnyView,
) -> AnyView {
    let action = format!("/institut/fall/{kennung}/{what}");
    view! {
        <details open=open>
            <summary>{label}</summary>
            <form method="post" action=action class="narrow">
                <input type="hidden" name="welle" value=wave.to_string()/>
                <input type="hidden" name="stand" value=revision.to_string()/>
                {fields}
                <p class="actions"><button class="primary">{button}</button></p>
            </form>
        </details>
    }
    .into_any()
}

/// Everything that can be done in the case's status.
pub(super) fn acts(detail: &CaseDetail, refused: &Refused<'_>) -> AnyView {
    let view = &detail.view;
    let of = (view.kennung.as_str(), view.wave.key, detail.revision);
    let which = refused.which();
    let pending = !view.status.is_locked();
    let call = act(
        of,
        ("anruf", "Anruf festhalten", "Festhalten"),
        which == "anruf",
        call_fields(refused, "anruf", ""),
    );
    let deadline = pending.then(|| {
        let day = view.wave.deadline.to_string();
        let reason = refused.value("frist", "grund", "");
        let told = refused.value("frist", "mitteilen", "") == "ja";
        let fields = view! {
            {field("frist".into(), "Neue Frist", refused.error("frist", "frist"), input("frist", "date", refused.value("frist", "frist", &day)))}
            {field("frist-grund".into(), "Grund", refused.error("frist", "grund"), input("grund", "text", reason))}
            {check("mitteilen", "Der Einheit per E-Mail mitteilen", told)}
            <p class="hint">"Gilt nur für diese Einheit: im Fragebogen, in E-Mails und für Erinnerungen, die sich nach der Frist richten. Die Frist der Welle nimmt die Verlängerung zurück."</p>
        };
        act(of, ("frist", "Frist verlängern", "Frist ändern"), which == "frist", fields.into_any())
    });
    let open = view.wave.state == WaveState::Open;
    let access = (open && view.status != Status::Ineligible).then(|| {
        let fields = view! { <p>{format!("Ein neuer Link geht an {}.", view.contact.email)}</p> };
        act(
            of,
            ("zugang", "Zugang noch einmal schicken", "Link schicken"),
            false,
            fields.into_any(),
        )
    });
    let refuse = matches!(
        view.status,
        Status::NotInvited | Status::Invited | Status::Opened | Status::Started
    )
    .then(|| {
        let fields = view! {
            {reason(refused, "verweigert")}
            {sure(refused, "verweigert", "Ja, diese Einheit nimmt nicht teil. Sie wird nicht mehr erinnert.")}
        };
        act(
            of,
            ("verweigert", "Als verweigert vermerken", "Vermerken"),
            which == "verweigert",
            fields.into_any(),
        )
    });
    let exclude = (view.status != Status::Ineligible).then(|| {
        const WHAT: &str = "gehoert-nicht-dazu";
        let next = refused.value(WHAT, "nachfolge", "");
        let fields = view! {
            {reason(refused, WHAT)}
            {field("nachfolge".into(), "Kennung der Nachfolgerin, wenn sie zusammengelegt wurde", refused.error(WHAT, "nachfolge"), input("nachfolge", "text", next))}
            {sure(refused, WHAT, "Ja, der Fall scheidet aus der Erhebung aus. Das lässt sich nicht zurücknehmen.")}
        };
        act(of, (WHAT, "Gehört nicht zur Erhebung (aufgelöst, zusammengelegt, doppelt)", "Ausschließen"), which == WHAT, fields.into_any())
    });
    let enter = (!view.locked).then(|| {
        let href = format!("/institut/fall/{}/eingabe", view.kennung);
        view! { <p><a href=href>"Angaben für die Einheit eintragen"</a></p> }
    });
    let contacts = format!("/institut/fall/{}/kontakte?welle={}", view.kennung, view.wave.key);
    view! {
        <section class="acts" aria-label="Handeln">
            <h2>"Handeln"</h2>
            {call}{deadline}{access}{decisions(detail, refused)}{refuse}{exclude}{enter}
            <p><a href=contacts>"Ansprechperson oder Adresse ändern, schreiben, abmelden"</a></p>
        </section>
    }
    .into_any()
}

/// The fields of a call; `suffix` tells several such forms on a page apart.
pub(in crate::staff) fn call_fields(refused: &Refused<'_>, what: &str, suffix: &str) -> AnyView {
    let results = std::iter::once((String::new(), "bitte wählen".to_owned()))
        .chain(
            CallResult::ALL
                .iter()
                .map(|one| (one.name().to_owned(), one.label().to_owned())),
        )
        .collect();
    let id = |name: &str| format!("{name}{suffix}");
    view! {
        {field(id("ergebnis"), "Wie ging er aus?", refused.error(what, "ergebnis"), select("ergebnis", results, refused.value(what, "ergebnis", "")))}
        {field(id("rueckruf"), "Wieder anrufen am", refused.error(what, "rueckruf"), input("rueckruf", "date", refused.value(what, "rueckruf", "")))}
        {field(id("anrufnotiz"), "Notiz", refused.error(what, "notiz"), area("notiz", "3", refused.value(what, "notiz", "")))}
        <p class="hint">"Bis zum Tag des Rückrufs steht der Fall nicht auf der Arbeitsliste."</p>
    }
    .into_any()
}

/// Accept, reject, reopen: one reason, a button for each.
fn decisions(detail: &CaseDetail, refused: &Refused<'_>) -> Option<AnyView> {
    let view = &detail.view;
    let mut offered: Vec<(&'static str, &'static str)> = Vec::new();
    if matches!(view.status, Status::Submitted | Status::Query | Status::Unusable) {
        offered.push(("verwertbar", "Als vollständig verwertbar annehmen"));
    }
    if matches!(view.status, Status::Submitted | Status::Query | Status::Usable) {
        offered.push(("nicht-verwertbar", "Als nicht verwertbar einstufen"));
    }
    if matches!(
        view.status,
        Status::Submitted | Status::Query | Status::Usable | Status::Unusable
    ) {
        offered.push(("wieder-oeffnen", "Für Korrekturen wieder öffnen"));
    }
    let which = refused.which();
    let open = offered.iter().any(|(path, _)| *path == which);
    let error = refused.errors.of("grund").filter(|_| open);
    let wrong = error.is_some();
    let typed = if open { refused.typed.of("grund") } else { String::new() };
    (!offered.is_empty()).then(|| {
        let kennung = view.kennung.clone();
        let buttons = offered
            .into_iter()
            .map(|(path, label)| {
                view! { <button formaction=format!("/institut/fall/{kennung}/{path}")>{label}</button> }
            })
            .collect_view();
        view! {
            <details open=open>
                <summary>"Status ändern"</summary>
                <form method="post" class="narrow">
                    <input type="hidden" name="welle" value=view.wave.key.to_string()/>
                    <input type="hidden" name="stand" value=detail.revision.to_string()/>
                    <div class="field">
                        <label for="grund">"Grund"</label>
                        <div class="hint" id="grund-hilfe">"Wird mit Ihrem Namen und der Zeit festgehalten."</div>
                        <div class="findings" id="grund-fehler">{error.map(|error| view! { <p class="finding error">{error}</p> })}</div>
                        <textarea id="grund" name="grund" rows="2" maxlength="1000" aria-describedby="grund-hilfe grund-fehler"
                            aria-invalid=invalid(wrong) autofocus=wrong>{typed}</textarea>
                    </div>
                    <div class="actions">{buttons}</div>
                </form>
            </details>
        }
        .into_any()
    })
}

fn reason(refused: &Refused<'_>, what: &'static str) -> AnyView {
    let typed = refused.value(what, "grund", "");
    field(
        format!("grund-{what}"),
        "Grund",
        refused.error(what, "grund"),
        input("grund", "text", typed),
    )
    .into_any()
}

/// What cannot be undone is asked once more.
fn sure(refused: &Refused<'_>, what: &'static str, label: &'static str) -> AnyView {
    let error = refused.error(what, "bestaetigt");
    let id = format!("bestaetigt-{what}");
    let errors = format!("{id}-fehler");
    let (checked, wrong) = (refused.value(what, "bestaetigt", "") == "ja", error.is_some());
    view! {
        <div class="findings" id=errors.clone()>{error.map(|error| view! { <p class="finding error">{error}</p> })}</div>
        <div class="field check">
            <input type="checkbox" id=id.clone() name="bestaetigt" value="ja" checked=checked aria-describedby=errors
                aria-invalid=invalid(wrong) autofocus=wrong/>
            <label for=id>{label}</label>
        </div>
    }
    .into_any()
}

fn check(name: &'static str, label: &'static str, checked: bool) -> AnyView {
    view! {
        <div class="field check">
            <input type="checkbox" id=name name=name value="ja" checked=checked/>
            <label for=name>{label}</label>
        </div>
    }
    .into_any()
}
