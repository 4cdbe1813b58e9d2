//! Where the servers are, and what they are told to let us in.

use std::fmt;

use http::Uri;
use percent_encoding::percent_decode_str;

use crate::ConfigError;

/// NATS' port.
const PORT: u16 = 4222;

/// One server. It is shown without what it is told.
pub(crate) struct Server {
    /// A name, or an address without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Whether nothing may be said in the clear.
    pub(crate) must_encrypt: bool,
    pub(crate) login: Login,
}

/// What a server is told to let us in.
#[derive(PartialEq)]
pub(crate) enum Login {
    None,
    Token(String),
    User { name: String, password: String },
}

/// The servers of a URL, or of several with commas between them: at least one.
pub(crate) fn parse(urls: &str) -> Result<Vec<Server>, ConfigError> {
    let servers = urls.split(',').zip(1..);
    servers
        .map(|(url, number)| server(url.trim()).map_err(|problem| ConfigError::Url { number, problem }))
        .collect()
}

fn server(url: &str) -> Result<Server, &'static str> {
    let must_encrypt = match url.split_once("://") {
        Some(("nats", _)) => false,
        Some(("tls", _)) => true,
        _ => return Err("it must begin with nats:// or tls://"),
    };
    let uri: Uri = url
        .parse()
        .map_err(|_| "it is not a URL; is a special character in the password not percent-encoded?")?;
    // What comes after a # would be left out silently.
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() || url.contains('#') {
        return Err("it must end after the host and port; is a special character not percent-encoded?");
    }
    let authority = uri.authority().map_or("", http::uri::Authority::as_str);
    let (login, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let host = uri.host().filter(|host| !host.is_empty()).ok_or("it names no host")?;
    let port = match place.strip_prefix(host) {
        Some("") => PORT,
        Some(port) => {
            let port = port.strip_prefix(':').and_then(|port| port.parse().ok());
            port.filter(|port| *port != 0).ok_or("its port is not a number from 1 to 65535")?
        }
        None => return Err("it names no host"),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    Ok(Server { host, port, must_encrypt, login: self::login(login)? })
}

fn login(text: &str) -> Result<Login, &'static str> {
    let plain = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(String::from).map_err(|_| "its user, password or token is not UTF-8")
    };
    Ok(match text.split_once(':') {
        Some((name, password)) => Login::User { name: plain(name)?, password: plain(password)? },
        None if text.is_empty() => Login::None,
        None => Login::Token(plain(text)?),
    })
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str, password: &str) -> Login {
        Login::User { name: name.to_owned(), password: password.to_owned() }
    }

    #[test]
    fn a_url_says_where_and_as_whom() {
        for (url, shown, must_encrypt, login) in [
            ("nats://localhost", "localhost:4222", false, Login::None),
            ("nats://10.0.0.7:5000/", "10.0.0.7:5000", false, Login::None),
            ("tls://[::1]:5000", "[::1]:5000", true, Login::None),
            ("nats://token@a.example", "a.example:4222", false, Login::Token("token".to_owned())),
            ("nats://ann:secret@a:1", "a:1", false, user("ann", "secret")),
            ("nats://ann:@a", "a:4222", false, user("ann", "")),
            ("nats://a%40b:%2C%3A%2F@a", "a:4222", false, user("a@b", ",:/")),
            ("nats://a:b:c@a", "a:4222", false, user("a", "b:c")),
        ] {
            let servers = parse(url).unwrap();
            let [server] = &*servers else { panic!("{url}: {servers:?}") };
            assert_eq!(server.to_string(), shown);
            assert_eq!(server.must_encrypt, must_encrypt, "{url}");
            assert!(server.login == login, "{url}");
        }
    }

    #[test]
    fn several_servers_have_commas_between_them() {
        let servers = parse("nats://a:b@one, tls://two:1,nats://[::2]").unwrap();
        assert_eq!(format!("{servers:?}"), "[one:4222, two:1, [::2]:4222]");
    }

    #[test]
    fn what_is_no_url_is_said_without_what_it_holds() {
        for (url, number) in [
            ("", 1),
            ("hush", 1),
            ("hush:4222", 1),
            ("http://hush@a", 1),
            ("nats://", 1),
            ("nats://hush@", 1),
            ("nats://hush@:4222", 1),
            ("nats://hush@a:70000", 1),
            ("nats://hush@a:0", 1),
            ("nats://hush@a:", 1),
            ("nats://hush@a/b", 1),
            ("nats://a:hu/sh@a", 1),
            ("nats://a:hu sh@a", 1),
            ("nats://a:hush?@a", 1),
            ("nats://hush#@a", 1),
            ("nats://%ff:hush@a", 1),
            ("nats://hush@a,hush@b", 2),
            ("nats://hush@a,", 2),
        ] {
            let error = parse(url).expect_err(url);
            assert!(
                matches!(error, ConfigError::Url { number: found, .. } if found == number),
                "{url}: {error}"
            );
            assert!(!error.to_string().contains("hu"), "{url}: {error}");
        }
    }
}
