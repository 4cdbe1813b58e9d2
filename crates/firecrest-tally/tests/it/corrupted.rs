//! Files that are not whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use firecrest_tally::{OpenError, Tally};
use proptest::prelude::*;
use rand::RngExt;

const COUNTERS: i64 = 300;

/// A file with some counters.
async fn write(file: &Path) {
    let tally = Tally::open(file).await.unwrap();
    for number in 0..COUNTERS {
        tally.counter(&name(number)).await.unwrap().add_later(number + 1);
        if number % 100 == 0 {
            tally.flush().await.unwrap();
        }
    }
    tally.close().await.unwrap();
}

fn name(number: i64) -> String {
    format!("counter {number}")
}

/// Opening fails, with the file set aside as it was.
async fn is_set_aside(file: &Path, what: &str) -> PathBuf {
    let before = fs::read(file).unwrap();
    let error = Tally::open(file).await.unwrap_err();
    let OpenError::Corrupted { path, set_aside, .. } = &error else { panic!("{what}: {error:?}") };
    assert_eq!(path, file);
    assert!(!file.exists());
    let name = set_aside.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("counters.corrupt-") && set_aside.parent() == file.parent(), "{name}");
    assert!(error.to_string().contains(name), "{error}");
    assert!(fs::read(set_aside).unwrap() == before, "{what}: as it was");
    set_aside.clone()
}

#[tokio::test]
async fn a_file_that_is_not_whole_is_set_aside_and_the_next_one_is_new() {
    let whole = tempfile::tempdir().unwrap();
    let whole = whole.path().join("counters");
    write(&whole).await;
    let whole = fs::read(whole).unwrap();
    let mut noise = vec![0; whole.len()];
    rand::rng().fill(&mut noise[..]);
    let with_header = |header: &[u8]| [header, &whole[header.len()..]].concat();
    let kinds: [(&str, Vec<u8>); 11] = [
        ("empty", Vec::new()),
        ("one byte", vec![b'r']),
        ("a text", b"visits: 42\n".to_vec()),
        ("zeros", vec![0; whole.len()]),
        ("noise", noise.clone()),
        ("noise after the magic number", [&whole[..9], &noise[9..]].concat()),
        ("a header of noise", with_header(&noise[..320])),
        ("a header of zeros", with_header(&[0; 320])),
        ("half of it", whole[..whole.len() / 2].to_vec()),
        ("a page of it", whole[..4096].to_vec()),
        ("zeros after the header", [&whole[..4096], &vec![0; whole.len() - 4096][..]].concat()),
    ];
    for (what, bytes) in kinds {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("counters");
        fs::write(&file, bytes).unwrap();
        is_set_aside(&file, what).await;
        let tally = Tally::open(&file).await.unwrap();
        assert_eq!(tally.counter(&name(7)).await.unwrap().increment(1).await.unwrap(), 1, "{what}");
        tally.close().await.unwrap();
    }
}

#[tokio::test]
async fn every_file_that_is_set_aside_has_a_name_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counters");
    let mut names = Vec::new();
    for number in 0..5 {
        fs::write(&file, format!("broken {number}")).unwrap();
        names.push(is_set_aside(&file, "a text").await);
    }
    for (number, name) in names.into_iter().enumerate() {
        assert_eq!(fs::read_to_string(name).unwrap(), format!("broken {number}"));
    }
}

#[derive(Clone, Debug)]
enum Damage {
    Flip { at: prop::sample::Index, bits: u8 },
    Cut(prop::sample::Index),
    Zero { at: prop::sample::Index, length: usize },
    Append(usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<prop::sample::Index>(), 1..=255u8).prop_map(|(at, bits)| Damage::Flip { at, bits }),
        1 => any::<prop::sample::Index>().prop_map(Damage::Cut),
        2 => (any::<prop::sample::Index>(), 1..5000usize).prop_map(|(at, length)| Damage::Zero { at, length }),
        1 => (1..9000usize).prop_map(Damage::Append),
    ]
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Damage::Flip { at, bits } => {
                let at = at.index(bytes.len());
                bytes[at] ^= bits;
            }
            Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Damage::Zero { at, length } => {
                let at = at.index(bytes.len());
                let end = bytes.len().min(at + length);
                bytes[at..end].fill(0);
            }
            Damage::Append(length) => bytes.resize(bytes.len() + length, 7),
        }
    }
}

#[test]
fn a_damaged_file_has_the_right_values_or_is_set_aside() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    runtime.block_on(write(&whole));
    let whole = fs::read(whole).unwrap();
    // The first megabyte is not all in use: half of the damage is done where something is.
    let used = whole.len() - whole.iter().rev().take_while(|byte| **byte == 0).count();
    let opened = AtomicUsize::new(0);
    let strategy = (prop::collection::vec(damage(), 1..3), any::<bool>());
    proptest!(ProptestConfig::with_cases(150), |((damages, in_use) in strategy)| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("counters");
        let mut bytes = whole.clone();
        let rest = if in_use { bytes.split_off(used) } else { Vec::new() };
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        bytes.extend(rest);
        fs::write(&file, &bytes).unwrap();
        let right = runtime.block_on(async {
            match Tally::open(&file).await {
                Ok(tally) => {
                    for number in 0..COUNTERS {
                        let value = tally.counter(&name(number)).await.unwrap().get();
                        assert_eq!(value, number + 1, "{damages:?}");
                    }
                    tally.close().await.unwrap();
                    1
                }
                Err(OpenError::Corrupted { .. }) => 0,
                Err(error) => panic!("{damages:?}: {error:?}"),
            }
        });
        opened.fetch_add(right, Ordering::Relaxed);
    });
    let opened = opened.into_inner();
    assert!((1..149).contains(&opened), "{opened} of 150 could be opened");
}
