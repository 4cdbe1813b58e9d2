//! A load balancer without any cleverness: one connection to each node in turn.

use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crate::failure::Failure;

/// How long a node may take to accept a connection; then the next is asked.
const ACCEPTS_WITHIN: Duration = Duration::from_secs(1);

/// Listens on a port of loopback, 0 for a free one, until the process ends. Returns where.
pub(super) fn start(port: u16, nodes: Vec<SocketAddr>) -> Result<SocketAddr, Failure> {
    let failure =
        |error| Failure::new(format!("cannot listen on port {port}: {error}. Choose another with --port"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failure)?;
    let address = listener.local_addr().map_err(failure)?;
    thread::spawn(move || {
        for (turn, client) in listener.incoming().enumerate() {
            let Ok(client) = client else { continue };
            let nodes = nodes.clone();
            thread::spawn(move || carry(client, &nodes, turn));
        }
    });
    Ok(address)
}

/// Connects a client with the node whose turn it is, or the next that accepts. Without any it is hung up on.
fn carry(client: TcpStream, nodes: &[SocketAddr], turn: usize) {
    let candidates = nodes.iter().cycle().skip(turn % nodes.len()).take(nodes.len());
    let node = candidates.map(|node| TcpStream::connect_timeout(node, ACCEPTS_WITHIN)).find_map(Result::ok);
    let Some(node) = node else { return };
    let (Ok(back), Ok(forth)) = (node.try_clone(), client.try_clone()) else { return };
    let answers = thread::spawn(move || pass(back, forth));
    pass(client, node);
    // It ends when both sides have hung up.
    let _ = answers.join();
}

/// Passes on everything from one side to the other, and then its end.
fn pass(mut from: TcpStream, mut to: TcpStream) {
    // A connection that breaks ends as one that is closed.
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    /// A node that says its name and what it is told.
    fn node(name: &'static str) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for client in listener.incoming() {
                let mut client = client.unwrap();
                let mut told = String::new();
                client.read_to_string(&mut told).unwrap();
                client.write_all(format!("{name}:{told}").as_bytes()).unwrap();
            }
        });
        address
    }

    fn ask(balancer: SocketAddr, question: &str) -> String {
        let mut client = TcpStream::connect(balancer).unwrap();
        client.write_all(question.as_bytes()).unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn nodes_take_turns_and_one_that_is_gone_is_left_out() {
        let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let balancer = start(0, vec![node("a"), gone, node("b")]).unwrap();
        let answers: Vec<_> = (0..6).map(|number| ask(balancer, &number.to_string())).collect();
        assert_eq!(answers, ["a:0", "b:1", "b:2", "a:3", "b:4", "b:5"]);
    }
}
