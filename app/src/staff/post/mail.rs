//! One mail as its receiver saw it, and what may be done about it.

use crate::layout::Page;
use crate::staff::frame::{PostNav, notice, with_desk};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use portal::{MailDetail, MailState, OutboxAct, Role, berlin};

/// `/institut/post/ausgang/{id}`
#[component]
pub(in crate::staff) fn MailPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let notice = notice();
    with_desk(move |desk| async move {
        let mail = desk.portal.outbox_mail(&desk.session, &id).await?;
        let wave = desk.wave;
        let acts = desk.may(Role::Editor).then(|| acts(&mail));
        let body = view! {
            <PostNav wave/>
            {notice}
            {facts(&mail)}
            {acts}
            {content(&mail)}
        };
        Ok(view! { <Page title=mail.line.step_title.clone() caption="E-Mail" wide=true>{body}</Page> }.into_any())
    })
}

fn facts(mail: &MailDetail) -> impl IntoView + use<> {
    let line = &mail.line;
    let office = line.kennung.clone().map(|kennung| {
        let wave = line.wave.map(|wave| format!("?welle={wave}")).unwrap_or_default();
        let href = format!("/institut/fall/{kennung}/kontakte{wave}");
        view! { <div><dt>"Einheit"</dt><dd><a href=href>{kennung}</a> " " {line.office.clone()}</dd></div> }
    });
    let fact = |name: &'static str, value: Option<String>| {
        value.map(|value| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
    };
    view! {
        <dl class="facts">
            {fact("Stand", Some(line.state.label().to_owned()))}
            {office}
            {fact("An", Some(line.recipient.clone()))}
            {fact("Betreff", mail.subject.clone())}
            {fact("Fällig", Some(berlin::long(line.due_at)))}
            {fact("Verschickt", line.sent_at.map(berlin::long))}
            {fact("Versuche", Some(line.attempts.to_string()))}
            {fact("Antwort oder Grund", line.answer.clone())}
            {fact("Zustellbericht", line.bounce.clone())}
            {fact("Message-ID", Some(mail.message_id.clone()))}
        </dl>
    }
}

fn acts(mail: &MailDetail) -> impl IntoView + use<> {
    let action = format!("/institut/post/ausgang/{}", mail.line.id);
    let forms = mail
        .line
        .state
        .acts()
        .iter()
        .map(|act| {
            view! {
                <form method="post" action=action.clone()>
                    <input type="hidden" name="tun" value=act.name()/>
                    <p>{explanation(*act)}</p>
                    <button>{act.label()}</button>
                </form>
            }
        })
        .collect::<Vec<_>>();
    (!forms.is_empty())
        .then(|| view! { <section class="acts" aria-label="Was tun?"><h2>"Was tun?"</h2>{forms}</section> })
}

fn explanation(act: OutboxAct) -> &'static str {
    match act {
        OutboxAct::Retry => {
            "Die E-Mail wird beim nächsten Durchgang noch einmal versucht; eine Sperre der Adresse fällt weg."
        }
        OutboxAct::Cancel => "Die E-Mail geht nicht (mehr) hinaus. Das lässt sich nicht rückgängig machen.",
        OutboxAct::Delivered => {
            "Die Verbindung brach nach dem Inhalt ab. Im Protokoll des Mailservers steht unter der Message-ID, ob er sie angenommen hat. Hat er, wählen Sie dies."
        }
        OutboxAct::SendAgain => {
            "Hat der Mailserver sie nicht angenommen, geht sie mit derselben Message-ID noch einmal hinaus."
        }
    }
}

fn content(mail: &MailDetail) -> impl IntoView + use<> {
    match (&mail.text, &mail.html) {
        (Some(text), html) => {
            let html = html.is_some().then(|| {
                let href = format!("/institut/post/ausgang/{}/html", mail.line.id);
                view! { <p><a href=href>"HTML-Fassung ansehen"</a></p> }
            });
            view! {
                <h2>"So hat sie der Empfänger gesehen"</h2>
                <p class="hint">"Links, die etwas öffnen, sind durch … ersetzt: Sie stehen nirgends als in der E-Mail selbst."</p>
                {html}
                <pre class="mail" tabindex="0">{text.clone()}</pre>
            }
            .into_any()
        }
        _ => view! { <p>{without_text(mail.line.state)}</p> }.into_any(),
    }
}

fn without_text(state: MailState) -> &'static str {
    match state {
        MailState::Queued | MailState::Deferred => "Der Text entsteht im Augenblick des Versands.",
        _ => {
            "Zu dieser E-Mail ist kein Text gespeichert: Sie wurde nicht geschrieben, oder die Frist für ihren Text ist abgelaufen."
        }
    }
}
