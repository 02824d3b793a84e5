//! The way around the institute's pages: one line of sections, the same on
//! every page, which keeps the wave one is looking at.

use crate::context::Waiting;
use leptos::prelude::*;
use leptos_router::location::RequestUrl;

/// Address and name of every section, in the order of a field day.
const SECTIONS: [(&str, &str); 8] = [
    ("/institut", "Rücklauf"),
    ("/institut/faelle", "Fälle"),
    ("/institut/arbeitsliste", "Arbeitsliste"),
    (QUERIES, "Rückfragen"),
    ("/institut/post", "Post"),
    ("/institut/ergebnisse", "Ergebnisse"),
    ("/institut/panel", "Panel"),
    ("/institut/verwaltung", "Verwaltung"),
];

/// The section that says how many answers wait to be looked at.
const QUERIES: &str = "/institut/rueckfragen";

/// Links to all sections; the one this page belongs to is marked.
#[component]
pub(crate) fn InstituteNav() -> impl IntoView {
    // Not the router's hooks: error pages stand outside the router.
    let url = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    let path = url.as_ref().map(|url| url.path().to_owned()).unwrap_or_default();
    let wave: Option<i32> = url.and_then(|url| url.search_params().get("welle")?.parse().ok());
    let here = section_of(&path);
    let waiting = use_context::<Waiting>().unwrap_or_default().0;
    let waiting: u64 = match wave {
        Some(wave) => waiting.get(&wave).copied().unwrap_or(0),
        None => waiting.values().sum(),
    };
    let links = SECTIONS
        .into_iter()
        .map(|(path, name)| {
            let href = wave.map_or_else(|| path.to_owned(), |wave| format!("{path}?welle={wave}"));
            let current = (here == Some(path)).then_some("true");
            if path != QUERIES {
                return view! { <li><a href=href aria-current=current>{name}</a></li> }.into_any();
            }
            let number = (waiting > 0).then(|| {
                view! {
                    <span aria-hidden="true">{format!(" ({waiting})")}</span>
                    <span class="visually-hidden">{format!(", {waiting} beantwortet")}</span>
                }
            });
            view! { <li id="offene-rueckfragen" data-live=""><a href=href aria-current=current>{name}{number}</a></li> }
                .into_any()
        })
        .collect_view();
    view! { <nav class="sections" aria-label="Institut"><ul class="inline">{links}</ul></nav> }
}

/// The section a path belongs to: the longest that leads to it.
fn section_of(path: &str) -> Option<&'static str> {
    if path.starts_with("/institut/fall/") {
        return Some("/institut/faelle");
    }
    if path == "/institut/konto" || path.starts_with("/institut/konto/") {
        return Some("/institut/verwaltung");
    }
    SECTIONS
        .into_iter()
        .map(|(section, _)| section)
        .filter(|section| {
            path.strip_prefix(section)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        .max_by_key(|section| section.len())
}

#[cfg(test)]
mod tests {
    use super::section_of;

    #[test]
    fn every_page_belongs_to_one_section() {
        for (path, section) in [
            ("/institut", Some("/institut")),
            ("/institut/faelle", Some("/institut/faelle")),
            ("/institut/fall/GS-1/kontakte", Some("/institut/faelle")),
            ("/institut/post/ausgang/1", Some("/institut/post")),
            ("/institut/postfach", Some("/institut")),
            ("/institut/konto/codes", Some("/institut/verwaltung")),
            ("/befragung", None),
        ] {
            assert_eq!(section_of(path), section, "{path}");
        }
    }
}
