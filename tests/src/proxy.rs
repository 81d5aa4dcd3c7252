//! A TCP proxy between browser and server that does what networks do: it lets through, answers slowly, is a captive portal,
//! loses the answer on its way back, has a server behind it with a new or an old release of the app, or is not there. It knows of HTTP
//! how a request begins and ends, and the portal's page.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::release::{Release, VERSION};

const CHUNK_BYTES: usize = 16 * 1024;
const HEAD_ENDS: &[u8] = b"\r\n\r\n";
const WORKER: &[u8] = b"GET /service_worker.js ";
const DESK_MODULE: &[u8] = b"GET /desk-";
const MODULE: &[u8] = b".wasm ";
const NOT_FOUND: &[u8] =
    b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
/// The headers by which the server tells a browser what it must not do.
const PROTECTING: [&str; 6] = [
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
];
const PORTAL_PAGE: &str = "<!doctype html><html><head><title>Wi-Fi</title></head><body><h1>Godta vilkårene</h1></body></html>";

/// How the network is now. A change ends the connections that are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    Clear,
    /// Everything arrives this much later, in each direction.
    Slow(Duration),
    /// The request arrives, and the connection is cut when the answer comes.
    AnswerLost,
    /// Every request is answered 200 with a page of somebody else's.
    Portal,
    /// The worker's script says that there is another version, and the desk's module has another name.
    NewRelease,
    /// The app that is handed out is this one; all else is the server's.
    OldRelease(&'static Release),
    /// Connections are taken and dropped.
    Cut,
}

/// Listens until it is dropped.
pub struct Proxy {
    port: u16,
    weather: watch::Sender<Weather>,
    fooled: watch::Receiver<u32>,
    listening: JoinHandle<()>,
}

impl Proxy {
    /// In front of a server, whether it runs or not.
    pub async fn before(server: &str) -> Proxy {
        let server: SocketAddr = server.parse().expect("HOST:PORT");
        let port = crate::port::free();
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .expect("the port was free a moment ago");
        let (weather, now) = watch::channel(Weather::Clear);
        let (count_fooled, fooled) = watch::channel(0);
        let listening = tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                tokio::spawn(connect(browser, server, now.clone(), count_fooled.clone()));
            }
        });
        Proxy {
            port,
            weather,
            fooled,
            listening,
        }
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn turn(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// Waits until a POST was answered by the portal.
    pub async fn post_was_answered_by_portal(&mut self) {
        self.fooled
            .wait_for(|posts| *posts > 0)
            .await
            .expect("the proxy lives");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn connect(
    mut browser: TcpStream,
    server: SocketAddr,
    mut weather: watch::Receiver<Weather>,
    fooled: watch::Sender<u32>,
) {
    let now = *weather.borrow_and_update();
    let carry = async {
        match now {
            Weather::Cut => Ok(()),
            Weather::Portal => be_portal(&mut browser, &fooled).await,
            Weather::Clear => carry(&mut browser, server, Duration::ZERO, false).await,
            Weather::Slow(delay) => carry(&mut browser, server, delay, false).await,
            Weather::NewRelease => carry_new_release(&mut browser, server).await,
            Weather::OldRelease(release) => carry_old_release(&mut browser, server, release).await,
            Weather::AnswerLost => carry(&mut browser, server, Duration::ZERO, true).await,
        }
    };
    tokio::select! {
        // A connection that breaks is what networks do: whoever used it sees it end.
        _ = carry => {}
        _ = weather.changed() => {}
    }
}

/// Carries both ways until an end closes, or the answer begins that is to be lost.
async fn carry(
    browser: &mut TcpStream,
    server: SocketAddr,
    delay: Duration,
    is_answer_lost: bool,
) -> std::io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    let (mut from_browser, mut to_browser) = browser.split();
    let (mut from_server, mut to_server) = server.split();
    let up = async {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let length = from_browser.read(&mut chunk).await?;
            if length == 0 {
                return to_server.shutdown().await;
            }
            tokio::time::sleep(delay).await;
            to_server.write_all(&chunk[..length]).await?;
        }
    };
    let down = async {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let length = from_server.read(&mut chunk).await?;
            if length == 0 {
                return to_browser.shutdown().await;
            }
            if is_answer_lost {
                return Ok(());
            }
            tokio::time::sleep(delay).await;
            to_browser.write_all(&chunk[..length]).await?;
        }
    };
    tokio::select! {
        ended = up => ended,
        ended = down => ended,
    }
}

