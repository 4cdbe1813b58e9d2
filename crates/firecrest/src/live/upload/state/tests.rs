//! Tests of the files of an upload.

use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::live::UploadOptions;

fn file(reference: &str, size: u64) -> ClientFile {
    let uploads = json!({ "u": [{ "ref": reference, "name": "a.txt", "size": size }] });
    let chosen = firecrest_live::files::chosen(uploads.as_object().unwrap()).unwrap();
    chosen.into_iter().flat_map(|(_, files)| files).next().unwrap()
}

fn upload() -> Arc<str> {
    Arc::from("u")
}

fn choose(state: &mut State, rules: &Rules, references: &[&str]) {
    let files = references.iter().map(|reference| file(reference, 10)).collect();
    drop(state.choose(rules, &upload(), files));
}

fn references(state: &State) -> Vec<String> {
    state.entries(&upload()).iter().map(|entry| entry.reference().to_owned()).collect()
}

#[test]
fn e103_a_file_that_is_gone_does_not_come_back() {
    let (mut state, rules) = (State::default(), UploadOptions::new().max_entries(3).rules);
    choose(&mut state, &rules, &["0", "1"]);
    assert!(state.cancel(&rules, "0").is_some());
    choose(&mut state, &rules, &["0", "1", "2"]);
    assert_eq!(references(&state), ["1", "2"]);
}

#[test]
fn e105_without_what_is_too_much_the_rest_is_accepted() {
    let (mut state, rules) = (State::default(), UploadOptions::new().max_entries(1).auto(true).rules);
    choose(&mut state, &rules, &["0", "1"]);
    assert!(state.is_too_many());
    let both = ["0".to_owned(), "1".to_owned()];
    assert_eq!(state.preflight(&rules, &both).accepted, ["0"]);
    drop(state.cancel(&rules, "0"));
    assert!(!state.is_too_many());
    assert_eq!(
        state.preflight(&rules, &both[1..]),
        Preflighted { accepted: vec!["1".to_owned()], refused: Vec::new() }
    );
}

#[test]
fn f150_a_file_is_named_twice_and_taken_once() {
    let (mut state, rules) = (State::default(), UploadOptions::new().max_entries(3).rules);
    choose(&mut state, &rules, &["0", "0"]);
    choose(&mut state, &rules, &["0"]);
    assert_eq!(references(&state), ["0"]);
}

#[test]
fn f150_a_file_that_is_not_known_is_refused_by_name() {
    let (mut state, rules) = (State::default(), UploadOptions::new().max_entries(3).rules);
    choose(&mut state, &rules, &["0", "1"]);
    drop(state.cancel(&rules, "0"));
    let both = ["0".to_owned(), "1".to_owned()];
    let result = state.preflight(&rules, &both);
    assert_eq!(
        (result.accepted, result.refused),
        (vec!["1".to_owned()], vec![("0".to_owned(), vec!["cancelled"])])
    );
}

#[test]
fn f154_a_file_comes_further_and_never_back() {
    let (mut state, rules) = (State::default(), UploadOptions::new().rules);
    choose(&mut state, &rules, &["0"]);
    state.accept("0", None);
    assert!(state.received("0", 5));
    let mut say = |percent| {
        let entry = state.progress(&upload(), "0", &Said::Percent(percent));
        entry.map(|entry| entry.progress())
    };
    assert_eq!([20, 20, 10, 100, 100, 0].map(&mut say), [Some(20), None, None, Some(50), None, None]);
}

