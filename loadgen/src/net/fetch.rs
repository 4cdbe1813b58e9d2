//! Asking the server something over HTTP, while nothing is measured.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::http;

/// The largest answer in bytes.
const MAX_ANSWER: u64 = 64 * 1024;

/// The text at a path. It blocks.
///
/// # Errors
/// When there is none, or it does not come in time.
pub(crate) fn fetch(address: SocketAddr, path: &str, timeout: Duration) -> io::Result<String> {
    let mut socket = TcpStream::connect_timeout(&address, timeout)?;
    socket.set_read_timeout(Some(timeout))?;
    socket.set_write_timeout(Some(timeout))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    socket.take(MAX_ANSWER).read_to_end(&mut answer)?;
    text(&answer).ok_or_else(|| io::Error::other(format!("{path} is not answered with a text")))
}

fn text(answer: &[u8]) -> Option<String> {
    let (head, rest) = http::split(answer)?;
    let body = head.body(rest).filter(|_| head.status() == Some(200))?;
    String::from_utf8(body.into_owned()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_with_status_200() {
        let answer = |status: &str| format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\n17");
        assert_eq!(text(answer("200 OK").as_bytes()).as_deref(), Some("17"));
        assert_eq!(text(answer("404 Not Found").as_bytes()), None);
        assert_eq!(text(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n17"), None);
        assert_eq!(text(b"HTTP/1.1 200 OK\r\n\r\n\xff"), None);
    }
}
