//! What the benchmarks count.

use std::process::Stdio;

use serde::Deserialize;
use serde_json::Value;

use super::expected::Counts;
use super::tools;
use crate::command::cargo;
use crate::failure::Failure;

/// What Gungraun says of one benchmark, as far as it matters here.
#[derive(Deserialize)]
struct Summary {
    function_name: String,
    id: String,
    profiles: Vec<Value>,
}

/// Runs the benchmarks and gives the instructions of each.
pub(crate) fn counts() -> Result<Counts, Failure> {
    let path = tools::path_with_runner()?;
    let mut bench = cargo(&["bench", "--quiet", "--package", "benches", "--bench", "instructions", "--"]);
    let output =
        bench.args(["--output-format=json", "--color=never"]).env("PATH", path).stderr(Stdio::inherit());
    let output = output.output().map_err(|error| Failure::new(format!("cargo bench: {error}")))?;
    if !output.status.success() {
        return Err(Failure::new(format!("the benchmarks failed ({})", output.status)));
    }
    parse(&String::from_utf8_lossy(&output.stdout))
}

/// One JSON object per line.
fn parse(summaries: &str) -> Result<Counts, Failure> {
    let lines = summaries.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| count(line).ok_or_else(|| Failure::new(format!("no instructions in {line}")))).collect()
}

fn count(line: &str) -> Option<(String, u64)> {
    let Summary { function_name, id, profiles } = serde_json::from_str(line).ok()?;
    let instructions = |profile: &Value| profile.pointer("/data/total/metrics/Ir/values/new")?.as_u64();
    let total = profiles.iter().find_map(instructions)?;
    Some((format!("{function_name}.{id}"), total.div_ceil(times(&id))))
}

/// How often the same is done: the number at the end of the id.
fn times(id: &str) -> u64 {
    let number = id.rsplit_once('_').and_then(|(_, number)| number.parse().ok());
    number.filter(|number| *number > 0).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, count: &str) -> String {
        let metrics =
            format!(r#"{{"Dr":{{"values":{{"new":5}}}},"Ir":{{"values":{{"new":{count},"old":7}}}}}}"#);
        format!(
            r#"{{"function_name":"f","id":"{id}","profiles":[{{"data":{{"total":{{"metrics":{metrics}}}}}}}]}}"#
        )
    }

    #[test]
    fn instructions_are_read_and_shared_out() {
        let counts = parse(&format!("{}\n\n{}\n", line("v2_text", "310"), line("frames_8", "2861"))).unwrap();
        assert_eq!(counts, Counts::from([("f.v2_text".into(), 310), ("f.frames_8".into(), 358)]));
    }

    #[test]
    fn a_benchmark_without_instructions_is_an_error() {
        assert!(parse(&line("x", "null")).is_err());
        assert!(parse("{}").is_err());
    }
}
