//! Turns of a view that are about files.

use std::any::{Any, TypeId, type_name};
use std::sync::{Arc, Weak};

use firecrest_live::files::{ClientFile, FilesError, Preflight, ProgressSaid, Said, chosen};
use firecrest_live::form::ClientEvent;
use firecrest_wire::Payload;
use serde_json::{Map, Value, json};

use super::error::MAX_UPLOADS;
use super::inner::Inner;
use super::options::{Ask, Way};
use super::state::Preflighted;
use super::writer::Meta;
use super::{AllowError, Upload, UploadError, UploadOptions};
use crate::channel::{Context, Outcome, Reply, Stop};
use crate::live::component::{ToComponent, Whom};
use crate::live::info::LiveInfo;
use crate::live::own::OwnView;
use crate::live::page::{Page, Reach};
use crate::live::reply::with_members;
use crate::live::tokens::UploadToken;

/// The uploads of a view and its components. They end with it.
#[derive(Default)]
pub(in crate::live) struct Uploads(Vec<Weak<Inner>>);

impl Uploads {
    fn all(&self) -> impl Iterator<Item = Arc<Inner>> {
        self.0.iter().filter_map(Weak::upgrade)
    }

    fn find(&self, reference: &str) -> Option<Arc<Inner>> {
        self.all().find(|upload| *upload.reference == *reference)
    }

    /// The upload that this is about. Once a client has given up one file of an input, it does not know which upload the others are of.
    fn of(&self, said: &ProgressSaid) -> Option<Arc<Inner>> {
        match &said.upload {
            Some(reference) => self.find(reference),
            None => self.all().find(|upload| upload.state().has(&said.file)),
        }
    }
}

impl Drop for Uploads {
    fn drop(&mut self) {
        self.all().for_each(|upload| upload.end());
    }
}

impl Reach<'_> {
    /// Allows an upload; `owner` is the component that has it, or 0.
    pub(in crate::live) fn allow_upload<M: Clone + Send + Sync + 'static, I: 'static>(
        &mut self,
        name: &str,
        owner: u32,
        options: UploadOptions<M>,
    ) -> Result<Upload<M>, AllowError> {
        let desk = self.page.endpoint.live_table().uploads.clone();
        let uploads = self.page.uploads.get_or_insert_default();
        uploads.0.retain(|upload| upload.strong_count() > 0);
        if uploads.0.len() >= MAX_UPLOADS {
            return Err(AllowError::TooMany);
        }
        let same = |upload: &Arc<Inner>| upload.owner == owner && upload.name == name;
        for upload in uploads.all().filter(same).collect::<Vec<_>>() {
            withdraw(&upload)?;
        }
        let UploadOptions { rules, way, progress, info, .. } = options;
        if let Some((id, theirs)) = info
            && id != TypeId::of::<I>()
        {
            let own = type_name::<I>();
            self.page.fail(format_args!(
                "`on_progress` of the upload {name:?} makes {theirs}, but infos here are {own}"
            ));
        }
        let uploads = self.page.uploads.get_or_insert_default();
        let upload = Upload::new(Inner::new(name.to_owned(), owner, desk, (rules, way, progress)));
        uploads.0.push(Arc::downgrade(&upload.inner));
        Ok(upload)
    }
}

/// Ends an upload that no files are chosen for.
pub(in crate::live) fn withdraw(upload: &Inner) -> Result<(), AllowError> {
    if !upload.state().is_empty() {
        return Err(AllowError::InUse(upload.name.clone()));
    }
    upload.end();
    Ok(())
}

impl Page {
    /// Notes the files that are chosen in a form. Those of uploads that are not there any more are nobody's.
    pub(in crate::live) fn choose_files(&mut self, event: &ClientEvent) -> Result<(), FilesError> {
        if event.uploads.is_empty() {
            return Ok(());
        }
        for (reference, files) in chosen(&event.uploads)? {
            if let Some(upload) = self.uploads.as_ref().and_then(|uploads| uploads.find(&reference)) {
                choose(&upload, files);
            }
        }
        Ok(())
    }

    /// Has whoever has an upload that has changed rendered.
    pub(in crate::live) fn note_uploads(&mut self) {
        let Some(uploads) = &self.uploads else { return };
        for upload in uploads.all() {
            if upload.state().take_changed() {
                match (upload.owner, &mut self.components) {
                    (0, _) | (_, None) => self.must_render = true,
                    (owner, Some(components)) => components.must_render(owner),
                }
            }
        }
    }
}

fn choose(upload: &Inner, files: Vec<ClientFile>) {
    let replaced = upload.state().choose(&upload.rules, &upload.reference, files);
    drop(replaced);
}

impl OwnView {
    /// The client wants to send files.
    pub(in crate::live) async fn allow_upload(
        &mut self,
        payload: Payload,
        cx: &mut Context<'_, LiveInfo>,
    ) -> Outcome {
        let asked =
            match json(&payload).and_then(|json| Preflight::parse(json).map_err(|error| error.to_string())) {
                Ok(asked) => asked,
                Err(error) => {
                    return Stop::error(format!("what is to be uploaded cannot be read: {error}")).into();
                }
            };
        let Some(upload) = self.page.uploads.as_ref().and_then(|uploads| uploads.find(&asked.upload)) else {
            // There was one: nothing is sent.
            return Reply::ok(json!({ "ref": asked.upload, "error": [] })).into();
        };
        let answer = self.preflight(&upload, asked, cx).await;
        match (answer, self.conclude_component(Outcome::NoReply, cx, true).await) {
            (Ok(answer), Outcome::Reply(reply)) => with_members(reply, &answer).into(),
            (Err(error), _) => Stop::error(format!("a token cannot be signed: {error}")).into(),
            (_, outcome) => outcome,
        }
    }

