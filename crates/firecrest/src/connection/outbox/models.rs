//! The outbox in all interleavings of pushers, the transport's task and the client that reads.

use std::sync::Arc;

use loom::thread::{JoinHandle, spawn};

use super::*;
use crate::sync::model::{block_on, bounded, every};

/// A socket with a buffer of so many bytes, which the client empties.
struct Socket(Mutex<Buffer>);

struct Buffer {
    /// How many bytes it takes.
    room: usize,
    taken: Vec<u8>,
    /// The transport's, when it waits for room.
    writer: Option<Waker>,
    /// Who waits for so many bytes to be taken.
    reader: Option<(usize, Waker)>,
}

impl Socket {
    fn new(room: usize) -> Arc<Self> {
        Arc::new(Socket(Mutex::new(Buffer { room, taken: Vec::new(), writer: None, reader: None })))
    }

    /// The client reads: there is room for as much.
    fn drain(&self, bytes: usize) {
        let mut buffer = self.0.lock().unwrap();
        buffer.room += bytes;
        if let Some(writer) = buffer.writer.take() {
            writer.wake();
        }
    }

    /// Ready when so many bytes are taken. Wakes the task then, and not before.
    fn poll_taken(&self, bytes: usize, cx: &Context<'_>) -> Poll<()> {
        let mut buffer = self.0.lock().unwrap();
        if buffer.taken.len() >= bytes {
            return Poll::Ready(());
        }
        buffer.reader = Some((bytes, cx.waker().clone()));
        Poll::Pending
    }

    fn take(&self, slices: &[IoSlice<'_>], writer: Option<&Waker>) -> Option<usize> {
        let mut buffer = self.0.lock().unwrap();
        let offered = slices.iter().flat_map(|slice| slice.iter());
        let taken: Vec<u8> = offered.take(buffer.room).copied().collect();
        if taken.is_empty() {
            buffer.writer = writer.cloned().or(buffer.writer.take());
            return None;
        }
        buffer.room -= taken.len();
        buffer.taken.extend_from_slice(&taken);
        let enough = buffer.taken.len();
        if let Some((_, reader)) = buffer.reader.take_if(|(bytes, _)| *bytes <= enough) {
            reader.wake();
        }
        Some(taken.len())
    }

    /// The texts of all frames that came; `END` for the last one.
    fn received(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap().taken.clone();
        let mut rest = &bytes[..];
        let mut texts = Vec::new();
        while let [first, len, after @ ..] = rest {
            let (payload, next) = after.split_at(usize::from(*len));
            texts.push(match *first {
                CLOSE => END.to_owned(),
                TEXT => String::from_utf8(payload.to_vec()).unwrap(),
                other => panic!("no frame begins with {other:#x}"),
            });
            rest = next;
        }
        assert!(rest.is_empty(), "a frame came in part");
        texts
    }
}

/// How the first byte of a whole text frame reads.
const TEXT: u8 = 0x81;

/// How the first byte of a close frame reads.
const CLOSE: u8 = 0x88;

/// How the last frame shows among the texts that were received.
const END: &str = "end";

/// The outbox's end of a [`Socket`].
struct End(Arc<Socket>);

impl Link for End {
    fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.take(slices, None).ok_or_else(|| io::ErrorKind::WouldBlock.into())
    }
}

impl AsyncWrite for End {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.take(slices, Some(cx.waker())).map_or(Poll::Pending, |taken| Poll::Ready(Ok(taken)))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// More than any socket here is given.
const ENDLESS: usize = 1_000;

/// Of a text of two letters.
const FRAME: usize = 4;

fn linked(room: usize, limits: OutboxLimits) -> (Arc<Outbox>, Arc<Socket>) {
    let (outbox, socket) = (Outbox::new(limits), Socket::new(room));
    outbox.link(Box::new(End(Arc::clone(&socket))));
    (Arc::new(outbox), socket)
}

/// What whoever has something for the client does: push, then flush if one of the pushes was the first.
fn say(outbox: &Outbox, texts: &[&str]) {
    let (mut promised, scope) = (false, Scope(texts.as_ptr() as u64));
    for text in texts {
        promised |= outbox.push(Frame::text(text), scope);
    }
    if promised {
        outbox.flush();
    }
}

fn speaker(outbox: &Arc<Outbox>, texts: &'static [&'static str]) -> JoinHandle<()> {
    let outbox = Arc::clone(outbox);
    spawn(move || say(&outbox, texts))
}

