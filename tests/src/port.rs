//! Free ports that stay free while a server is killed and started again: below the range from which the system takes the ports
//! of outgoing connections.

use std::net::TcpListener;

const FIRST: u16 = 20_000;
const LAST: u16 = 32_000;

/// A port that nobody listens on.
pub fn free() -> u16 {
    let start = uuid::Uuid::new_v4().as_u128() as u16 % (LAST - FIRST);
    (0..LAST - FIRST)
        .map(|step| FIRST + (start + step) % (LAST - FIRST))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("one port in twelve thousand is free")
}
