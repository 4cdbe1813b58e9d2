//! From chosen files to messages (spec §5.5).

use firecrest::wire::{Payload, Ref, Text};
use serde_json::{Map, Value, json};

use super::TestFile;
use crate::view::dom::Node;
use crate::view::failure::Failure;
use crate::view::form::{Kind, controls};
use crate::view::tab::{About, Tab};

/// A file that was chosen.
pub(in crate::view) struct Chosen {
    /// The id of its input.
    upload: String,
    reference: String,
    file: TestFile,
    /// Whether the view knows of it.
    is_told: bool,
    permit: Option<Permit>,
    /// The join of its channel.
    channel: Option<Ref>,
    sent: usize,
}

/// What allows a file to be sent.
#[derive(Clone)]
enum Permit {
    Token { token: Value, chunk_size: usize },
    Elsewhere,
}

/// What the server has said of a file: the status and the answer.
pub(in crate::view) type Answer = (String, Value);

impl Chosen {
    pub(super) fn new(tab: &mut Tab, input: Node, file: TestFile) -> Self {
        let reference = tab.next_file.to_string();
        tab.next_file += 1;
        let upload = tab.upload_ref(input);
        Chosen { upload, reference, file, is_told: false, permit: None, channel: None, sent: 0 }
    }

    fn percent(&self) -> usize {
        100 * self.sent / self.file.content.len().max(1)
    }
}

impl Tab {
    fn upload_ref(&self, input: Node) -> String {
        self.document.get(input).attr("data-phx-upload-ref").unwrap_or_default().to_owned()
    }

    /// Forgets files that the view has forgotten.
    fn forget_files(&mut self) {
        let Tab { document, files, .. } = self;
        files.retain(|chosen| {
            let active = document.by_id(&chosen.upload).and_then(|input| input.attr("data-phx-active-refs"));
            !chosen.is_told || active.unwrap_or_default().split(',').any(|active| active == chosen.reference)
        });
    }

    /// The files of an input, those of a name only, which the client sends: never an empty one.
    fn files_of(&self, input: Node, only: Option<&str>) -> Vec<usize> {
        let upload = self.upload_ref(input);
        let is_meant = |chosen: &Chosen| {
            chosen.upload == upload
                && !chosen.file.content.is_empty()
                && only.is_none_or(|only| chosen.file.name == only)
        };
        (0..self.files.len()).filter(|at| is_meant(&self.files[*at])).collect()
    }

    /// The files of a form, as its change tells of them.
    pub(in crate::view) fn uploads(&self, form: Node) -> Value {
        let mut uploads = Map::new();
        for control in controls(&self.document, form).iter().filter(|control| control.kind == Kind::File) {
            let files = self.files_of(control.element.id(), None);
            if files.is_empty() {
                continue;
            }
            let described = files.iter().map(|at| {
                let chosen = &self.files[*at];
                let mut described = chosen.file.described(&chosen.reference);
                described["path"] = control.name.into();
                described
            });
            let described: Vec<_> = described.collect();
            uploads.insert(self.upload_ref(control.element.id()), described.into());
        }
        uploads.into()
    }

    /// Tells of files that the view does not know yet.
    pub(super) async fn choose_files(&mut self, form: Node, input: Node) -> Result<(), Failure> {
        self.forget_files();
        if self.files_of(input, None).iter().all(|at| self.files[*at].is_told) {
            return Ok(());
        }
        if !self.change(form, input).await? {
            return Err(Failure::new("nobody hears of files that are chosen: the form has no phx-change"));
        }
        self.files.iter_mut().for_each(|chosen| chosen.is_told = true);
        self.answered().await?;
        self.forget_files();
        Ok(())
    }

    /// Asks which files may be sent. Nothing when there is nothing to ask.
    pub(super) async fn preflight(&mut self, form: Node, input: Node) -> Result<Option<Value>, Failure> {
        let waiting = self.files_of(input, None).into_iter().filter(|at| self.files[*at].permit.is_none());
        let waiting: Vec<_> = waiting.map(|at| self.files[at].reference.clone()).collect();
        if waiting.is_empty() {
            return Ok(None);
        }
        let described = self.files.iter().filter(|chosen| waiting.contains(&chosen.reference));
        let described: Vec<_> = described.map(|chosen| chosen.file.described(&chosen.reference)).collect();
        let mut message = json!({ "ref": self.upload_ref(input), "entries": described });
        self.add_cid(&mut message, form);
        let answer = self.ask_view(input, "allow_upload", &message).await?;
        self.take_permits(&waiting, &answer);
        Ok(Some(answer))
    }

    /// Those that may not be sent stay chosen, as long as the view shows them, and are asked for again.
    fn take_permits(&mut self, waiting: &[String], answer: &Value) {
        let chunk_size = answer.pointer("/config/chunk_size").and_then(Value::as_u64).unwrap_or(64_000);
        let chunk_size = usize::try_from(chunk_size).unwrap_or(usize::MAX);
        for chosen in self.files.iter_mut().filter(|chosen| waiting.contains(&chosen.reference)) {
            let permit = answer.get("entries").and_then(|entries| entries.get(&chosen.reference)).cloned();
            chosen.permit = permit.map(|permit| match permit {
                Value::Object(_) => Permit::Elsewhere,
                token => Permit::Token { token, chunk_size },
            });
        }
    }

