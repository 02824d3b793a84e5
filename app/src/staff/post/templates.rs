//! The texts of the mails: which there are, and one of them with a preview
//! for a chosen office.

use crate::context::{FormErrors, Typed};
use crate::layout::Page;
use crate::staff::frame::{Desk, PostNav, area, asked, field, input, notice, table, with_desk};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use portal::{CaseFilter, FormError, Preview, Role, StaffError, Switch, TemplateView, berlin};

/// `/institut/post/vorlagen`
#[component]
pub(in crate::staff) fn TemplateList() -> impl IntoView {
    with_desk(move |desk| async move {
        let wave = desk.wave;
        let rows = desk
            .portal
            .mail_templates(&desk.session)
            .await?
            .into_iter()
            .map(|line| {
                let href = format!("/institut/post/vorlagen/{}?welle={wave}", line.name);
                view! {
                    <tr>
                        <th scope="row"><a href=href>{line.title}</a></th>
                        <td>{changed(line.changed.as_ref())}</td>
                    </tr>
                }
            })
            .collect_view();
        let body = view! {
            <PostNav wave here="/institut/post/vorlagen"/>
            {table("Texte", &["Text", "Stand"], rows)}
        };
        Ok(view! { <Page title="Texte der E-Mails" wide=true>{body}</Page> }.into_any())
    })
}

fn changed(switch: Option<&Switch>) -> String {
    switch.map_or("wie mitgeliefert".to_owned(), |switch| {
        format!("geändert von {} am {}", switch.by, berlin::long(switch.at))
    })
}

/// `/institut/post/vorlagen/{vorlage}`, with `?welle=` and `?kennung=`.
#[component]
pub(in crate::staff) fn TemplatePage() -> impl IntoView {
    let name = use_params_map().get_untracked().get("vorlage").unwrap_or_default();
    let kennung = asked("kennung");
    let notice = notice();
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>();
    with_desk(move |desk| async move {
        let template = desk.portal.mail_template(&desk.session, &name).await?;
        let shown = Shown::new(&desk, &template, typed.as_ref(), kennung).await?;
        let preview = desk
            .portal
            .mail_template_preview(
                &desk.session,
                desk.wave,
                &name,
                &shown.subject,
                &shown.body,
                &shown.kennung,
            )
            .await;
        let (preview, errors) = match preview {
            Ok(preview) => (Some(preview), errors),
            Err(FormError::Invalid(list)) if errors.0.is_empty() => {
                let list = list.into_iter().map(|one| (one.field, one.message)).collect();
                (None, FormErrors(list))
            }
            Err(FormError::Invalid(_)) => (None, errors),
            Err(FormError::Staff(error)) => return Err(error),
        };
        let wave = desk.wave;
        let body = view! {
            <PostNav wave here="/institut/post/vorlagen"/>
            {notice}
            <p class="hint">{changed(template.changed.as_ref())}</p>
            <div class="columns">
                <div>{editor(&desk, &template, &shown, &errors)}{placeholders(&template)}</div>
                {preview_of(preview)}
            </div>
        };
        Ok(view! { <Page title=template.title.clone() caption="Text einer E-Mail" wide=true>{body}</Page> }.into_any())
    })
}

/// What stands in the fields: as typed, else as stored.
struct Shown {
    subject: String,
    body: String,
    revision: String,
    kennung: String,
}

impl Shown {
    async fn new(
        desk: &Desk,
        template: &TemplateView,
        typed: Option<&Typed>,
        kennung: String,
    ) -> Result<Self, StaffError> {
        if let Some(typed) = typed {
            return Ok(Self {
                subject: typed.of("betreff"),
                body: typed.of("text"),
                revision: typed.of("revision"),
                kennung: typed.of("kennung"),
            });
        }
        let kennung = if kennung.is_empty() {
            let cases = desk
                .portal
                .cases(&desk.session, desk.wave, &CaseFilter::default())
                .await?;
            cases.into_iter().next().map(|case| case.kennung).unwrap_or_default()
        } else {
            kennung
        };
        Ok(Self {
            subject: template.subject.clone(),
            body: template.body.clone(),
            revision: template.revision.to_string(),
            kennung,
        })
    }
}

fn editor(desk: &Desk, template: &TemplateView, shown: &Shown, errors: &FormErrors) -> impl IntoView + use<> {
    let path = format!("/institut/post/vorlagen/{}", template.name);
    let admin = desk.may(Role::Admin);
    let save = admin.then(|| view! { <button class="primary">"Speichern"</button> });
    let subject = (template.name != "fuss").then(|| {
        field(
            "betreff".into(),
            "Betreff",
            errors.of("betreff"),
            input("betreff", "text", shown.subject.clone()),
        )
    });
    let reset = (admin && template.changed.is_some()).then(|| {
        let action = format!("{path}/zuruecksetzen");
        view! {
            <details>
                <summary>"Auf den mitgelieferten Text zurücksetzen"</summary>
                <p>"Ihre Fassung geht dabei verloren."</p>
                <form method="post" action=action>
                    <input type="hidden" name="welle" value=desk.wave.to_string()/>
                    <button>"Jetzt zurücksetzen"</button>
                </form>
            </details>
        }
    });
    let preview = format!("{path}/vorschau");
    let live = preview.clone();
    view! {
        <form method="post" action=path data-vorschau=live>
            <input type="hidden" name="welle" value=desk.wave.to_string()/>
            <input type="hidden" name="revision" value=shown.revision.clone()/>
            {subject}
            {field("text".into(), "Text", errors.of("text"), area("text", "22", shown.body.clone()))}
            <p class="hint">"Eine Leerzeile trennt Absätze, ein Zeilenumbruch bleibt einer. „- “ beginnt einen Aufzählungspunkt, [Wort](Adresse) ist ein Link, **Wort** ist fett. {{ platzhalter }} setzt einen Wert ein, {% if platzhalter %} … {% endif %} zeigt etwas nur, wenn es ihn gibt."</p>
            {field("kennung".into(), "Vorschau für die Einheit (Kennung)", errors.of("kennung"), input("kennung", "text", shown.kennung.clone()))}
            <p class="actions">{save}<button formaction=preview>"Vorschau"</button></p>
        </form>
        {reset}
    }
}

fn placeholders(template: &TemplateView) -> impl IntoView + use<> {
    let rows = template
        .placeholders
        .iter()
        .map(|(name, meaning)| view! { <tr><th scope="row"><code>{*name}</code></th><td>{*meaning}</td></tr> })
        .collect_view();
    view! { <h2>"Platzhalter"</h2>{table("Platzhalter", &["Name", "Bedeutung"], rows)} }
}

fn preview_of(preview: Option<Preview>) -> impl IntoView {
    let content = match preview {
        None => view! { <p>"Keine Vorschau: Bitte berichtigen Sie zuerst, was am Text steht."</p> }.into_any(),
        Some(mail) => view! {
            <dl class="facts">
                <div><dt>"An"</dt><dd>{mail.to}</dd></div>
                <div><dt>"Betreff"</dt><dd>{mail.subject}</dd></div>
            </dl>
            <div class="mail" inner_html=mail.html></div>
            <h3>"Textfassung"</h3>
            <pre class="mail" tabindex="0">{mail.text}</pre>
        }
        .into_any(),
    };
    view! { <section id="vorschau" aria-label="Vorschau"><h2>"Vorschau"</h2>{content}</section> }
}
