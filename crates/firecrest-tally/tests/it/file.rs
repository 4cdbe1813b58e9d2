//! The file: opening, closing, and who may not.

use std::fs;
use std::path::Path;

use firecrest_tally::{EmbeddedStore, OpenError, Tally};
use futures_util::future::join_all;
use redb::{Database, TableDefinition};

use crate::child;
use crate::scripted::until;

/// Has the file open until it is killed.
pub(crate) async fn hold(file: &Path) {
    let tally = Tally::open(file).await.unwrap();
    tally.counter("visits").await.unwrap().increment(1).await.unwrap();
    println!("held");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn b012_what_was_counted_is_there_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counters");
    for round in 1..4 {
        let tally = Tally::open(&file).await.unwrap();
        let (visits, below) =
            (tally.counter("visits").await.unwrap(), tally.counter("unter null 🐦").await.unwrap());
        assert_eq!((visits.get(), below.get()), ((round - 1) * 7, (round - 1) * -3));
        visits.increment(6).await.unwrap();
        visits.add_later(1);
        below.add(-3).await.unwrap();
        tally.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_file_that_was_closed_can_be_opened_while_its_old_handles_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counters");
    let old = Tally::open(&file).await.unwrap();
    let counter = old.counter("visits").await.unwrap();
    counter.increment(1).await.unwrap();
    old.close().await.unwrap();
    let new = Tally::open(&file).await.unwrap();
    assert_eq!(new.counter("visits").await.unwrap().increment(1).await.unwrap(), 2);
    assert_eq!(counter.get(), 1);
}

#[tokio::test]
async fn a_file_whose_tally_was_dropped_has_everything_and_can_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counters");
    let tally = Tally::open(&file).await.unwrap();
    tally.counter("visits").await.unwrap().add_later(5);
    drop(tally);
    let mut opened = Err(OpenError::InUse(file.clone()));
    while matches!(opened, Err(OpenError::InUse(_))) {
        tokio::task::yield_now().await;
        opened = Tally::open(&file).await;
    }
    assert_eq!(opened.unwrap().counter("visits").await.unwrap().get(), 5);
}

#[tokio::test]
async fn a_file_is_open_once_in_a_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counters");
    let tally = Tally::open(&file).await.unwrap();
    let error = Tally::open(&file).await.unwrap_err();
    assert!(matches!(&error, OpenError::InUse(path) if *path == file), "{error}");
    tally.counter("visits").await.unwrap().increment(1).await.unwrap();
}

#[tokio::test]
async fn a_file_is_open_in_one_process_until_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counters");
    let (mut holder, mut said) = child::spawn("hold", &file);
    child::wait_for(&mut said, "held");
    let error = Tally::open(&file).await.unwrap_err();
    assert!(matches!(error, OpenError::InUse(_)), "{error}");
    holder.kill().unwrap();
    holder.wait().unwrap();
    let tally = Tally::open(&file).await.unwrap();
    assert_eq!(tally.counter("visits").await.unwrap().get(), 1);
}

#[tokio::test]
async fn of_many_who_open_a_new_file_at_the_same_time_one_has_it() {
    for _ in 0..30 {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("counters");
        let opened = join_all((0..6).map(|_| tokio::spawn(EmbeddedStore::open(file.clone())))).await;
        let (has, has_not): (Vec<_>, Vec<_>) =
            opened.into_iter().map(Result::unwrap).partition(Result::is_ok);
        assert_eq!(has.len(), 1);
        for result in has_not {
            assert!(matches!(result, Err(OpenError::InUse(_))), "{result:?}");
        }
    }
}

#[tokio::test]
async fn of_many_who_open_a_broken_file_at_the_same_time_one_sets_it_aside() {
    for _ in 0..30 {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("counters");
        fs::write(&file, "broken").unwrap();
        let opened = join_all((0..6).map(|_| tokio::spawn(EmbeddedStore::open(file.clone())))).await;
        let opened: Vec<_> = opened.into_iter().map(Result::unwrap).collect();
        let corrupted =
            opened.iter().filter(|result| matches!(result, Err(OpenError::Corrupted { .. }))).count();
        let open = opened.iter().filter(|result| result.is_ok()).count();
        assert!(corrupted == 1 && open <= 1, "{opened:?}");
    }
}

