//! What is said to PostgreSQL.

/// A store's statements, with the name of its schema in place.
pub(crate) struct Sql {
    /// Whether the tables exist.
    pub(crate) exist: String,
    /// Makes what is missing, one process at a time.
    pub(crate) create: String,
    /// Forgets writers that have not been heard of for a day.
    pub(crate) forget: String,
    /// Reads counters: `$1` their names.
    pub(crate) load: String,
    /// Adds a batch unless it has been added: `$1` the writer, `$2` the batch's number, `$3` names in order, `$4` their
    /// deltas, `$5` where to tell. No rows: it has been.
    pub(crate) commit: String,
    /// Begins to listen.
    pub(crate) listen: String,
    /// Where batches are told.
    pub(crate) channel: String,
}

/// What makes a channel's name of a schema's.
const CHANNEL: &str = "_changes";

/// How many bytes a schema's name may have: its channel's may have 63.
pub(crate) const LONGEST_SCHEMA: usize = 63 - CHANNEL.len();

impl Sql {
    /// For a schema whose name has nothing that would end its quotes.
    pub(crate) fn new(schema: &str) -> Self {
        let in_schema = |template: &str| template.replace("{schema}", &format!("\"{schema}\""));
        Sql {
            exist: in_schema(EXIST),
            create: in_schema(CREATE),
            forget: in_schema(FORGET),
            load: in_schema(LOAD),
            commit: in_schema(COMMIT),
            listen: format!("LISTEN \"{schema}{CHANNEL}\""),
            channel: format!("{schema}{CHANNEL}"),
        }
    }
}

const EXIST: &str =
    "SELECT to_regclass('{schema}.counters') IS NOT NULL AND to_regclass('{schema}.writers') IS NOT NULL";

/// Processes that start together would all find the tables missing; the lock is let go when they are there.
const CREATE: &str = r#"
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('{schema}.counters'));
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE IF NOT EXISTS {schema}.counters (
    name text COLLATE "C" PRIMARY KEY,
    value bigint NOT NULL,
    revision bigint NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS {schema}.writers (
    writer text COLLATE "C" PRIMARY KEY,
    number bigint NOT NULL,
    seen timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMIT;
"#;

const FORGET: &str = "DELETE FROM {schema}.writers WHERE seen < now() - interval '1 day'";

const LOAD: &str =
    "SELECT name::text, value::bigint, revision::bigint FROM {schema}.counters WHERE name = ANY($1)";

/// One statement, so one transaction. Whoever repeats a batch waits at the writer's row for the first attempt, if that is
/// still running. Names come in order, so that no two batches wait for each other. A notification may have 7,999 bytes: it
/// is ended by the counter with which it passes 7,000, and none takes more than 600.
const COMMIT: &str = r"
WITH batch AS (
    INSERT INTO {schema}.writers AS writers (writer, number, seen) VALUES ($1, $2, now())
    ON CONFLICT (writer) DO UPDATE SET number = excluded.number, seen = excluded.seen
    WHERE writers.number < excluded.number
    RETURNING number
), added AS (
    INSERT INTO {schema}.counters AS counters (name, value, revision)
    SELECT name, delta, 1 FROM unnest($3, $4) AS deltas (name, delta) WHERE EXISTS (SELECT FROM batch)
    ON CONFLICT (name) DO UPDATE SET revision = counters.revision + 1, value =
        greatest(-9223372036854775808, least(9223372036854775807, counters.value::numeric + excluded.value))
    RETURNING name, value, revision
), entries AS (
    SELECT name, concat(octet_length(convert_to(name, 'UTF8')), ':', name, ' ', value, ' ', revision, ';') AS entry FROM added
), cut AS (
    SELECT entry, sum(octet_length(entry)) OVER (ORDER BY name) / 7000 AS message FROM entries
), told AS (
    SELECT pg_notify($5, $1 || string_agg(entry, '')) FROM cut GROUP BY message
)
SELECT name::text, value::bigint, revision::bigint, (SELECT count(*) FROM told) AS messages FROM added
";