    pub(super) async fn upload(
        &mut self,
        form: Node,
        input: Node,
        only: Option<&str>,
        percent: u8,
    ) -> Result<Result<(), Value>, Failure> {
        self.choose_files(form, input).await?;
        let answer = self.preflight(form, input).await?;
        let meant = self.files_of(input, only);
        if let Some(answer) = answer
            && meant.iter().all(|at| self.files[*at].permit.is_none())
        {
            let why = answer.get("error").or(answer.get("errors")).cloned();
            return Ok(Err(why.unwrap_or(answer)));
        }
        let references = meant.into_iter().map(|at| self.files[at].reference.clone());
        for reference in references.collect::<Vec<_>>() {
            if let Err(why) = self.send_file(form, input, &reference, percent).await? {
                return Ok(Err(why));
            }
        }
        Ok(Ok(()))
    }

    async fn send_file(
        &mut self,
        form: Node,
        input: Node,
        reference: &str,
        percent: u8,
    ) -> Result<Result<(), Value>, Failure> {
        loop {
            self.forget_files();
            let Some(at) = self.files.iter().position(|chosen| chosen.reference == reference) else { break };
            let (chosen, permit) = (&self.files[at], self.files[at].permit.clone());
            let size = chosen.file.content.len();
            let goal = (size * usize::from(percent)).div_ceil(100).min(size);
            if chosen.sent >= goal || self.news.gone.is_some() {
                break;
            }
            let sent = match permit {
                None => break,
                Some(Permit::Elsewhere) => goal,
                Some(Permit::Token { token, chunk_size }) => {
                    let end = goal.min(self.files[at].sent + chunk_size);
                    if let Err(why) = self.send_chunk(input, at, &token, end).await? {
                        return Ok(Err(why));
                    }
                    end
                }
            };
            // An answer may have changed the list.
            let Some(chosen) = self.files.iter_mut().find(|chosen| chosen.reference == reference) else {
                break;
            };
            chosen.sent = sent;
            let percent = chosen.percent();
            self.tell_progress(form, input, reference, percent.into()).await?;
        }
        Ok(Ok(()))
    }

    async fn send_chunk(
        &mut self,
        input: Node,
        at: usize,
        token: &Value,
        end: usize,
    ) -> Result<Result<(), Value>, Failure> {
        let reference = self.files[at].reference.clone();
        if self.files[at].channel.is_none() {
            let payload = Payload::Json(Text::from(json!({ "token": token }).to_string()));
            let (join_ref, (status, answer)) =
                self.ask_file(input, &reference, None, "phx_join", payload).await?;
            if status != "ok" {
                return Ok(Err(answer));
            }
            self.files[at].channel = Some(join_ref);
        }
        let chosen = &self.files[at];
        let chunk = Payload::Binary(chosen.file.content.slice(chosen.sent..end));
        let join_ref = chosen.channel.clone();
        let (_, (status, answer)) =
            self.ask_file(input, &reference, join_ref.as_ref(), "chunk", chunk).await?;
        Ok(if status == "ok" { Ok(()) } else { Err(answer) })
    }

    pub(super) async fn fail_files(
        &mut self,
        form: Node,
        input: Node,
        only: Option<&str>,
    ) -> Result<(), Failure> {
        for at in self.files_of(input, only) {
            let reference = self.files[at].reference.clone();
            self.tell_progress(form, input, &reference, json!({ "error": "failed" })).await?;
        }
        Ok(())
    }

    async fn tell_progress(
        &mut self,
        form: Node,
        input: Node,
        file: &str,
        how_far: Value,
    ) -> Result<(), Failure> {
        let upload = self.upload_ref(input);
        let mut message = json!({ "event": null, "ref": upload, "entry_ref": file, "progress": how_far });
        self.add_cid(&mut message, form);
        let at = self.owner(input)?;
        self.speaking(at)?;
        self.send(at, "progress", &message, About::Event("progress".to_owned())).await?;
        self.answered().await
    }

    /// The component that the form is for.
    fn add_cid(&self, message: &mut Value, form: Node) {
        let target = self.document.get(form).attr("phx-target").and_then(|target| target.parse::<u64>().ok());
        if let Some(cid) = target {
            message["cid"] = cid.into();
        }
    }

    async fn ask_view(&mut self, input: Node, event: &str, message: &Value) -> Result<Value, Failure> {
        let at = self.owner(input)?;
        self.speaking(at)?;
        self.news.file_answer = None;
        self.send(at, event, message, About::Preflight).await?;
        self.answered().await?;
        Ok(self.news.file_answer.take().map(|(_, answer)| answer).unwrap_or_default())
    }

    /// Says something to a file's channel.
    async fn ask_file(
        &mut self,
        input: Node,
        file: &str,
        join_ref: Option<&Ref>,
        event: &str,
        payload: Payload,
    ) -> Result<(Ref, Answer), Failure> {
        let at = self.owner(input)?;
        self.news.file_answer = None;
        let reference = self.send_file_message(at, file, join_ref, event, payload).await?;
        self.answered().await?;
        // Without a view there is no answer.
        Ok((reference, self.news.file_answer.take().unwrap_or_default()))
    }
}