    /// Which of the files may be sent, and what the client needs to know for that. With a form they are sent all or none: the client
    /// gives up all of them because of one.
    async fn preflight(
        &mut self,
        upload: &Arc<Inner>,
        asked: Preflight,
        cx: &mut Context<'_, LiveInfo>,
    ) -> Result<Map<String, Value>, crate::token::SignError> {
        let listed: Vec<_> = asked.files.iter().map(|file| file.reference.clone()).collect();
        choose(upload, asked.files);
        upload.open(cx.ties().0, self.kin.instance);
        let Preflighted { mut accepted, mut refused } = upload.state().preflight(&upload.rules, &listed);
        let (rules, mut entries) = (&upload.rules, Map::new());
        if !rules.is_auto && !refused.is_empty() {
            accepted.clear();
        }
        for file in accepted {
            match &upload.way {
                Way::External(ask) => match external(upload, ask, &file).await {
                    Some(meta) => drop(entries.insert(file, meta)),
                    None => refused.push((file, vec!["external_metadata_failure"])),
                },
                Way::Temporary | Way::Writer(_) => {
                    let token = UploadToken::new(self.kin.instance, &upload.reference, &file);
                    entries.insert(file, token.sign(&self.page.endpoint)?.into());
                }
            }
        }
        let mut answer = Map::from_iter([("ref".to_owned(), Value::from(&*upload.reference))]);
        if !rules.is_auto && !refused.is_empty() {
            let pairs =
                refused.iter().flat_map(|(file, wrong)| wrong.iter().map(move |wrong| json!([file, wrong])));
            answer.insert("error".to_owned(), pairs.collect());
            return Ok(answer);
        }
        for (file, permit) in &entries {
            let external = matches!(upload.way, Way::External(_)).then(|| Arc::new(permit.clone()) as Meta);
            upload.state().accept(file, external);
        }
        let errors: Map<_, _> = refused.into_iter().map(|(file, wrong)| (file, json!(wrong))).collect();
        answer.insert(
            "config".to_owned(),
            json!({
                "max_file_size": rules.max_file_size,
                "max_entries": rules.max_entries,
                "chunk_size": rules.chunk_size,
                "chunk_timeout": rules.chunk_timeout.as_millis() as u64,
            }),
        );
        answer.insert("entries".to_owned(), entries.into());
        answer.insert("errors".to_owned(), errors.into());
        Ok(answer)
    }

    /// The client says how far a file is.
    pub(in crate::live) async fn progress(
        &mut self,
        payload: Payload,
        cx: &mut Context<'_, LiveInfo>,
    ) -> Outcome {
        let said = match json(&payload)
            .and_then(|json| ProgressSaid::parse(json).map_err(|error| error.to_string()))
        {
            Ok(said) => said,
            Err(error) => {
                return Stop::error(format!("the progress of a file cannot be read: {error}")).into();
            }
        };
        let upload = self.page.uploads.as_ref().and_then(|uploads| uploads.of(&said));
        let Some(upload) = upload else { return Reply::empty().into() };
        if said.progress == Said::Failed {
            let gone = upload.state().abandon(&upload.rules, &said.file);
            drop(gone);
        }
        let entry = upload.state().progress(&upload.reference, &said.file, &said.progress);
        let (Some(entry), Some(progress)) = (entry, &upload.progress) else {
            return self.conclude_component(Outcome::NoReply, cx, true).await;
        };
        let info = progress(&entry);
        let owner = upload.owner;
        // From here on the view may end it.
        drop(upload);
        match owner {
            0 => {
                let (view, reach) = self.reach(cx);
                let outcome = view.handle_info(info, reach).await;
                self.conclude(outcome, cx, true).await
            }
            owner => self.component_progress(owner, info, cx).await,
        }
    }

    async fn component_progress(
        &mut self,
        owner: u32,
        info: Box<dyn Any + Send>,
        cx: &mut Context<'_, LiveInfo>,
    ) -> Outcome {
        let mut info = Some(info);
        let to = ToComponent { whom: Whom::Number(owner), say: Box::new(move || info.take()) };
        match self.component_info(to, cx).await {
            Outcome::Stop(stop) if !stop.reason.is_crash() => stop.with_reply(Reply::empty()).into(),
            // What has changed was pushed.
            Outcome::NoReply | Outcome::Render => Reply::empty().into(),
            outcome => outcome,
        }
    }

    /// Something of an upload has changed by itself.
    pub(in crate::live) async fn uploads_changed(&mut self, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        self.conclude_component(Outcome::NoReply, cx, false).await
    }
}

/// Asks the application where a file should go. None when it should not.
async fn external(upload: &Inner, ask: &Ask, file: &str) -> Option<Value> {
    let entry = upload.state().entry(&upload.reference, file)?;
    let answer = ask(entry).await.and_then(|meta| match meta.get("uploader") {
        Some(Value::String(_)) => Ok(meta),
        _ => {
            tracing::error!(
                upload = upload.name,
                "what a page is told about a file must have a text `uploader`"
            );
            Err(Value::Null)
        }
    });
    let refuse = |meta| upload.state().fail(file, UploadError::ExternalMetadata(meta));
    answer.map_err(refuse).ok()
}

fn json(payload: &Payload) -> Result<&str, String> {
    match payload {
        Payload::Json(json) => Ok(json),
        Payload::Binary(_) => Err("it is binary".to_owned()),
    }
}
