//! The public host name of an endpoint.

use std::net::Ipv6Addr;

/// The host as browsers write it in the `Origin` header: an IPv6 address in brackets, anything else as it is. Nothing when
/// there is more or less than a host.
pub(super) fn public_host(text: &str) -> Option<String> {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Ok(address) = inner.unwrap_or(text).parse() {
        return Some(bracketed(address));
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    (!text.is_empty() && text.bytes().all(is_name)).then(|| text.to_owned())
}

/// Browsers have no special form for addresses that are mapped from IPv4.
fn bracketed(address: Ipv6Addr) -> String {
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] => format!("[::ffff:{high:x}:{low:x}]"),
        _ => format!("[{address}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_as_browsers_write_them() {
        for (text, host) in [
            ("example.com", "example.com"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("localhost", "localhost"),
            ("192.0.2.1", "192.0.2.1"),
            ("::1", "[::1]"),
            ("[::1]", "[::1]"),
            ("2001:DB8:0:0:0:0:0:1", "[2001:db8::1]"),
            ("::ffff:192.0.2.1", "[::ffff:c000:201]"),
        ] {
            assert_eq!(public_host(text).as_deref(), Some(host), "{text}");
        }
    }

    #[test]
    fn anything_more_or_less_is_none() {
        for text in [
            "",
            "https://example.com",
            "//example.com",
            "example.com:4000",
            "example.com/",
            "example.com/path",
            "user@example.com",
            "*.example.com",
            "a.com, b.com",
            "example.com ",
            "bücher.example",
            "[::1]:4000",
            "[::1",
            "[192.0.2.1]",
            "[example.com]",
            "fe80::1%eth0",
        ] {
            assert_eq!(public_host(text), None, "{text}");
        }
    }
}
