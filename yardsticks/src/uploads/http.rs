//! A file in the body of a request.

use std::error::Error;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::server::Server;
use crate::{File, seconds};

/// Sends it, and gives the seconds until the answer.
pub(crate) async fn send(server: &Server, file: &File) -> Result<f64, Box<dyn Error>> {
    let mut stream = TcpStream::connect(server.address).await?;
    stream.set_nodelay(true)?;
    let start = Instant::now();
    let size = file.size();
    let head = format!(
        "POST /plain HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {size}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    for _ in 0..file.chunks {
        stream.write_all(&file.chunk).await?;
    }
    let answer = read(&mut stream).await?;
    if !answer.starts_with("HTTP/1.1 200") || !answer.ends_with(&size.to_string()) {
        return Err(format!("it was answered {answer:?}").into());
    }
    Ok(seconds(start))
}

/// The page at `/`, with its head.
pub(crate) async fn page(server: &Server) -> Result<String, Box<dyn Error>> {
    let mut stream = TcpStream::connect(server.address).await?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    read(&mut stream).await
}

async fn read(stream: &mut TcpStream) -> Result<String, Box<dyn Error>> {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
