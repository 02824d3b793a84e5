//! What the institute wants of the wave, for admins.

use crate::context::{FormErrors, Typed};
use crate::staff::frame::{field, input};
use leptos::prelude::*;
use portal::{Overview, WaveState};

/// The form about target and size classes.
pub(super) fn form(overview: &Overview, typed: Option<&Typed>, errors: Option<&FormErrors>) -> impl IntoView + use<> {
    let error = |name: &str| errors.and_then(|errors| errors.of(name));
    let value = |name: &str, stored: String| typed.map_or(stored, |typed| typed.of(name));
    let refused = errors.is_some();
    let planned = overview.wave.state == WaveState::Planned;
    let column = value("spalte", overview.size_column.clone().unwrap_or_default());
    let target = value("ziel", overview.target.to_string());
    let sizes = if planned || refused {
        view! {
            {field("spalte".into(), "Größenklassen nach der Spalte des Verzeichnisses (leer: Kunden der Vorwelle)", error("spalte"), input("spalte", "text", column))}
        }
        .into_any()
    } else {
        view! {
            <input type="hidden" name="spalte" value=column/>
            <p class="hint">"Die Größenklassen stehen seit der Eröffnung der Welle fest."</p>
        }
        .into_any()
    };
    view! {
        <details id="ziel-einstellung" open=refused>
            <summary>"Ziel der Welle ändern"</summary>
            <form method="post" action="/institut/ziel" class="narrow">
                <input type="hidden" name="welle" value=overview.wave.key.to_string()/>
                {field("ziel".into(), "Ziel: eingegangen in Prozent der Einheiten", error("ziel"), input("ziel", "text", target))}
                {sizes}
                <p class="actions"><button class="primary">"Speichern"</button></p>
            </form>
        </details>
    }
}