/// What the transport's task does, until `done` or until the connection is closed and all is written.
fn carry(outbox: &Outbox, mut done: impl FnMut(&mut Context<'_>) -> Poll<()>) -> Option<CloseReason> {
    let closed = block_on(|cx| match outbox.transport_turn(cx, None) {
        Err(reason) => Poll::Ready(Some(reason)),
        Ok(()) => done(cx).map(|()| None),
    });
    if let Some(reason) = closed {
        outbox.close(reason);
        outbox.push_last(Frame::close(reason.code(), ""));
        block_on(|cx| outbox.poll_finish(cx, None)).unwrap();
    }
    closed
}

/// Those of one speaker, in the order they came.
fn of<'a>(speaker: &str, received: &'a [String]) -> Vec<&'a str> {
    received.iter().map(String::as_str).filter(|text| text.starts_with(speaker)).collect()
}

#[test]
fn everything_is_written_once_and_in_order_without_the_transport() {
    every(|| {
        let (outbox, socket) = linked(ENDLESS, OutboxLimits::default());
        let speakers = [speaker(&outbox, &["a1", "a2"]), speaker(&outbox, &["b1", "b2"])];
        speakers.into_iter().for_each(|speaker| speaker.join().unwrap());
        let received = socket.received();
        assert_eq!((of("a", &received), of("b", &received)), (vec!["a1", "a2"], vec!["b1", "b2"]));
        assert_eq!(received.len(), 4);
    });
}

#[test]
fn the_transport_is_woken_for_what_the_socket_does_not_take() {
    every(|| {
        let (outbox, socket) = linked(FRAME, OutboxLimits::default());
        let speaker = speaker(&outbox, &["a1", "a2"]);
        let reading = Arc::clone(&socket);
        let client = spawn(move || reading.drain(FRAME));
        assert_eq!(carry(&outbox, |cx| socket.poll_taken(2 * FRAME, cx)), None);
        speaker.join().unwrap();
        client.join().unwrap();
        assert_eq!(socket.received(), ["a1", "a2"]);
    });
}

#[test]
fn two_speakers_and_a_slow_socket_lose_nothing() {
    bounded(|| {
        let (outbox, socket) = linked(FRAME + 1, OutboxLimits::default());
        let speakers = [speaker(&outbox, &["a1"]), speaker(&outbox, &["b1"])];
        let reading = Arc::clone(&socket);
        let client = spawn(move || reading.drain(FRAME));
        assert_eq!(carry(&outbox, |cx| socket.poll_taken(2 * FRAME, cx)), None);
        speakers.into_iter().chain([client]).for_each(|thread| thread.join().unwrap());
        let received = socket.received();
        assert_eq!((of("a", &received), of("b", &received)), (vec!["a1"], vec!["b1"]));
    });
}

/// For a stream that only its task can write to.
#[test]
fn without_a_link_the_transport_is_woken_for_everything() {
    every(|| {
        let outbox = Arc::new(Outbox::new(OutboxLimits::default()));
        let socket = Socket::new(ENDLESS);
        let speaker = speaker(&outbox, &["a1", "a2"]);
        let mut stream = End(Arc::clone(&socket));
        block_on(|cx| {
            let stream: Pin<&mut End> = Pin::new(&mut stream);
            outbox.transport_turn(cx, Some(stream)).unwrap();
            socket.poll_taken(2 * FRAME, cx)
        });
        speaker.join().unwrap();
        assert_eq!(socket.received(), ["a1", "a2"]);
    });
}

#[test]
fn whoever_takes_frames_out_is_woken_for_all_and_for_the_end() {
    every(|| {
        let outbox = Arc::new(Outbox::new(OutboxLimits::default()));
        let pushing = Arc::clone(&outbox);
        let speaker = spawn(move || {
            say(&pushing, &["a1", "a2"]);
            pushing.close(CloseReason::Disconnected);
        });
        let mut taken = Vec::new();
        let reason = loop {
            match block_on(|cx| outbox.poll_take(cx)) {
                Ok(frames) => taken.extend(frames.iter().map(|frame| frame.payload().to_vec())),
                Err(reason) => break reason,
            }
        };
        speaker.join().unwrap();
        assert_eq!((taken, reason), (vec![b"a1".to_vec(), b"a2".to_vec()], CloseReason::Disconnected));
    });
}

