//! Pages of `app`: which there are, what they are given, and how one is
//! rendered, also outside a request of its own (after a refused form).

use super::error::HttpError;
use super::state::AppState;
use app::{Assets, Failure, FormErrors, Once, Operator, RecoveryCodes, Resume, Typed, Viewer, Waiting};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::provide_context;
use portal::{Portal, Who};
use std::sync::Arc;

/// Everything a page finds in its context.
#[derive(Clone)]
pub(super) struct PageContext {
    pub(super) viewer: Viewer,
    pub(super) errors: Option<FormErrors>,
    pub(super) typed: Option<Typed>,
    pub(super) resume: Option<Resume>,
    pub(super) failure: Option<Failure>,
    pub(super) codes: Option<RecoveryCodes>,
    pub(super) portal: Portal,
    pub(super) assets: Assets,
    pub(super) operator: Arc<Operator>,
}

impl PageContext {
    /// What every page gets.
    pub(super) fn new(state: &AppState, viewer: Viewer) -> Self {
        Self {
            viewer,
            errors: None,
            typed: None,
            resume: None,
            failure: None,
            codes: None,
            portal: state.portal().clone(),
            assets: state.assets(),
            operator: state.operator(),
        }
    }

    /// Puts everything into the context of the page that is being rendered.
    pub(super) fn provide(self) {
        provide_context(self.portal);
        provide_context(self.assets);
        provide_context(self.operator);
        provide_context(self.viewer);
        provide_context(once());
        self.errors.into_iter().for_each(provide_context);
        self.typed.into_iter().for_each(provide_context);
        self.resume.into_iter().for_each(provide_context);
        self.failure.into_iter().for_each(provide_context);
        self.codes.into_iter().for_each(provide_context);
    }
}

/// Another text on every page.
fn once() -> Once {
    let random = || getrandom::u64().unwrap_or_default();
    Once(format!("{:016x}{:016x}", random(), random()))
}

/// Renders the page of a path with a context of its own.
pub(super) async fn render(context: PageContext, path: &str) -> Response {
    match path.parse::<Uri>() {
        Ok(uri) => {
            let mut request = Request::new(Body::empty());
            *request.uri_mut() = uri;
            render_request(context, request).await
        }
        Err(_) => HttpError::NotFound.into_response(),
    }
}

async fn render_request(context: PageContext, request: Request) -> Response {
    let staff = request.uri().path().starts_with("/institut");
    let waiting = waiting(&context).await;
    let provide = move || {
        provide_context(waiting.clone());
        context.clone().provide();
    };
    if staff {
        leptos_axum::render_app_async_with_context(provide, app::staff::shell)(request).await
    } else {
        leptos_axum::render_app_async_with_context(provide, app::office::shell)(request).await
    }
}

/// What the way around the institute's pages says; nothing for others, and
/// where the store does not answer.
async fn waiting(context: &PageContext) -> Waiting {
    match &context.viewer.0 {
        Some(session) if matches!(session.who, Who::Staff { .. }) => {
            Waiting(context.portal.queries_waiting(session).await.unwrap_or_default())
        }
        _ => Waiting::default(),
    }
}

/// Any page that somebody asked for.
pub(super) async fn page(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    request: Request,
) -> Response {
    let _turn = state.rendering().await;
    render_request(PageContext::new(&state, viewer), request).await
}

/// `/`: to where one works, or to the sign-in.
pub(super) async fn home(Extension(viewer): Extension<Viewer>) -> Redirect {
    Redirect::to(match viewer.0 {
        None => "/anmelden",
        Some(session) => home_of(&session.who),
    })
}

/// Where somebody works.
pub(super) fn home_of(who: &Who) -> &'static str {
    match who {
        Who::Unit { .. } => "/befragung",
        Who::Staff { .. } => "/institut",
    }
}

/// Paths of all pages, in the notation of the router.
pub(super) fn paths() -> Vec<String> {
    let office = leptos_axum::generate_route_list(app::office::shell);
    let staff = leptos_axum::generate_route_list(app::staff::shell);
    office
        .iter()
        .chain(&staff)
        .map(|listing| listing.path().to_owned())
        .collect()
}
