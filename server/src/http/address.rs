//! Where a request comes from, for throttling. The socket says it; only a
//! proxy the operator names may say otherwise.

use super::state::AppState;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Name of the header proxies add addresses to, the nearest last.
const FORWARDED: &str = "x-forwarded-for";

/// Address of the person's machine as far as it can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClientAddress(pub(super) IpAddr);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let socket = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip().to_canonical());
        Ok(Self(behind_proxies(socket, &parts.headers, state.trusted_proxies())))
    }
}

/// Goes back along the chain of proxies as far as every link is trusted.
fn behind_proxies(socket: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: IpAddr| trusted.iter().any(|net| net.contains(&ip));
    let mut address = socket;
    let chain = headers
        .get_all(FORWARDED)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|one| one.trim().parse::<IpAddr>());
    for link in chain.collect::<Vec<_>>().into_iter().rev() {
        match link {
            Ok(ip) if is_trusted(address) => address = ip.to_canonical(),
            _ => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn from(socket: &str, forwarded: &'static str, trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED, HeaderValue::from_static(forwarded));
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        behind_proxies(socket.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_may_name_another_address() {
        assert_eq!(from("203.0.113.9", "198.51.100.1", &[]), "203.0.113.9");
        assert_eq!(from("10.0.0.1", "198.51.100.1", &["10.0.0.0/8"]), "198.51.100.1");
    }

    #[test]
    fn what_the_client_itself_wrote_does_not_count() {
        assert_eq!(
            from("10.0.0.1", "192.0.2.66, 198.51.100.1", &["10.0.0.0/8"]),
            "198.51.100.1"
        );
        assert_eq!(
            from("10.0.0.1", "192.0.2.66, 198.51.100.1, 10.0.0.2", &["10.0.0.0/8"]),
            "198.51.100.1"
        );
        assert_eq!(from("10.0.0.1", "unfug", &["10.0.0.0/8"]), "10.0.0.1");
    }
}
