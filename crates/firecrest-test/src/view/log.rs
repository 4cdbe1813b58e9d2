//! What the server logs as errors: a client is not told why a view has crashed, a test is.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;

use tracing_core::dispatcher::{self, DefaultGuard, Dispatch};
use tracing_core::field::{Field, Visit};
use tracing_core::span::{Attributes, Current, Id, Record};
use tracing_core::subscriber::Interest;
use tracing_core::{Event, Level, Metadata, Subscriber};

/// Most errors that are remembered.
const MAX_ERRORS: usize = 64;

type Fields = BTreeMap<&'static str, String>;

thread_local! {
    static ERRORS: RefCell<VecDeque<Fields>> = const { RefCell::new(VecDeque::new()) };
    /// Until the end of the thread, which is that of the test.
    static EAR: DefaultGuard = {
        let next = dispatcher::get_default(Clone::clone);
        dispatcher::set_default(&Dispatch::new(Ear { next }))
    };
}

/// Listens to the errors of this thread from now on. What others log and hear stays as it is.
pub(super) fn listen() {
    EAR.with(|_| ());
}

/// Forgets what was logged so far.
pub(super) fn clear() {
    ERRORS.with_borrow_mut(VecDeque::clear);
}

/// Takes the last error, of which it is told why.
///
/// None when the server runs on other threads than the test.
pub(super) fn take_last() -> Option<String> {
    take_if(|_| true)
}

/// Takes the last error of a topic.
pub(super) fn take(topic: &str) -> Option<String> {
    take_if(|error| error.get("topic").is_some_and(|found| found == topic))
}

fn take_if(is: impl Fn(&Fields) -> bool) -> Option<String> {
    ERRORS.with_borrow_mut(|errors| {
        let at = errors.iter().rposition(is)?;
        errors.remove(at)?.remove("error")
    })
}

/// Hears errors, and passes everything on.
struct Ear {
    next: Dispatch,
}

fn is_error(metadata: &Metadata<'_>) -> bool {
    *metadata.level() == Level::ERROR && metadata.target().starts_with("firecrest")
}

impl Subscriber for Ear {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_error(metadata) { Interest::always() } else { self.next.register_callsite(metadata) }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_error(metadata) || self.next.enabled(metadata)
    }

    fn event(&self, event: &Event<'_>) {
        if is_error(event.metadata()) {
            let mut fields = Read::default();
            event.record(&mut fields);
            ERRORS.with_borrow_mut(|errors| {
                errors.push_back(fields.0);
                let over = errors.len().saturating_sub(MAX_ERRORS);
                errors.drain(..over);
            });
        }
        if self.next.enabled(event.metadata()) {
            self.next.event(event);
        }
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.next.new_span(span)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.next.record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.next.record_follows_from(span, follows);
    }

    fn enter(&self, span: &Id) {
        self.next.enter(span);
    }

    fn exit(&self, span: &Id) {
        self.next.exit(span);
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.next.clone_span(span)
    }

    fn try_close(&self, span: Id) -> bool {
        self.next.try_close(span)
    }

    fn current_span(&self) -> Current {
        self.next.current_span()
    }
}

#[derive(Default)]
struct Read(Fields);

impl Visit for Read {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What another subscriber writes while errors are listened to.
    fn with_another(test: impl FnOnce() + Send + 'static) -> String {
        let written = Written::default();
        let writer = written.clone();
        let thread = std::thread::spawn(move || {
            let subscriber =
                tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
            let _guard = tracing::subscriber::set_default(subscriber);
            listen();
            test();
        });
        thread.join().unwrap();
        String::from_utf8(written.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn t62_the_reason_of_a_crash_is_the_last_error_of_its_topic() {
        with_another(|| {
            for (topic, error) in [("lv:1", "first"), ("lv:1", "second"), ("lv:2", "other")] {
                tracing::error!(target: "firecrest::channel", topic, error, "channel crashed");
            }
            tracing::error!(target: "application", topic = "lv:1", error = "not ours");
            assert_eq!(take("lv:1").as_deref(), Some("second"));
            assert_eq!(take_last().as_deref(), Some("other"));
            clear();
            assert_eq!(take("lv:1"), None);
        });
    }

    #[test]
    fn t62_others_hear_everything_as_before() {
        let written = with_another(|| {
            let _span = tracing::info_span!("around", number = 7).entered();
            tracing::info!("information");
            tracing::error!(target: "firecrest::channel", "an error of ours");
            tracing::trace!("too much");
        });
        assert!(written.contains("around{number=7}") && written.contains("information"), "{written}");
        assert!(written.contains("an error of ours") && !written.contains("too much"), "{written}");
    }
}
