//! What may stand in the file, and what is said when something else does.

use dashboard::Config;

fn problem(text: &str) -> String {
    match text.parse::<Config>() {
        Ok(config) => panic!("this is taken for {config:?}:\n{text}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn an_unknown_key_is_an_error_that_names_line_and_keys() {
    let said = problem("title = 'x'\n\n[[clock]]\ntitle = 'y'\ncolour = 'red'\n");
    assert_eq!(said, "line 5: unknown field `colour`, expected one of `title`, `time_zone`, `hours`");
    let said = problem("titel = 'x'\n");
    assert!(
        said.starts_with(
            "line 1: unknown field `titel`, expected one of `title`, `time_zone`, `allow_crash`"
        ),
        "{said}"
    );
    let said = problem("\n[[clok]]\n");
    assert!(
        said.starts_with("line 2: unknown field `clok`, expected one of") && said.contains("`countdown`"),
        "{said}"
    );
    let said = problem(
        "[[json]]\nurl = 'http://a.example'\nfigures = [\n  { label = 'a', pointer = '/a' },\n  { label = 'b', path = '/b' },\n]\n",
    );
    assert!(said.starts_with("line 5: unknown field `path`, expected one of `label`, `pointer`"), "{said}");
}

#[test]
fn what_is_missing_is_named_with_its_card() {
    for (text, expected) in [
        ("\n[[countdown]]\ntitle = 'x'\n", "line 2: missing field `until`"),
        ("[[clock]]\n\n[[repository]]\n", "line 3: missing field `repository`"),
        ("[[json]]\nurl = 'http://a.example'\n", "line 1: missing field `figures`"),
        ("[[json]]\nurl = 'http://a.example'\nfigures = []\n", "line 1: `figures` is empty"),
        ("[[stream]]\nterm = 'x'\n", "line 1: missing field `url`"),
        ("[[stream]]\nurl = 'http://a.example'\nlink = '/x'\n", "line 1: `link` needs `text`"),
    ] {
        let said = problem(text);
        assert!(said.starts_with(expected), "{said}\nof {text}");
    }
}

#[test]
fn a_value_that_means_nothing_is_an_error_with_its_line() {
    for (value, expected) in [
        ("[[clock]]\ntime_zone = 'Europe/Atlantis'", "line 2: there is no time zone \"Europe/Atlantis\""),
        ("[[clock]]\ntime_zone = '../../etc/passwd'", "line 2: there is no time zone"),
        ("[[clock]]\nhours = 13", "line 2: a clock has 12 or 24 hours"),
        ("[[clock]]\ntitle = ''", "line 2: this must be text in one line"),
        ("[[clock]]\ntitle = \"a\\nb\"", "line 2: this must be text in one line"),
        ("[[countdown]]\nuntil = 12:00:00", "line 2: "),
        ("[[countdown]]\nuntil = 'soon'", "line 2: "),
        ("[[countdown]]\nuntil = 2027-02-30T09:00:00", "line 2: "),
        ("[[repository]]\nrepository = 'linux'", "line 2: a repository is named owner/name"),
        ("[[repository]]\nrepository = 'a/../b'", "line 2: a repository is named owner/name"),
        ("[[repository]]\nrepository = 'a/b'\nevery = '10'", "line 3: \"10\" is no time"),
        (
            "[[repository]]\nrepository = 'a/b'\nevery = '1 ms'",
            "line 3: this is not between 100 ms and a day",
        ),
        ("[[repository]]\nrepository = 'a/b'\nevery = '48 h'", "line 3: this is not between"),
        ("[[repository]]\nrepository = 'a/b'\nbase_url = 'file:///x'", "line 3: only http:// and https://"),
        ("[[stream]]\nurl = 'nowhere'", "line 2: this is no address"),
        ("[[stream]]\nurl = 'https://user:secret@a.example'", "line 2: no password in an address"),
        ("[[stream]]\nurl = 'https://a.example'\nper_second = 1000", "line 3: nobody reads that"),
        ("[[stream]]\nurl = 'https://a.example'\ntext = 'text'", "line 3: a JSON pointer begins with"),
        (
            "[[stream]]\nurl = 'http://a.example'\ntoken_env = 'TOKEN'",
            "line 1: a token is sent by https only",
        ),
        ("title = 'x", "line 1: "),
    ] {
        let said = problem(value);
        assert!(said.starts_with(expected), "{said}\nof {value}");
    }
    let many = "[[clock]]\n".repeat(51);
    assert_eq!(problem(&many), "line 51: more than 50 cards");
}

#[test]
fn a_token_in_the_place_of_its_name_is_not_repeated() {
    let said = problem("[[repository]]\nrepository = 'a/b'\ntoken_env = 'ghp_s3cr3t'\n");
    assert!(said.starts_with("line 3: `token_env` is the name of an environment variable"), "{said}");
    assert!(!said.contains("s3cr3t"), "{said}");
}

#[test]
fn a_file_is_named_in_what_is_wrong_with_it() {
    let missing = Config::read("nowhere/dashboard.toml", None).unwrap_err().to_string();
    assert!(missing.contains("nowhere/dashboard.toml") && missing.contains("cannot be read"), "{missing}");
    let file = std::env::temp_dir().join(format!("dashboard-{}.toml", std::process::id()));
    std::fs::write(&file, "\n\nx = 1\n").unwrap();
    let wrong = Config::read(&file, None).unwrap_err().to_string();
    std::fs::remove_file(&file).unwrap();
    assert!(wrong.starts_with(&format!("{}, line 3: unknown field `x`", file.display())), "{wrong}");
}

#[test]
fn d003_a_moment_is_an_instant_by_its_offset_or_by_its_zone() {
    let same = [
        "until = 2027-04-08T09:00:00+02:00",
        "until = 2027-04-08T07:00:00Z",
        "until = 2027-04-08T09:00:00\ntime_zone = 'Europe/Prague'",
        "until = 2027-04-08 09:00:00\ntime_zone = 'europe/prague'",
    ];
    for text in same {
        let config: Config = format!("[[countdown]]\n{text}\n").parse().unwrap();
        assert!(format!("{config:?}").contains("until: 2027-04-08T07:00:00Z"), "{text}: {config:?}");
    }
    let day: Config = "time_zone = 'Asia/Tokyo'\n[[countdown]]\nuntil = 2027-04-08\n".parse().unwrap();
    assert!(format!("{day:?}").contains("until: 2027-04-07T15:00:00Z"), "{day:?}");
}

#[test]
fn cards_are_in_the_order_of_the_file() {
    let config: Config =
        "[[clock]]\n[[countdown]]\nuntil = 2027-01-01\n[[clock]]\n[[repository]]\nrepository = 'a/b'\n"
            .parse()
            .unwrap();
    let debug = format!("{config:?}");
    let at = |name: &str| debug.match_indices(name).map(|(at, _)| at).collect::<Vec<_>>();
    let (clocks, countdowns, repositories) = (at("ClockCard"), at("CountdownCard"), at("RepositoryCard"));
    assert!(clocks[0] < countdowns[0] && countdowns[0] < clocks[1] && clocks[1] < repositories[0], "{debug}");
}

#[test]
fn the_page_that_is_shown_without_a_file_can_be_read() {
    let config = format!("{:?}", Config::demo("127.0.0.1:4711".parse().unwrap()));
    let (settings, _file) = config.split_once("source: ").unwrap();
    assert!(settings.contains("4711") && !settings.contains("stand-in"), "{config}");
}
