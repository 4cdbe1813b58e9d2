//! The files of an upload, and what becomes of them: no task, no socket.

use std::collections::VecDeque;
use std::sync::Arc;

use firecrest_live::files::{ClientFile, MAX_FILES, Said};

use super::options::Rules;
use super::writer::Meta;
use super::{UploadEntry, UploadError};
use crate::channel::{Reason, Shared};

/// Most files beyond `max_entries` that are kept to be shown, with an error: 64. Those after them are forgotten at once.
pub(super) const MAX_SURPLUS: usize = 64;

/// How many files are remembered that are gone: a page that has not heard of it names them again, all in one message.
const GONE: usize = MAX_FILES;

#[derive(Default)]
pub(super) struct State {
    entries: Vec<Entry>,
    consumed: usize,
    /// References of files that were cancelled or consumed.
    gone: VecDeque<String>,
    /// Whether there are more than may be.
    is_too_many: bool,
    /// Whether something has changed since [`State::take_changed`].
    is_changed: bool,
    /// Whether the view has ended.
    is_ended: bool,
}

/// A file. What is dropped may be the application's: never while the state is locked.
pub(super) struct Entry {
    file: Arc<ClientFile>,
    progress: u8,
    errors: Vec<UploadError>,
    is_preflighted: bool,
    /// What brings it, as soon as it is joined.
    channel: Option<Arc<Shared>>,
    /// In bytes.
    received: u64,
    /// What was made of it, once it is complete; of one that is sent elsewhere, what the page was told.
    meta: Option<Meta>,
    is_external: bool,
}

/// Why a file's channel cannot be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Disallowed,
    Registered,
}

impl Entry {
    fn new(file: ClientFile) -> Self {
        Entry {
            file: Arc::new(file),
            progress: 0,
            errors: Vec::new(),
            is_preflighted: false,
            channel: None,
            received: 0,
            meta: None,
            is_external: false,
        }
    }

    fn is_done(&self) -> bool {
        self.progress == 100 && self.meta.is_some() && self.errors.is_empty()
    }

    fn shown(&self, upload: &Arc<str>) -> UploadEntry {
        UploadEntry {
            upload: Arc::clone(upload),
            file: Arc::clone(&self.file),
            progress: self.progress,
            errors: self.errors.clone(),
            is_preflighted: self.is_preflighted,
            is_done: self.is_done(),
        }
    }

    /// No more than has arrived, whatever the client says, and never back. Returns whether it has come further.
    fn advance(&mut self, percent: u8) -> bool {
        let arrived = match self.file.size {
            _ if self.is_external => 100,
            0 => 100 * u64::from(self.meta.is_some()),
            size => (u128::from(self.received) * 100 / u128::from(size)) as u64,
        };
        let arrived = if self.meta.is_some() { arrived } else { arrived.min(99) };
        let progress = u64::from(percent).min(arrived) as u8;
        let is_further = progress > self.progress;
        self.progress = self.progress.max(progress);
        is_further
    }
}

impl Drop for Entry {
    /// Whatever becomes of the entry, nothing brings it any more.
    fn drop(&mut self) {
        if let Some(channel) = self.channel.take() {
            channel.mailbox.close(Reason::Normal);
        }
    }
}

impl State {
    /// The files that the page has: new ones are added. One that replaces others is alone; those are returned.
    #[must_use = "drop it when the state is unlocked"]
    pub(super) fn choose(&mut self, rules: &Rules, upload: &Arc<str>, files: Vec<ClientFile>) -> Vec<Entry> {
        let is_new =
            |file: &ClientFile| self.find(&file.reference).is_none() && !self.gone.contains(&file.reference);
        let mut new: Vec<ClientFile> = Vec::new();
        for file in files {
            if is_new(&file) && new.iter().all(|other| other.reference != file.reference) {
                new.push(file);
            }
        }
        let mut replaced = Vec::new();
        if rules.max_entries == 1 && new.len() == 1 {
            let old: Vec<_> = self.entries.iter().map(|entry| entry.file.reference.clone()).collect();
            replaced.extend(old.iter().filter_map(|reference| self.remove(reference)));
        }
        for file in new {
            if self.is_ended || self.entries.len() >= rules.max_entries.saturating_add(MAX_SURPLUS) {
                break;
            }
            let mut entry = Entry::new(file);
            entry.errors = rules.check(&entry.file, &entry.shown(upload));
            self.entries.push(entry);
            self.is_changed = true;
        }
        self.count(rules);
        replaced
    }

