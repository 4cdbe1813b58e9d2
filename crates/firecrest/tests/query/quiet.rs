//! Once it is quiet, everybody has the newest answer.

use firecrest::query::{Live, Query, QueryOptions};
use proptest::prelude::*;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::facts::{Facts, Mood, ms};

const KEYS: u32 = 3;

#[derive(Clone, Debug)]
enum Step {
    Watch(u32),
    /// Drops whoever watches longest.
    Leave,
    /// Changes a fact, and says so.
    Touch(u32, i64),
    TouchAll(i64),
    /// Changes all facts by way of a source.
    Source(i64),
    Mood(Mood),
    Pace(u64),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let mood = prop_oneof![Just(Mood::Well), Just(Mood::Failing), Just(Mood::Panicking), Just(Mood::Hanging)];
    let step = prop_oneof![
        3 => (0..KEYS).prop_map(Step::Watch),
        1 => Just(Step::Leave),
        4 => (0..KEYS, 0..4_i64).prop_map(|(key, number)| Step::Touch(key, number)),
        1 => (0..4_i64).prop_map(Step::TouchAll),
        2 => (0..4_i64).prop_map(Step::Source),
        1 => mood.prop_map(Step::Mood),
        1 => (0..150_u64).prop_map(Step::Pace),
        4 => (0..200_u64).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 0..60)
}

struct World {
    facts: Facts,
    source: watch::Sender<()>,
    query: Query<u32, i64>,
    watching: Vec<(u32, Live<i64>)>,
}

impl World {
    fn new() -> Self {
        let (facts, source) = (Facts::default(), watch::Sender::new(()));
        let query =
            facts.query().on(source.subscribe()).with_options(QueryOptions::default().timeout(ms(300)));
        World { facts, source, query, watching: Vec::new() }
    }

    async fn take(&mut self, step: Step) {
        match step {
            // It is an error when asking goes wrong just now.
            Step::Watch(key) => self.watching.extend(self.query.watch(key).await.map(|live| (key, live))),
            Step::Leave if self.watching.is_empty() => {}
            Step::Leave => drop(self.watching.remove(0)),
            Step::Touch(key, number) => {
                self.facts.set(key, number);
                self.query.touch(&key);
            }
            Step::TouchAll(number) => {
                (0..KEYS).for_each(|key| self.facts.set(key, number));
                self.query.touch_all();
            }
            Step::Source(number) => {
                (0..KEYS).for_each(|key| self.facts.set(key, number));
                self.source.send_replace(());
            }
            Step::Mood(mood) => self.facts.mood(mood),
            Step::Pace(pace) => self.facts.pace(ms(pace)),
            Step::Wait(wait) => sleep(ms(wait)).await,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn once_it_is_quiet_everybody_has_the_newest_answer(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut world = World::new();
            for step in steps {
                world.take(step).await;
            }
            world.facts.mood(Mood::Well);
            // A question that has failed waits for half a minute at most.
            sleep(ms(31_000)).await;
            for (key, live) in &world.watching {
                prop_assert_eq!((*live.get(), live.is_stale()), (world.facts.get(*key), false));
            }
            let asked: Vec<usize> = (0..KEYS).map(|key| world.facts.asked(key)).collect();
            sleep(ms(100_000)).await;
            prop_assert_eq!(asked, (0..KEYS).map(|key| world.facts.asked(key)).collect::<Vec<_>>());
            world.watching.clear();
            sleep(ms(1)).await;
            prop_assert_eq!((world.query.watched(), world.facts.running()), (0, 0));
            Ok(())
        })?;
    }
}
