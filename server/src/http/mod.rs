//! HTTP: which addresses there are, and the rules that hold for all of them.
//!
//! Handlers are short: who is asking, one use case of `portal`, its outcome
//! as a redirect or a page of `app`. What holds everywhere (host, origin,
//! size, time, headers, failures) stands in layers around them, with no
//! exception list.

mod access;
mod address;
mod assets;
mod downloads;
mod error;
mod events;
mod failure;
mod fields;
mod forms;
mod functions;
mod headers;
mod host;
mod letters;
mod pages;
mod paths;
mod questionnaire;
mod retry;
mod session;
mod state;
mod stream;
mod tables;

pub use assets::are_built;
pub use error::HttpError;
pub use events::Changes;
pub(crate) use paths::encoded;
pub use state::AppState;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter, get, on, post};
use std::time::Duration;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// Largest body: a module's form with every text at its limit fits in.
const BODY_LIMIT: usize = 1024 * 1024;
/// What the sign-in page may add to a form it carries along.
const CARRIED_LIMIT: usize = BODY_LIMIT + 64 * 1024;
/// Longest time for one answer.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// A router that keeps a list of what it routes.
struct Routes {
    router: Router<AppState>,
    list: Vec<(Method, String)>,
}

impl Routes {
    fn new() -> Self {
        Self {
            router: Router::new(),
            list: Vec::new(),
        }
    }

    fn add(mut self, method: Method, path: &str, handler: MethodRouter<AppState>) -> Self {
        self.router = self.router.route(path, handler);
        self.list.push((method, path.to_owned()));
        self
    }
}

/// Addresses of people: pages and forms, with their session.
fn for_people() -> Routes {
    let pages = pages::paths().into_iter().fold(Routes::new(), |routes, path| {
        routes.add(Method::GET, &path, get(pages::page))
    });
    let forms = pages
        .add(Method::GET, "/", get(pages::home))
        .add(
            Method::POST,
            "/anmelden",
            post(forms::account::sign_in).layer(DefaultBodyLimit::max(CARRIED_LIMIT)),
        )
        .add(
            Method::POST,
            "/anmelden/code",
            post(forms::account::code).layer(DefaultBodyLimit::max(CARRIED_LIMIT)),
        )
        .add(Method::POST, "/abmelden", post(forms::account::sign_out))
        .add(
            Method::POST,
            "/passwort-vergessen",
            post(forms::account::request_access),
        )
        .add(Method::POST, "/zugang/{token}", post(forms::account::set_password))
        .add(Method::POST, "/befragung/pruefung", post(forms::answers::review))
        .add(Method::POST, "/befragung/abgabe", post(forms::answers::submit))
        .add(Method::POST, "/befragung/{modul}", post(forms::answers::module))
        .add(Method::POST, "/befragung/kollegen", post(forms::colleagues::invite))
        .add(
            Method::POST,
            "/befragung/kollegen/{id}/{was}",
            post(forms::colleagues::act),
        )
        .add(
            Method::POST,
            "/institut/fall/{kennung}/kollegen",
            post(forms::colleagues::disable),
        )
        .add(Method::POST, "/befragung/rueckfrage", post(forms::queries::keep))
        .add(Method::POST, "/befragung/rueckfrage/senden", post(forms::queries::send))
        .add(
            Method::POST,
            "/institut/fall/{kennung}/rueckfrage",
            post(forms::queries::ask),
        )
        .add(
            Method::POST,
            "/institut/fall/{kennung}/rueckfrage/{nummer}/{was}",
            post(forms::queries::act),
        )
        .add(Method::GET, "/institut/rueckfragen/csv", get(forms::queries::csv))
        .add(
            Method::POST,
            "/institut/fall/{kennung}/{entscheidung}",
            post(forms::decision::decide),
        );
    let forms = of_administration(of_accounts(at_the_mail_desk(forms)));
    let forms = about_results(about_cases(forms));
    let forms = forms
        .add(Method::POST, "/institut/ziel", post(forms::goals::change))
        .add(Method::GET, "/institut/ereignisse", get(events::stream))
        .add(Method::GET, "/institut/kurve.csv", get(downloads::curve))
        .add(Method::GET, "/institut/ruecklauf.csv", get(downloads::groups))
        .add(Method::GET, "/institut/trichter.csv", get(downloads::funnel))
        .add(Method::GET, "/institut/wirkung.csv", get(downloads::steps))
        .add(Method::GET, "/institut/quoten.csv", get(downloads::quotas));
    app::register_server_functions();
    leptos::server_fn::axum::server_fn_paths().fold(forms, |routes, (path, method)| {
        let only = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::POST);
        routes.add(method, path, on(only, functions::answer))
    })
}