    /// Whether there are too many.
    fn count(&mut self, rules: &Rules) {
        let is_too_many = self.entries.len() > self.room(rules);
        self.is_changed |= is_too_many != self.is_too_many;
        self.is_too_many = is_too_many;
    }

    /// How many files may be chosen.
    fn room(&self, rules: &Rules) -> usize {
        let used = if rules.is_total { self.consumed } else { 0 };
        rules.max_entries.saturating_sub(used)
    }

    /// Which of these files may be sent, and what is wrong with the others: all of them are named. Those that were chosen first come
    /// first.
    pub(super) fn preflight(&self, rules: &Rules, listed: &[String]) -> Preflighted {
        let room = self.room(rules);
        let mut result = Preflighted::default();
        for (at, entry) in self.entries.iter().enumerate() {
            let reference = &entry.file.reference;
            if !listed.contains(reference) {
                continue;
            }
            let mut wrong: Vec<_> = entry.errors.iter().map(UploadError::code).collect();
            if at >= room {
                wrong.push(UploadError::TooManyFiles.code());
            }
            match wrong.is_empty() {
                true => result.accepted.push(reference.clone()),
                false => result.refused.push((reference.clone(), wrong)),
            }
        }
        let unknown = if self.is_too_many { UploadError::TooManyFiles.code() } else { "cancelled" };
        let missing = listed.iter().filter(|reference| self.find(reference).is_none());
        result.refused.extend(missing.map(|reference| (reference.clone(), vec![unknown])));
        result
    }

    /// The page is told to send a file; one that goes elsewhere with what the page needs to know.
    pub(super) fn accept(&mut self, reference: &str, external: Option<Meta>) {
        let Some(entry) = self.find_mut(reference) else { return };
        entry.is_preflighted = true;
        entry.is_external = external.is_some();
        if external.is_some() {
            entry.meta = external;
        }
        self.is_changed = true;
    }

    /// What the client says of how far a file is. Returns the file if it has come further.
    pub(super) fn progress(
        &mut self,
        upload: &Arc<str>,
        reference: &str,
        said: &Said,
    ) -> Option<UploadEntry> {
        let entry = self.find_mut(reference)?;
        match said {
            Said::Percent(percent) if entry.is_preflighted && entry.advance(*percent) => {}
            // What goes wrong here the server knows itself.
            Said::Failed if entry.is_external => entry.errors = vec![UploadError::ExternalClientFailure],
            Said::Percent(_) | Said::Failed => return None,
        }
        let shown = entry.shown(upload);
        self.is_changed = true;
        Some(shown)
    }

    /// The client cannot send a file that nothing brings, such as one whose channel it could not join: it is gone, or the page would
    /// wait for it.
    #[must_use = "drop it when the state is unlocked"]
    pub(super) fn abandon(&mut self, rules: &Rules, reference: &str) -> Option<Entry> {
        let entry = self.find(reference)?;
        let is_brought = entry.is_external || entry.channel.is_some() || entry.meta.is_some();
        if is_brought || !entry.is_preflighted || !entry.errors.is_empty() {
            return None;
        }
        self.cancel(rules, reference)
    }

    /// A channel wants to bring a file. Returns the file.
    pub(super) fn claim(
        &mut self,
        upload: &Arc<str>,
        reference: &str,
        channel: &Arc<Shared>,
    ) -> Result<UploadEntry, Refusal> {
        let entry = self.find_mut(reference).filter(|entry| entry.is_preflighted && !entry.is_external);
        let entry = entry.filter(|entry| entry.errors.is_empty()).ok_or(Refusal::Disallowed)?;
        if entry.channel.is_some() || entry.meta.is_some() {
            return Err(Refusal::Registered);
        }
        entry.channel = Some(Arc::clone(channel));
        Ok(entry.shown(upload))
    }

