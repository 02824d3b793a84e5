//! The checked instrument as the browser reads it. Its address carries its
//! version, so browsers keep it for good; it is packed once per version.

use super::assets::{Encoding, FOREVER, preferred};
use super::error::HttpError;
use super::state::AppState;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use survey::Instrument;

/// Strong enough for what is packed once and sent to every office.
const BROTLI_QUALITY: u32 = 9;
/// Window of 4 MB: the whole instrument.
const BROTLI_WINDOW: u32 = 22;
const BROTLI_BUFFER: usize = 64 * 1024;

/// Instruments that have been asked for, packed.
#[derive(Debug, Default)]
pub(super) struct Questionnaires(Mutex<HashMap<String, Arc<Packed>>>);

#[derive(Debug)]
struct Packed {
    plain: Bytes,
    brotli: Bytes,
    gzip: Bytes,
}

/// `/fragebogen/{version}.bin`
pub(super) async fn serve(
    State(state): State<AppState>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let version = file.strip_suffix(".bin").ok_or(HttpError::NotFound)?;
    let packed = match state.questionnaires().find(version) {
        Some(packed) => packed,
        None => {
            let instrument = state.portal().instrument(version).await?.ok_or(HttpError::NotFound)?;
            let packed = tokio::task::spawn_blocking(move || pack(&instrument)).await;
            let packed = packed
                .map_err(|error| HttpError::Internal(error.to_string()))?
                .map_err(|error| HttpError::Internal(error.to_string()))?;
            state.questionnaires().keep(version, packed)
        }
    };
    let (body, encoding) = match preferred(&headers) {
        Encoding::Brotli => (&packed.brotli, Some("br")),
        Encoding::Gzip => (&packed.gzip, Some("gzip")),
        Encoding::Plain => (&packed.plain, None),
    };
    let mut response = body.clone().into_response();
    let to = response.headers_mut();
    to.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    to.insert(header::CACHE_CONTROL, FOREVER);
    to.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        to.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}

impl Questionnaires {
    fn find(&self, version: &str) -> Option<Arc<Packed>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(version)
            .cloned()
    }

    fn keep(&self, version: &str, packed: Packed) -> Arc<Packed> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(version.to_owned())
            .or_insert_with(|| Arc::new(packed))
            .clone()
    }
}

fn pack(instrument: &Instrument) -> io::Result<Packed> {
    let plain = app::packed_instrument(instrument).map_err(io::Error::other)?;
    let mut brotli = Vec::new();
    brotli::CompressorWriter::new(&mut brotli, BROTLI_BUFFER, BROTLI_QUALITY, BROTLI_WINDOW).write_all(&plain)?;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&plain)?;
    let gzip = gzip.finish()?;
    Ok(Packed {
        plain: plain.into(),
        brotli: brotli.into(),
        gzip: gzip.into(),
    })
}