/// The case list as a table, and forms about cases.
fn about_cases(routes: Routes) -> Routes {
    use forms::{cases, entry};
    routes
        .add(Method::POST, "/institut/faelle/auswahl", post(cases::select))
        .add(Method::POST, "/institut/fall/{kennung}/anruf", post(cases::call))
        .add(Method::POST, "/institut/fall/{kennung}/frist", post(cases::deadline))
        .add(Method::POST, "/institut/fall/{kennung}/notizen", post(cases::note))
        .add(Method::POST, "/institut/fall/{kennung}/zugang", post(cases::access))
        .add(Method::POST, "/institut/fall/{kennung}/anwesend", post(cases::presence))
        .add(
            Method::POST,
            "/institut/fall/{kennung}/eingabe/pruefung",
            post(entry::review),
        )
        .add(
            Method::POST,
            "/institut/fall/{kennung}/eingabe/abgabe",
            post(entry::submit),
        )
        .add(
            Method::POST,
            "/institut/fall/{kennung}/eingabe/{modul}",
            post(entry::module),
        )
        .add(Method::GET, "/institut/faelle.csv", get(cases::csv))
        .add(Method::POST, "/institut/faelle/ansichten", post(cases::save_view))
        .add(
            Method::POST,
            "/institut/faelle/ansichten/loeschen",
            post(cases::delete_view),
        )
}

/// Forms about mails and contacts.
fn at_the_mail_desk(routes: Routes) -> Routes {
    use forms::post as desk;
    routes
        .add(Method::POST, "/institut/post/pause", post(desk::pause))
        .add(Method::POST, "/institut/post/weiter", post(desk::resume))
        .add(Method::POST, "/institut/post/schritt", post(desk::step))
        .add(Method::POST, "/institut/post/schritt/loeschen", post(desk::remove_step))
        .add(Method::POST, "/institut/post/vorlagen/{vorlage}", post(desk::template))
        .add(
            Method::POST,
            "/institut/post/vorlagen/{vorlage}/vorschau",
            post(desk::preview),
        )
        .add(
            Method::POST,
            "/institut/post/vorlagen/{vorlage}/zuruecksetzen",
            post(desk::reset_template),
        )
        .add(Method::POST, "/institut/post/ausgang", post(desk::act_again))
        .add(Method::POST, "/institut/post/ausgang/{id}", post(desk::act))
        .add(Method::GET, "/institut/post/ausgang/{id}/html", get(desk::html_part))
        .add(Method::POST, "/institut/post/erinnern", post(desk::remind))
        .add(
            Method::POST,
            "/institut/fall/{kennung}/kontakte/{was}",
            post(desk::contact),
        )
}

/// Forms about one's own account.
fn of_accounts(routes: Routes) -> Routes {
    use forms::own;
    routes
        .add(Method::POST, "/befragung/konto/passwort", post(own::password))
        .add(Method::POST, "/befragung/konto/andere", post(own::others))
        .add(Method::POST, "/institut/konto/passwort", post(own::password))
        .add(Method::POST, "/institut/konto/andere", post(own::others))
        .add(Method::POST, "/institut/konto/zweiter-schritt", post(own::begin_factor))
        .add(
            Method::POST,
            "/institut/konto/zweiter-schritt/bestaetigen",
            post(own::confirm_factor),
        )
        .add(
            Method::POST,
            "/institut/konto/zweiter-schritt/entfernen",
            post(own::remove_factor),
        )
        .add(Method::POST, "/institut/konto/codes", post(own::new_codes))
}

