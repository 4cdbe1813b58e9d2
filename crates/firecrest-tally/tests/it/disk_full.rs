//! Disks without room, and files that may not grow.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use firecrest_tally::{OpenError, StoreError, Tally, TallyError};
use futures_util::future::join_all;
use rlimit::{INFINITY, Resource, setrlimit};

use crate::child;

/// Counters with long names need room.
fn name(number: usize) -> String {
    format!("{number} {}", "x".repeat(200))
}

async fn count(tally: &Tally, number: usize) -> Result<i64, TallyError> {
    tally.counter(&name(number)).await?.increment(1).await
}

/// Counts until there is no room, and says how that must look; then makes room and goes on.
async fn fill(file: &Path, make_room: impl FnOnce()) {
    let tally = Tally::open(file).await.unwrap();
    let later = tally.counter("later").await.unwrap();
    let visits = tally.counter("visits").await.unwrap();
    let (mut written, mut refused) = (Vec::new(), Vec::new());
    let mut error = None;
    for number in (0..1_000_000).step_by(500) {
        later.add_later(1);
        let many = (number..number + 500).map(|number| count(&tally, number));
        for (number, result) in (number..).zip(join_all(many).await) {
            match result {
                Ok(value) => written.push((number, value)),
                Err(reason) => {
                    refused.push(number);
                    error = Some(reason);
                }
            }
        }
        if error.is_some() {
            break;
        }
    }
    let Some(TallyError::Store(error)) = error else { panic!("{error:?}") };
    assert!(matches!(*error, StoreError::Failed(_)), "{error:?}");
    assert!(error.to_string().contains("os error"), "it says why: {error}");
    for number in &refused {
        assert_eq!(tally.counter(&name(*number)).await.unwrap().get(), 0, "it is not counted");
    }
    let laters = later.get();
    make_room();
    assert_eq!(visits.increment(1).await.unwrap(), 1);
    tally.flush().await.unwrap();
    assert!(tally.health().is_ok());
    tally.close().await.unwrap();

    let tally = Tally::open(file).await.unwrap();
    for (number, value) in written.into_iter().chain(refused.into_iter().map(|number| (number, 0))) {
        assert_eq!(tally.counter(&name(number)).await.unwrap().get(), value, "{number}");
    }
    assert_eq!(tally.counter("later").await.unwrap().get(), laters, "what nobody waited for is not lost");
    tally.close().await.unwrap();
}

/// A child's part: its files may not become larger than this one is now, and a bit.
pub(crate) async fn fill_to_the_limit(file: &Path) {
    Tally::open(file).await.unwrap().close().await.unwrap();
    let limit = fs::metadata(file).unwrap().len() + (256 << 10);
    setrlimit(Resource::FSIZE, limit, INFINITY).unwrap();
    fill(file, || setrlimit(Resource::FSIZE, INFINITY, INFINITY).unwrap()).await;
}

/// A child's part: no file may have more than some bytes.
pub(crate) async fn open_without_room(file: &Path) {
    setrlimit(Resource::FSIZE, 100 << 10, INFINITY).unwrap();
    for _ in 0..2 {
        let error = Tally::open(file).await.unwrap_err();
        assert!(matches!(error, OpenError::NoSpace { .. }), "{error:?}");
        assert!(!file.exists(), "nothing that is half made");
    }
    setrlimit(Resource::FSIZE, INFINITY, INFINITY).unwrap();
    Tally::open(file).await.unwrap();
}

#[test]
fn increments_that_have_no_room_say_so_and_the_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let status = child::command("fill", &folder.path().join("counters")).status().unwrap();
    assert!(status.success());
}

#[test]
fn a_file_that_has_no_room_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let status = child::command("no room", &folder.path().join("counters")).status().unwrap();
    assert!(status.success());
}

/// A child's part: it is on a disk of four megabytes, one of which is something else's.
pub(crate) async fn fill_the_disk(file: &Path) {
    let ballast = file.with_extension("ballast");
    fs::write(&ballast, vec![1; 1 << 20]).unwrap();
    fill(file, || fs::remove_file(&ballast).unwrap()).await;
}

/// The disk is gone when the child is. Where nobody may mount one, the limit above does nearly the same.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_says_so_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let alone = ["--mount", "--map-root-user", "sh", "-c"];
    let mount = r#"mount -t tmpfs -o size=4m none "$0" && exec "$@""#;
    let on_small_disk = |arguments: &[&OsStr]| {
        let mut command = Command::new("unshare");
        command.args(alone).arg(mount).arg(folder.path()).args(arguments);
        command
    };
    if !on_small_disk(&["true".as_ref()]).status().is_ok_and(|status| status.success()) {
        eprintln!("may not mount a small disk, so none was filled");
        return;
    }
    let child = child::command("fill the disk", &folder.path().join("counters"));
    let arguments: Vec<_> = [child.get_program()].into_iter().chain(child.get_args()).collect();
    let variables = child.get_envs().filter_map(|(name, value)| Some((name, value?)));
    assert!(on_small_disk(&arguments).envs(variables).status().unwrap().success());
}