    /// Bytes have arrived. No when nobody wants them any more.
    pub(super) fn received(&mut self, reference: &str, bytes: u64) -> bool {
        self.find_mut(reference).map(|entry| entry.received += bytes).is_some()
    }

    /// All of a file was written. No when nobody wants it any more.
    pub(super) fn complete(&mut self, reference: &str, meta: Meta) -> bool {
        let Some(entry) = self.find_mut(reference) else { return false };
        entry.meta = Some(meta);
        self.is_changed = true;
        true
    }

    /// A file cannot be taken.
    pub(super) fn fail(&mut self, reference: &str, error: UploadError) {
        if let Some(entry) = self.find_mut(reference) {
            entry.errors.push(error);
            self.is_changed = true;
        }
    }

    /// The channel of a file has ended. A file that is incomplete is gone, unless there is something wrong to be shown.
    #[must_use = "drop it when the state is unlocked"]
    pub(super) fn release(&mut self, rules: &Rules, reference: &str, channel: &Arc<Shared>) -> Option<Entry> {
        let entry = self.find_mut(reference)?;
        entry.channel.take_if(|own| Arc::ptr_eq(own, channel))?;
        if entry.meta.is_some() || !entry.errors.is_empty() {
            return None;
        }
        self.cancel(rules, reference)
    }

    /// A join was given up before there was a channel: the client may try again.
    pub(super) fn give_up(&mut self, reference: &str, channel: &Arc<Shared>) {
        if let Some(entry) = self.find_mut(reference) {
            entry.channel.take_if(|own| Arc::ptr_eq(own, channel));
        }
    }

    /// Forgets a file: dropping it ends what brings it.
    #[must_use = "drop it when the state is unlocked"]
    pub(super) fn cancel(&mut self, rules: &Rules, reference: &str) -> Option<Entry> {
        let removed = self.remove(reference);
        self.count(rules);
        removed
    }

    /// The files that are done, and what was made of them.
    pub(super) fn done(&self, upload: &Arc<str>) -> Vec<(UploadEntry, Meta)> {
        let done = self.entries.iter().filter(|entry| entry.is_done());
        done.filter_map(|entry| Some((entry.shown(upload), entry.meta.clone()?))).collect()
    }

    /// A file was taken.
    #[must_use = "drop it when the state is unlocked"]
    pub(super) fn consume(&mut self, rules: &Rules, reference: &str) -> Option<Entry> {
        let removed = self.remove(reference);
        self.consumed += usize::from(removed.is_some());
        self.count(rules);
        removed
    }

    pub(super) fn entries(&self, upload: &Arc<str>) -> Vec<UploadEntry> {
        self.entries.iter().map(|entry| entry.shown(upload)).collect()
    }

    pub(super) fn entry(&self, upload: &Arc<str>, reference: &str) -> Option<UploadEntry> {
        self.find(reference).map(|entry| entry.shown(upload))
    }

    pub(super) fn has(&self, reference: &str) -> bool {
        self.find(reference).is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn is_too_many(&self) -> bool {
        self.is_too_many
    }

    /// The view has ended: everything is gone.
    #[must_use = "drop it when the state is unlocked"]
    pub(super) fn end(&mut self) -> Vec<Entry> {
        self.is_ended = true;
        std::mem::take(&mut self.entries)
    }

    /// Whether something has changed since this was asked last.
    pub(super) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.is_changed)
    }

    fn find(&self, reference: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.file.reference == reference)
    }

    fn find_mut(&mut self, reference: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.file.reference == reference)
    }

    /// Takes an entry out; its reference is not taken again.
    fn remove(&mut self, reference: &str) -> Option<Entry> {
        let at = self.entries.iter().position(|entry| entry.file.reference == reference)?;
        if self.gone.len() == GONE {
            self.gone.pop_front();
        }
        self.gone.push_back(reference.to_owned());
        self.is_changed = true;
        Some(self.entries.remove(at))
    }
}

/// What came of a wish to send files.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Preflighted {
    pub(super) accepted: Vec<String>,
    pub(super) refused: Vec<(String, Vec<&'static str>)>,
}

#[cfg(test)]
mod tests;