/// Carries one request and its answer, which is asked for in full and as it is; the worker's script with another version in it.
async fn carry_new_release(browser: &mut TcpStream, server: SocketAddr) -> std::io::Result<()> {
    let request = read_head(browser).await?;
    if request.starts_with(DESK_MODULE) && position(&request, MODULE).is_some() {
        browser.write_all(NOT_FOUND).await?;
        return browser.shutdown().await;
    }
    let is_worker = request.starts_with(WORKER);
    let mut server = TcpStream::connect(server).await?;
    server.write_all(&asking_for_all(&request)).await?;
    if !is_worker {
        tokio::io::copy_bidirectional(browser, &mut server).await?;
        return Ok(());
    }
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    let version = position(&answer, VERSION.as_bytes()).expect("the script has a version");
    let version = version + VERSION.len();
    answer[version] = if answer[version] == b'0' { b'1' } else { b'0' };
    browser.write_all(&answer).await?;
    browser.shutdown().await
}

/// Carries one request and its answer if it is the server's; else hands out the file, with the headers that the server's files have.
/// While there is no server there is nothing.
async fn carry_old_release(
    browser: &mut TcpStream,
    server: SocketAddr,
    release: &Release,
) -> std::io::Result<()> {
    let request = read_head(browser).await?;
    let mut server = TcpStream::connect(server).await?;
    let line = String::from_utf8_lossy(&request);
    let path = line.split(' ').nth(1).unwrap_or_default();
    if path.starts_with("/api/") || path == "/health" {
        server.write_all(&asking_for_all(&request)).await?;
        tokio::io::copy_bidirectional(browser, &mut server).await?;
        return Ok(());
    }
    let asking = b"GET /start.js HTTP/1.1\r\nhost: friminutt\r\nconnection: close\r\n\r\n";
    server.write_all(asking).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    let end = position(&answer, HEAD_ENDS).unwrap_or(answer.len());
    let head = String::from_utf8_lossy(&answer[..end]);
    let protects = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default();
        PROTECTING.contains(&name.to_ascii_lowercase().as_str())
    };
    let (status, kind, content) = match release.answer(path) {
        Some((kind, content)) => ("200 OK", kind, content),
        None => ("404 Not Found", "text/plain", &b""[..]),
    };
    let (kind, length) = (format!("content-type: {kind}"), content.len());
    let length = format!("content-length: {length}\r\nconnection: close\r\n\r\n");
    let status = format!("HTTP/1.1 {status}");
    let mut lines = vec![status.as_str(), &kind, "cache-control: no-cache"];
    lines.extend(head.split("\r\n").filter(protects));
    lines.push(&length);
    browser.write_all(lines.join("\r\n").as_bytes()).await?;
    browser.write_all(content).await?;
    browser.shutdown().await
}

/// Reads until the head of a request is whole.
async fn read_head(browser: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut request = Vec::new();
    while position(&request, HEAD_ENDS).is_none() {
        if browser.read_buf(&mut request).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(request)
}

/// The request without what shortens its answer, and with the wish that the connection ends after it.
fn asking_for_all(request: &[u8]) -> Vec<u8> {
    const LEFT_OUT: [&str; 3] = ["accept-encoding:", "if-none-match:", "connection:"];
    let end = position(request, HEAD_ENDS).expect("the head is whole");
    let (head, body) = request.split_at(end);
    let head = String::from_utf8_lossy(head);
    let stays = |line: &&str| {
        let line = line.to_ascii_lowercase();
        !LEFT_OUT.iter().any(|name| line.starts_with(name))
    };
    let mut lines: Vec<&str> = head.split("\r\n").filter(stays).collect();
    lines.push("connection: close");
    [lines.join("\r\n").as_bytes(), body].concat()
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|some| some == wanted)
}

/// Answers whatever is asked with its own page, as the Wi-Fi of a hotel does.
async fn be_portal(browser: &mut TcpStream, fooled: &watch::Sender<u32>) -> std::io::Result<()> {
    let mut request = vec![0; CHUNK_BYTES];
    let length = browser.read(&mut request).await?;
    if length == 0 {
        return Ok(());
    }
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{PORTAL_PAGE}",
        PORTAL_PAGE.len()
    );
    browser.write_all(answer.as_bytes()).await?;
    browser.shutdown().await?;
    if request.starts_with(b"POST ") {
        fooled.send_modify(|posts| *posts += 1);
    }
    Ok(())
}
