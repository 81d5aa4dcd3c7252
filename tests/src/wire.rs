//! The thinnest HTTP/1.1 client: it counts bytes, and it costs little beside the server that is measured.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it came over the wire.
pub struct Answer {
    pub status: u16,
    /// As it came.
    pub head: String,
    pub body: Vec<u8>,
    /// Request and answer, heads included.
    pub bytes_up: u64,
    pub bytes_down: u64,
}

impl Answer {
    /// What every header of this name says.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(move |(its, _)| its.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// One request on a connection of its own.
pub async fn request(
    address: &str,
    method: &str,
    path: &str,
    cookie: &str,
    body: &[u8],
) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    exchange(&mut stream, address, method, path, cookie, body).await
}

/// One request on an open connection.
pub async fn exchange(
    stream: &mut TcpStream,
    host: &str,
    method: &str,
    path: &str,
    cookie: &str,
    body: &[u8],
) -> io::Result<Answer> {
    let headers = [
        ("cookie", cookie),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/octet-stream"),
    ];
    answer(stream, &written(host, method, path, &headers, body)).await
}

/// One request on a connection of its own, with these headers besides those without which it is none.
pub async fn request_with(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    answer(&mut stream, &written(address, method, path, headers, body)).await
}

fn written(host: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut sent = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\n");
    for (name, value) in headers {
        sent.extend([name, ": ", value, "\r\n"]);
    }
    sent.extend(["content-length: ", &body.len().to_string(), "\r\n\r\n"]);
    let mut sent = sent.into_bytes();
    sent.extend(body);
    sent
}

async fn answer(stream: &mut TcpStream, sent: &[u8]) -> io::Result<Answer> {
    stream.write_all(sent).await?;
    let mut received = Vec::with_capacity(4096);
    let head_bytes = loop {
        if let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        more(stream, &mut received).await?;
    };
    let raw_head = String::from_utf8_lossy(&received[..head_bytes]).into_owned();
    let head = raw_head.to_ascii_lowercase();
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "not an answer with a length");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .ok_or_else(broken)?;
    let told = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.trim().parse().ok());
    let length: usize = match status {
        204 | 304 => 0,
        _ if head.contains("transfer-encoding: chunked") => {
            let bytes_up = sent.len() as u64;
            let body = chunks(stream, received.split_off(head_bytes)).await?;
            return Ok(Answer {
                status,
                head: raw_head,
                bytes_up,
                bytes_down: (head_bytes + body.len()) as u64,
                body,
            });
        }
        // A redirect says all in its head.
        303 => told.unwrap_or(0),
        _ => told.ok_or_else(broken)?,
    };
    while received.len() < head_bytes + length {
        more(stream, &mut received).await?;
    }
    Ok(Answer {
        status,
        head: raw_head,
        bytes_up: sent.len() as u64,
        bytes_down: received.len() as u64,
        body: received.split_off(head_bytes),
    })
}

/// A body that comes in pieces, each with its length in hex before it; the last has none.
async fn chunks(stream: &mut TcpStream, mut received: Vec<u8>) -> io::Result<Vec<u8>> {
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "not a body in pieces");
    let mut body = Vec::new();
    loop {
        let line = loop {
            if let Some(end) = received.windows(2).position(|two| two == b"\r\n") {
                break end;
            }
            more(stream, &mut received).await?;
        };
        let digits = std::str::from_utf8(&received[..line]).map_err(|_| broken())?;
        let length = usize::from_str_radix(digits, 16).map_err(|_| broken())?;
        let ends = line + 2 + length + 2;
        while received.len() < ends {
            more(stream, &mut received).await?;
        }
        body.extend(&received[line + 2..ends - 2]);
        if length == 0 {
            return Ok(body);
        }
        received.drain(..ends);
    }
}

async fn more(stream: &mut TcpStream, into: &mut Vec<u8>) -> io::Result<()> {
    match stream.read_buf(into).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}
