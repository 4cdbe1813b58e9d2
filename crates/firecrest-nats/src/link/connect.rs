//! Making a connection.

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::LinkError;
use crate::servers::Server;
use crate::shared::Shared;
use crate::wire::{self, Connect, FromServer, Info};

/// Bytes both ways, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection to a server that has let us in.
pub(crate) struct Connection {
    pub(crate) stream: Box<dyn Stream>,
    /// What was read and not understood yet.
    pub(crate) input: BytesMut,
}

/// Connects to a server, as the node of this name, and returns what the server is.
pub(crate) async fn connect(
    server: &Server,
    name: &str,
    shared: &Shared,
) -> Result<(Connection, Info), LinkError> {
    let limit = shared.timeout;
    timeout(limit, greet(server, name, shared)).await.unwrap_or(Err(LinkError::Silent(limit)))
}

async fn greet(server: &Server, name: &str, shared: &Shared) -> Result<(Connection, Info), LinkError> {
    let stream = TcpStream::connect((&*server.host, server.port)).await.map_err(LinkError::Unreachable)?;
    stream.set_nodelay(true)?;
    let mut connection = Connection { stream: Box::new(stream), input: BytesMut::new() };
    let mut info = connection.greeting().await?;
    if server.must_encrypt && !(info.tls_required || info.tls_available) {
        return Err(LinkError::NoTls);
    }
    let encrypts = server.must_encrypt || info.tls_required;
    if encrypts {
        // What came in the clear after the greeting may be anybody's.
        let stream = shared.tls.encrypt(&server.host, connection.stream).await?;
        connection = Connection { stream, input: BytesMut::new() };
    }
    let mut output = BytesMut::new();
    wire::connect(&Connect::new(name, encrypts, &server.login), &mut output);
    output.extend_from_slice(wire::PING);
    connection.say(&output).await?;
    loop {
        match connection.hear().await? {
            FromServer::Pong => return Ok((connection, info)),
            FromServer::Ping => connection.say(wire::PONG).await?,
            FromServer::Info(newer) => info = newer,
            FromServer::Error(text) => return Err(LinkError::said(&text)),
            FromServer::Message(_) | FromServer::Ok => {}
        }
    }
}

impl Connection {
    /// The first thing that a server says.
    async fn greeting(&mut self) -> Result<Info, LinkError> {
        loop {
            match self.hear().await? {
                FromServer::Info(info) => return Ok(info),
                FromServer::Error(text) => return Err(LinkError::said(&text)),
                _ => {}
            }
        }
    }

    async fn hear(&mut self) -> Result<FromServer, LinkError> {
        loop {
            if let Some(said) = wire::read(&mut self.input)? {
                return Ok(said);
            }
            if self.stream.read_buf(&mut self.input).await? == 0 {
                return Err(LinkError::Closed);
            }
        }
    }

    async fn say(&mut self, text: &[u8]) -> Result<(), LinkError> {
        self.stream.write_all(text).await?;
        Ok(self.stream.flush().await?)
    }
}
