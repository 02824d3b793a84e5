//! The portal's own addresses as redirect targets. Nothing a request brings
//! is redirected to before it has been recognised here.

use super::pages::home_of;
use axum::http::{HeaderMap, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use portal::{BaseUrl, Who};

/// Everything but the characters that are plain in any part of a URL.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One segment or value of an address.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// The sign-in page that leads on to `wanted`.
pub(super) fn sign_in_for(wanted: &str) -> String {
    format!("/anmelden?weiter={}", encoded(wanted))
}

/// Where to go after signing in: the page that was wanted, if it is one of
/// this kind of person's, else where they work.
pub(super) fn after_sign_in(wanted: &str, who: &Who) -> String {
    let home = home_of(who);
    if is_below(wanted, home) {
        wanted.to_owned()
    } else {
        home.to_owned()
    }
}

/// The page of the portal that a request came from, as the browser tells.
pub(super) fn sent_from(headers: &HeaderMap, base_url: &BaseUrl) -> Option<String> {
    let told = headers.get(header::REFERER)?.to_str().ok()?;
    let page = told.strip_prefix(base_url.as_str())?;
    let ours = ["/befragung", "/institut"].iter().any(|home| is_below(page, home));
    ours.then(|| page.to_owned())
}

/// Whether `wanted` is `home` or a path below it, written plainly: no host,
/// no dots to climb with, nothing a browser reads differently.
fn is_below(wanted: &str, home: &str) -> bool {
    let plain = |part: &str, more: &[char]| part.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(&c));
    let (path, query) = wanted.split_once('?').unwrap_or((wanted, ""));
    let Some(rest) = path.strip_prefix(home) else {
        return false;
    };
    let below = rest.is_empty() || rest.starts_with('/');
    let segments = rest
        .split('/')
        .skip(1)
        .all(|part| !part.starts_with('.') && !part.is_empty() && plain(part, &['-', '_', '.']));
    below && segments && plain(query, &['=', '&', '-', '_'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit() -> Who {
        Who::Unit {
            unit_id: "1".into(),
            kennung: "GS-1".into(),
            head: true,
            access: portal::Access::WHOLE,
        }
    }

    #[test]
    fn own_pages_are_led_on_to_and_nothing_else() {
        for own in [
            "/befragung",
            "/befragung/D",
            "/befragung/D?pruefen=1",
            "/befragung/pruefung",
        ] {
            assert_eq!(after_sign_in(own, &unit()), own);
        }
        for foreign in [
            "",
            "/",
            "https://boese.example",
            "//boese.example",
            "/\\boese.example",
            "/befragung/../institut",
            "/befragung//boese.example",
            "/befragungen",
            "/institut",
            "/befragung/D\r\nSet-Cookie:x=1",
            "/befragung/%2e%2e",
            "/befragung?weiter=https://boese.example",
            "javascript:alert(1)",
        ] {
            assert_eq!(after_sign_in(foreign, &unit()), "/befragung", "{foreign}");
        }
    }

    #[test]
    fn the_page_before_is_one_of_ours() {
        let base_url = BaseUrl::parse("https://ruecklauf.example").unwrap();
        let told = |page: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::REFERER, page.parse().unwrap());
            sent_from(&headers, &base_url)
        };
        let accounts = "/institut/verwaltung/zugaenge?welle=2008";
        assert_eq!(
            told(&format!("https://ruecklauf.example{accounts}")).as_deref(),
            Some(accounts)
        );
        for foreign in [
            "https://ruecklauf.example.evil.example/institut",
            "https://evil.example/institut",
            "http://ruecklauf.example/institut",
            "https://ruecklauf.example//evil.example",
            "https://ruecklauf.example/befragung/../assets",
            "about:blank",
            "",
        ] {
            assert_eq!(told(foreign), None, "{foreign}");
        }
        assert_eq!(sent_from(&HeaderMap::new(), &base_url), None);
    }

    #[test]
    fn what_was_wanted_survives_the_way_through_the_address() {
        assert_eq!(
            sign_in_for("/befragung/D?pruefen=1"),
            "/anmelden?weiter=%2Fbefragung%2FD%3Fpruefen%3D1"
        );
    }
}