/// By another name it is the same file.
#[tokio::test]
async fn a_file_with_two_names_is_open_once() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let tally = Tally::open(&one).await.unwrap();
    fs::hard_link(&one, &two).unwrap();
    let error = Tally::open(&two).await.unwrap_err();
    assert!(matches!(error, OpenError::InUse(_)), "{error}");
    drop(tally);
}

#[tokio::test]
async fn folders_are_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let error = Tally::open(folder.path().join("typo/counters")).await.unwrap_err();
    assert!(matches!(error, OpenError::Io { .. }), "{error}");
    assert!(!folder.path().join("typo").exists());
}

#[tokio::test]
async fn a_folder_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("counters");
    fs::create_dir(&inner).unwrap();
    let error = Tally::open(&inner).await.unwrap_err();
    assert!(matches!(error, OpenError::Io { .. }), "{error}");
    assert!(inner.is_dir());
}

/// Nobody can make a file in there, not even root: the kernel refuses it, or the file system is mounted for reading only.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_cannot_be_written_to_says_so() {
    let error = Tally::open("/sys/kernel/counters").await.unwrap_err();
    assert!(matches!(error, OpenError::Permission { .. } | OpenError::ReadOnly(_)), "{error:?}");
    assert!(error.to_string().contains("/sys/kernel/counters"), "{error}");
}

#[tokio::test]
async fn a_database_of_something_else_is_left_alone() {
    const STOCK: TableDefinition<'_, &str, u64> = TableDefinition::new("stock");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop");
    let shop = Database::create(&file).unwrap();
    let sale = shop.begin_write().unwrap();
    sale.open_table(STOCK).unwrap().insert("apples", 3).unwrap();
    sale.commit().unwrap();
    drop(shop);
    let error = Tally::open(&file).await.unwrap_err();
    assert!(matches!(error, OpenError::Foreign(_)), "{error}");
    let shop = Database::create(&file).unwrap();
    let tables = redb::ReadableDatabase::begin_read(&shop).unwrap().list_tables().unwrap().count();
    assert_eq!(tables, 1);
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_alone() {
    const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("firecrest-tally");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counters");
    let newer = Database::create(&file).unwrap();
    let made = newer.begin_write().unwrap();
    made.open_table(ABOUT).unwrap().insert("format", 2).unwrap();
    made.commit().unwrap();
    drop(newer);
    for _ in 0..2 {
        let error = Tally::open(&file).await.unwrap_err();
        assert!(matches!(error, OpenError::Format { format: 2, known: 1, .. }), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_was_half_made_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counters");
    fs::write(folder.path().join("counters.new"), b"half").unwrap();
    let tally = Tally::open(&file).await.unwrap();
    tally.counter("visits").await.unwrap().increment(1).await.unwrap();
    tally.close().await.unwrap();
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["counters", "counters.lock"]);
    assert_eq!(fs::read(folder.path().join("counters.lock")).unwrap(), b"");
}

/// Commits that are not waited for keep the file open: whoever stops waiting does not stop them.
#[tokio::test]
async fn whoever_stops_waiting_for_the_store_leaves_it_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counters");
    let store = EmbeddedStore::open(&file).await.unwrap();
    let tally = Tally::with_store(store, firecrest_tally::TallyOptions::default());
    let counter = tally.counter("visits").await.unwrap();
    let waiting = tokio::spawn({
        let counter = counter.clone();
        async move { counter.increment(1).await }
    });
    until("it is counted", || counter.get() == 1).await;
    waiting.abort();
    tally.close().await.unwrap();
    assert_eq!(Tally::open(&file).await.unwrap().counter("visits").await.unwrap().get(), 1);
}