/// What cannot be sent is gone, unless something brings it, it is there, or there is an error to be shown.
#[test]
fn f150_a_file_that_the_client_gives_up_is_gone() {
    let rules = UploadOptions::new().max_entries(2).rules;
    for (preflighted, complete, failed, is_gone) in [
        (false, false, false, false),
        (true, false, false, true),
        (true, true, false, false),
        (true, false, true, false),
    ] {
        let mut state = State::default();
        choose(&mut state, &rules, &["0", "1"]);
        if preflighted {
            state.accept("0", None);
        }
        if complete {
            assert!(state.complete("0", Arc::new(())));
        }
        if failed {
            state.fail("0", UploadError::WriterFailure(String::new()));
        }
        assert_eq!(state.abandon(&rules, "0").is_some(), is_gone);
        assert_eq!(references(&state).len(), if is_gone { 1 } else { 2 });
    }
    let mut state = State::default();
    choose(&mut state, &rules, &["0"]);
    state.accept("0", Some(Arc::new(())));
    assert!(state.abandon(&rules, "0").is_none(), "that is an error to be shown");
}

/// What can be done to the files of an upload.
#[derive(Clone, Debug)]
enum Step {
    Choose(Vec<u8>),
    Preflight(Vec<u8>),
    Receive(u8, u64),
    Complete(u8),
    Progress(u8, u8),
    Cancel(u8),
    Consume,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let file = 0..12_u8;
    let files = prop::collection::vec(0..12_u8, 0..6);
    let step = prop_oneof![
        files.clone().prop_map(Step::Choose),
        files.prop_map(Step::Preflight),
        (file.clone(), 0..11_u64).prop_map(|(file, bytes)| Step::Receive(file, bytes)),
        file.clone().prop_map(Step::Complete),
        (file.clone(), 0..=100_u8).prop_map(|(file, percent)| Step::Progress(file, percent)),
        file.prop_map(Step::Cancel),
        Just(Step::Consume),
    ];
    prop::collection::vec(step, 0..40)
}

proptest! {
    /// Whatever a client does: what is gone stays gone, only what is complete is done, and only as many as may be are accepted.
    #[test]
    fn f150_no_client_gets_more_than_is_allowed(
        steps in steps(), most in 1..4_usize, is_auto: bool, is_total: bool,
    ) {
        let mut options = UploadOptions::new().max_entries(most).auto(is_auto);
        if is_total {
            options = options.total_entries();
        }
        let (rules, upload, mut state) = (options.rules, upload(), State::default());
        let (mut gone, mut complete, mut consumed) = (HashSet::new(), HashSet::new(), 0);
        for step in steps {
            let before: HashSet<_> = references(&state).into_iter().collect();
            match step {
                Step::Choose(files) => {
                    let files = files.iter().map(|number| file(&number.to_string(), 10)).collect();
                    drop(state.choose(&rules, &upload, files));
                }
                Step::Preflight(files) => {
                    let files: Vec<_> = files.iter().map(u8::to_string).collect();
                    let result = state.preflight(&rules, &files);
                    prop_assert!(result.accepted.len() <= most);
                    prop_assert!(!is_total || result.accepted.len() + consumed <= most);
                    result.accepted.iter().for_each(|file| state.accept(file, None));
                }
                Step::Receive(file, bytes) => drop(state.received(&file.to_string(), bytes)),
                Step::Complete(file) => {
                    state.complete(&file.to_string(), Arc::new(()));
                    complete.insert(file.to_string());
                }
                Step::Progress(file, percent) => {
                    drop(state.progress(&upload, &file.to_string(), &Said::Percent(percent)));
                }
                Step::Cancel(file) => drop(state.cancel(&rules, &file.to_string())),
                Step::Consume => {
                    for (entry, _) in state.done(&upload) {
                        prop_assert!(complete.contains(entry.reference()));
                        prop_assert!(entry.is_preflighted() && entry.progress() == 100);
                        consumed += usize::from(state.consume(&rules, entry.reference()).is_some());
                    }
                }
            }
            let now: HashSet<_> = references(&state).into_iter().collect();
            gone.extend(before.difference(&now).cloned());
            prop_assert!(now.is_disjoint(&gone), "what was gone came back");
            let room = if is_total { most.saturating_sub(consumed) } else { most };
            prop_assert_eq!(state.is_too_many(), now.len() > room);
        }
    }
}
