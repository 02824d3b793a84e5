//! Stylesheet, scripts and WebAssembly, inside the program and compressed
//! when it was built. Their names carry a hash of their content, so browsers
//! keep them for good.

use super::error::HttpError;
use app::Assets;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// One file with its compressed forms.
struct Asset {
    name: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Content under a name that changes with it.
pub(super) const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Addresses of the files, for the head of the pages.
pub(super) fn addresses() -> Assets {
    let address = |stem: &str, kind: &str| {
        let asset = ASSETS
            .iter()
            .find(|asset| asset.name.starts_with(stem) && asset.name.ends_with(kind))?;
        Some(format!("/assets/{}", asset.name))
    };
    Assets {
        css: address("style.", ".css"),
        boot: address("start.", ".js"),
        staff: address("institut.", ".js"),
        preload: address("app.", ".js").into_iter().collect(),
    }
}

/// Whether the program was built with its browser part.
#[must_use]
pub fn are_built() -> bool {
    !ASSETS.is_empty()
}

/// `/assets/{name}`
pub(super) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, HttpError> {
    let asset = ASSETS
        .iter()
        .find(|asset| asset.name == name)
        .ok_or(HttpError::NotFound)?;
    let (kind, tag) = (content_type(asset.name), format!("\"{}\"", asset.name));
    let etag = HeaderValue::from_str(&tag).map_err(|_| HttpError::NotFound)?;
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent == etag);
    let (body, encoding) = match preferred(&headers) {
        Encoding::Brotli => (asset.brotli, Some("br")),
        Encoding::Gzip => (asset.gzip, Some("gzip")),
        Encoding::Plain => (asset.plain, None),
    };
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body.into_response()
    };
    let to = response.headers_mut();
    to.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    to.insert(header::CACHE_CONTROL, FOREVER);
    to.insert(header::ETAG, etag);
    to.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        to.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        _ => "application/wasm",
    }
}

/// Forms in which an answer can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

/// The best form the client takes: what it refuses (`;q=0`) is not sent.
pub(super) fn preferred(headers: &HeaderMap) -> Encoding {
    let takes = |wanted: &str| {
        headers
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|one| {
                let (name, quality) = one.split_once(';').unwrap_or((one, "q=1"));
                let refused = quality
                    .trim()
                    .trim_start_matches("q=")
                    .parse::<f32>()
                    .is_ok_and(|q| q <= 0.0);
                (!refused).then_some(name.trim())
            })
            .any(|name| name.eq_ignore_ascii_case(wanted))
    };
    if takes("br") {
        Encoding::Brotli
    } else if takes("gzip") {
        Encoding::Gzip
    } else {
        Encoding::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(value: &'static str) -> Encoding {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
        preferred(&headers)
    }

    #[test]
    fn the_smallest_form_the_client_takes_is_sent() {
        assert_eq!(accepting("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(accepting("gzip;q=0.5, br;q=0"), Encoding::Gzip);
        assert_eq!(accepting("identity"), Encoding::Plain);
        assert_eq!(preferred(&HeaderMap::new()), Encoding::Plain);
    }
}
