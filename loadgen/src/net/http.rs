//! Answers in HTTP/1.1 (RFC 9112), as far as a load generator has to read them.

use std::borrow::Cow;

/// The head of an answer, without the empty line that ends it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a>(&'a [u8]);

/// Takes the head off an answer; none when more of it has to come. What follows it is given too.
pub(super) fn split(received: &[u8]) -> Option<(Head<'_>, &[u8])> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some((Head(&received[..end]), &received[end + 4..]))
}

impl<'a> Head<'a> {
    /// None when it is no head of an answer.
    pub(super) fn status(self) -> Option<u16> {
        let rest = self.0.strip_prefix(b"HTTP/1.1 ")?;
        std::str::from_utf8(rest.get(..3)?).ok()?.parse().ok()
    }

    /// The values of all fields with this name, in order.
    pub(super) fn fields(self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        let lines = self.0.split(|byte| *byte == b'\n').skip(1).map(<[u8]>::trim_ascii);
        lines.filter_map(move |line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            line[..colon].eq_ignore_ascii_case(name.as_bytes()).then(|| line[colon + 1..].trim_ascii())
        })
    }

    /// The body of an answer that was received to the connection's end; none when it was cut short (RFC 9112 §6.3).
    pub(super) fn body(self, received: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        if self.fields("transfer-encoding").any(|coding| coding.eq_ignore_ascii_case(b"chunked")) {
            return chunks(received).map(Cow::Owned);
        }
        let Some(len) = self.fields("content-length").next() else { return Some(received.into()) };
        let len: usize = std::str::from_utf8(len).ok()?.parse().ok()?;
        received.get(..len).map(Cow::Borrowed)
    }
}

/// RFC 9112 §7.1.
fn chunks(mut received: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = received.windows(2).position(|window| window == b"\r\n")?;
        let size = received[..end].split(|byte| *byte == b';').next()?.trim_ascii();
        let size = usize::from_str_radix(std::str::from_utf8(size).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        let rest = &received[end + 2..];
        body.extend_from_slice(rest.get(..size)?);
        received = rest[size..].strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(answer: &str) -> Option<String> {
        let (head, rest) = split(answer.as_bytes()).unwrap();
        head.body(rest).map(|body| String::from_utf8(body.into_owned()).unwrap())
    }

    #[test]
    fn a_head_is_taken_whole_and_its_fields_are_found_in_any_case() {
        let answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie:b=2 \r\nX: y\r\n\r\nbody";
        assert!((0..answer.len() - 4).all(|len| split(&answer[..len]).is_none()));
        let (head, rest) = split(answer).unwrap();
        assert_eq!((head.status(), rest), (Some(200), &b"body"[..]));
        assert_eq!(head.fields("set-cookie").collect::<Vec<_>>(), [b"a=1", b"b=2"]);
        assert_eq!(head.fields("http/1.1 200 ok").count(), 0);
    }

    #[test]
    fn what_is_no_answer_has_no_status() {
        for garbage in ["\r\n\r\n", "SSH-2.0\r\n\r\n", "HTTP/1.1 1\r\n\r\n", "HTTP/1.1 abc\r\n\r\n"] {
            assert_eq!(split(garbage.as_bytes()).unwrap().0.status(), None, "{garbage:?}");
        }
    }

    #[test]
    fn a_body_is_as_long_as_it_says() {
        let head = "HTTP/1.1 200 OK\r\n";
        assert_eq!(body(&format!("{head}\r\nto the end")).unwrap(), "to the end");
        assert_eq!(body(&format!("{head}Content-Length: 3\r\n\r\nabcdef")).unwrap(), "abc");
        for wrong in ["Content-Length: 7\r\n\r\nabcdef", "Content-Length: x\r\n\r\nabcdef"] {
            assert_eq!(body(&format!("{head}{wrong}")), None, "{wrong:?}");
        }
    }

    #[test]
    fn chunks_are_put_together() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(
            body(&format!("{head}3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n")).unwrap(),
            "abc0123456789"
        );
        for wrong in
            ["", "3\r\nabc", "3\r\nabc\r\n", "3\r\nabcd\r\n0\r\n\r\n", "x\r\n", "FFFFFFFFFFFFFFFF\r\nab"]
        {
            assert_eq!(body(&format!("{head}{wrong}")), None, "{wrong:?}");
        }
    }
}
