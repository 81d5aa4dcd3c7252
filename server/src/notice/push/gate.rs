//! Where a push may go. An address comes from whoever is signed in, so it may name nothing but a push service: a host on the list, by
//! name, over https; and what the name leads to must lie outside the house. Nobody gets the server to ask around in its own network.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll};

use axum::http::Uri;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use shared::api::MAX_ENDPOINT_CHARS;
use thiserror::Error;
use tower_service::Service;

pub(super) const HTTPS_PORT: u16 = 443;

/// Which hosts are push services: names, or `*.` and what they end in.
#[derive(Debug, Clone)]
pub struct PushHosts(Vec<String>);

/// Why a list of hosts is none; the words are for the one who runs the server.
#[derive(Debug, Error)]
#[error(
    "{0} is no host of a push service: write names such as push.example or *.push.example, with commas between"
)]
pub struct PushHostsError(String);

impl FromStr for PushHosts {
    type Err = PushHostsError;

    fn from_str(list: &str) -> Result<Self, Self::Err> {
        let hosts = list.split(',').map(str::trim).filter(|it| !it.is_empty());
        let read = |host: &str| {
            let host = host.to_ascii_lowercase();
            let name = host.strip_prefix("*.").unwrap_or(&host);
            match is_name(name) {
                true => Ok(host),
                false => Err(PushHostsError(host)),
            }
        };
        Ok(PushHosts(hosts.map(read).collect::<Result<_, _>>()?))
    }
}

impl PushHosts {
    /// Nobody hears by push.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn have(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.0.iter().any(|known| match known.strip_prefix('*') {
            Some(end) => host.len() > end.len() && host.ends_with(end),
            None => host == *known,
        })
    }
}

/// A name with a dot in it, and no address of numbers.
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !label.is_empty() && label.chars().all(is_plain)
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.')
        && host.split('.').all(is_label)
        && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Where pushes may go.
#[derive(Debug, Clone)]
pub(super) enum Gate {
    Hosts(PushHosts),
    /// For tests: this machine, and nothing else.
    ThisMachine,
}

impl Gate {
    /// The address, if a push may go there.
    pub fn open(&self, endpoint: &str) -> Option<Uri> {
        if endpoint.len() > MAX_ENDPOINT_CHARS {
            return None;
        }
        // What reads it here is what the request is made of: there are no two opinions on which host it names.
        let uri: Uri = endpoint.parse().ok()?;
        let authority = uri.authority()?;
        if authority.as_str().contains('@') {
            return None;
        }
        let may = match self {
            Gate::Hosts(hosts) => {
                let port = authority.as_str().strip_prefix(authority.host());
                let is_usual =
                    port.is_some_and(str::is_empty) || uri.port_u16() == Some(HTTPS_PORT);
                let host = authority.host();
                uri.scheme_str() == Some("https") && is_usual && is_name(host) && hosts.have(host)
            }
            Gate::ThisMachine => {
                uri.scheme_str() == Some("http") && authority.host() == "127.0.0.1"
            }
        };
        may.then_some(uri)
    }
}

/// Finds what lies outside the house, and nothing else.
#[derive(Clone)]
pub(super) struct OutsideResolver(pub GaiResolver);

impl Service<Name> for OutsideResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let found = self.0.call(name);
        Box::pin(async move {
            let found: Vec<SocketAddr> = found.await?.collect();
            match found.iter().all(|address| is_outside(address.ip())) {
                true => Ok(found.into_iter()),
                false => Err(io::Error::from(io::ErrorKind::PermissionDenied)),
            }
        })
    }
}

fn is_outside(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_outside_v4(address),
        IpAddr::V6(address) => is_outside_v6(address),
    }
}

fn is_outside_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation();
    // This network, shared by a provider's customers, protocol assignments, benchmarks, many at once and reserved.
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_assigned = (first, second, third) == (192, 0, 0);
    let is_benchmark = first == 198 && (18..20).contains(&second);
    !(is_special || first == 0 || is_shared || is_assigned || is_benchmark || first >= 224)
}

fn is_outside_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    // An IPv4 address behind a translator (RFC 6052).
    if parts[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let [.., a, b, c, d] = address.octets();
        return is_outside_v4(Ipv4Addr::new(a, b, c, d));
    }
    // Of what is handed out, not examples, and not tunnels that carry an address of their own.
    let is_handed_out = parts[0] & 0xe000 == 0x2000;
    let is_special =
        parts[0] == 0x2002 || (parts[0] == 0x2001 && (parts[1] < 0x200 || parts[1] == 0xdb8));
    is_handed_out && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "fcm.googleapis.com, *.push.example";

    fn opens(endpoint: &str) -> bool {
        Gate::Hosts(LIST.parse().unwrap()).open(endpoint).is_some()
    }

    #[test]
    fn a_push_goes_to_a_host_on_the_list_over_https_and_nowhere_else() {
        for right in [
            "https://fcm.googleapis.com/fcm/send/abc:def",
            "https://FCM.googleapis.com/x",
            "https://fcm.googleapis.com:443/x",
            "https://web.push.example/x?y=z",
        ] {
            assert!(opens(right), "{right}");
        }
        let long = format!("https://fcm.googleapis.com/{}", "a".repeat(10 * 1024));
        for wrong in [
            "",
            "fcm.googleapis.com",
            "/x",
            "http://fcm.googleapis.com/x",
            "ftp://fcm.googleapis.com/x",
            "https://fcm.googleapis.com:8080/x",
            "https://fcm.googleapis.com:/x",
            "https://fcm.googleapis.com:99999/x",
            "https://user@fcm.googleapis.com/x",
            "https://fcm.googleapis.com@10.0.0.1/x",
            "https://10.0.0.1#@fcm.googleapis.com/x",
            "https://10.0.0.1\\@fcm.googleapis.com/x",
            "https://fcm.googleapis.com.evil.example/x",
            "https://evilfcm.googleapis.com/x",
            "https://push.example/x",
            "https://.push.example/x",
            "https://evilpush.example/x",
            "https://localhost/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://10.0.0.1/x",
            "https://169.254.169.254/latest/meta-data",
            "https://2130706433/x",
            "https://0x7f.1/x",
            "https://fcm.googleapis.com/x\r\nHost: y",
            long.as_str(),
        ] {
            assert!(!opens(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_list_of_hosts_has_names_alone() {
        assert!("".parse::<PushHosts>().unwrap().is_empty());
        for wrong in [
            "localhost",
            "*",
            "*.com.",
            "10.0.0.1",
            "[::1]",
            "a b.example",
            "https://a.example",
            "a.example:443",
        ] {
            assert!(wrong.parse::<PushHosts>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_in_the_house_is_not_outside_in_any_spelling() {
        for outside in [
            "142.250.74.138",
            "2a00:1450:400f:80c::200a",
            "::ffff:142.250.74.138",
            "64:ff9b::8efa:4a8a",
        ] {
            assert!(is_outside(outside.parse().unwrap()), "{outside}");
        }
        for inside in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:a00:1::",
            "64:ff9b::a00:1",
            "64:ff9b:1::a00:1",
        ] {
            assert!(!is_outside(inside.parse().unwrap()), "{inside}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_into_the_house_leads_nowhere() {
        let mut resolver = OutsideResolver(GaiResolver::new());
        let found = resolver.call("localhost".parse().unwrap()).await;
        assert_eq!(found.unwrap_err().kind(), io::ErrorKind::PermissionDenied);
    }
}