/// Forms and files of the administration.
fn of_administration(routes: Routes) -> Routes {
    use forms::staff;
    routes
        .add(Method::GET, "/institut/verwaltung/protokoll.csv", get(tables::audit))
        .add(Method::GET, "/institut/panel.csv", get(tables::panel))
        .add(Method::GET, "/institut/panel/verzeichnis.csv", get(tables::registers))
        .add(
            Method::POST,
            "/institut/verwaltung/aufbewahrung/fristen",
            post(forms::retention::rules),
        )
        .add(
            Method::POST,
            "/institut/verwaltung/aufbewahrung/loeschen",
            post(forms::retention::begin),
        )
        .add(Method::POST, "/institut/verwaltung/konten", post(staff::invite))
        .add(
            Method::POST,
            "/institut/verwaltung/konten/{id}/{was}",
            post(staff::change),
        )
}

/// Forms and files about results.
fn about_results(routes: Routes) -> Routes {
    use forms::results;
    routes
        .add(Method::GET, "/institut/ergebnisse/csv", get(results::tables_csv))
        .add(
            Method::GET,
            "/institut/ergebnisse/variablen/{item}/csv",
            get(results::variable_csv),
        )
        .add(
            Method::POST,
            "/institut/ergebnisse/export",
            post(forms::exports::download),
        )
        .add(Method::POST, "/institut/ergebnisse/regeln", post(results::rules))
        .add(
            Method::POST,
            "/institut/ergebnisse/rueckmeldung",
            post(results::feedback),
        )
}

/// Addresses of programs and files, which know nobody.
fn for_everybody() -> Routes {
    Routes::new()
        .add(Method::GET, "/assets/{name}", get(assets::serve))
        .add(Method::GET, "/fragebogen/{version}", get(questionnaire::serve))
        .add(Method::GET, "/begleitschreiben/{name}", get(letters::serve))
}

/// Every address with its method, in the notation of the router: what the
/// test of who may do what goes through.
#[must_use]
pub fn routes() -> Vec<(Method, String)> {
    let mut list = for_people().list;
    list.extend(for_everybody().list);
    list.push((Method::GET, HEALTH.to_owned()));
    list
}

const HEALTH: &str = "/healthz";

/// The whole portal as one service.
pub fn router(state: &AppState) -> Router {
    let people = for_people()
        .router
        .route_layer(from_fn_with_state(state.clone(), session::guard))
        .route_layer(from_fn_with_state(state.clone(), session::look_up));
    let compression = CompressionLayer::new().quality(CompressionLevel::Fastest);
    Router::new()
        .merge(people)
        .layer(compression)
        .merge(for_everybody().router)
        .fallback(failure::not_found)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(RequestBodyLimitLayer::new(CARRIED_LIMIT))
        .layer(CsrfLayer::new().with_rejection_response(|_| HttpError::ForeignOrigin.into_response()))
        .layer(from_fn_with_state(state.clone(), host::check))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            TIME_LIMIT,
        ))
        .layer(CatchPanicLayer::custom(failure::panicked))
        .layer(from_fn_with_state(state.clone(), failure::pages))
        .route(HEALTH, get(health))
        .layer(from_fn(access::note))
        .layer(from_fn_with_state(state.clone(), headers::protect))
        .with_state(state.clone())
}

/// `/healthz`: 200 when the database answers.
async fn health(State(state): State<AppState>) -> (StatusCode, &'static str) {
    if state.portal().healthy().await {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "database does not answer\n")
    }
}