#[test]
fn who_waits_for_the_end_only_is_woken_by_it() {
    every(|| {
        let outbox = Arc::new(Outbox::new(OutboxLimits::default()));
        let closing = Arc::clone(&outbox);
        let closer = spawn(move || closing.close(CloseReason::Draining));
        assert_eq!(block_on(|cx| outbox.poll_closed(cx)), CloseReason::Draining);
        closer.join().unwrap();
    });
}

/// One closes with a promise that it has still to keep, another speaks meanwhile.
fn nothing_comes_after_the_last_frame(room: usize) {
    bounded(move || {
        let (outbox, socket) = linked(room, OutboxLimits::default());
        let closing = Arc::clone(&outbox);
        let closer = spawn(move || {
            let promised = closing.push(Frame::text("a1"), Scope(2));
            closing.close(CloseReason::Disconnected);
            if promised {
                closing.flush();
            }
        });
        let speaker = speaker(&outbox, &["b1", "b2"]);
        let reading = Arc::clone(&socket);
        let client = (room < ENDLESS).then(|| spawn(move || reading.drain(ENDLESS)));
        assert_eq!(carry(&outbox, |_| Poll::Pending), Some(CloseReason::Disconnected));
        [closer, speaker].into_iter().chain(client).for_each(|thread| thread.join().unwrap());
        let received = socket.received();
        assert_eq!(received.last().map(String::as_str), Some(END));
        assert_eq!(of("a", &received), ["a1"], "what was pushed before the end is written");
        assert!(["b1", "b2"].starts_with(&of("b", &received)), "out of order: {received:?}");
        assert_eq!(of(END, &received).len(), 1);
    });
}

#[test]
fn nothing_comes_after_the_last_frame_when_the_socket_takes_all() {
    nothing_comes_after_the_last_frame(ENDLESS);
}

#[test]
fn nothing_comes_after_the_last_frame_when_the_client_reads_late() {
    nothing_comes_after_the_last_frame(FRAME + 1);
}

/// The transport does not read while the outbox is pressed. It has to come back to it, whoever makes room, and also when it
/// has never waited before.
fn a_client_that_is_not_read_is_read_again(room: usize) {
    bounded(move || {
        let (outbox, socket) = linked(room, OutboxLimits { frames: 2, bytes: ENDLESS });
        let speaker = speaker(&outbox, &["a1", "a2"]);
        let reading = Arc::clone(&socket);
        let client = (room < ENDLESS).then(|| spawn(move || reading.drain(ENDLESS)));
        let mut read = 0;
        let closed = block_on(|cx| {
            read += usize::from(outbox.poll_room(cx).is_ready());
            match outbox.transport_turn(cx, None) {
                Err(reason) => Poll::Ready(Some(reason)),
                Ok(()) if read > 0 => Poll::Ready(None),
                Ok(()) => Poll::Pending,
            }
        });
        assert_eq!(closed, None);
        [speaker].into_iter().chain(client).for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn a_client_is_read_again_when_a_speaker_made_room() {
    a_client_that_is_not_read_is_read_again(ENDLESS);
}

#[test]
fn a_client_is_read_again_when_the_transport_made_room() {
    a_client_that_is_not_read_is_read_again(1);
}

/// The third frame that waits is one too many, unless it was written in time.
#[test]
fn an_overflow_leaves_whole_frames_and_the_last_one() {
    bounded(|| {
        let (outbox, socket) = linked(FRAME + 1, OutboxLimits { frames: 2, bytes: ENDLESS });
        let speakers = [speaker(&outbox, &["a1", "a2"]), speaker(&outbox, &["b1", "b2"])];
        let reading = Arc::clone(&socket);
        let client = spawn(move || reading.drain(ENDLESS));
        let closed = carry(&outbox, |cx| socket.poll_taken(4 * FRAME, cx));
        speakers.into_iter().chain([client]).for_each(|thread| thread.join().unwrap());
        let received = socket.received();
        let (a, b) = (of("a", &received), of("b", &received));
        match closed {
            None => assert_eq!((a, b), (vec!["a1", "a2"], vec!["b1", "b2"])),
            Some(reason) => {
                assert_eq!(reason, CloseReason::SlowReader);
                assert_eq!(received.last().map(String::as_str), Some(END));
                assert!(["a1", "a2"].starts_with(&a) && ["b1", "b2"].starts_with(&b), "{received:?}");
                assert!(a.len() + b.len() < 4, "there was no overflow: {received:?}");
            }
        }
    });
}
