//! What the pages show: small birds.

/// A small bird.
#[derive(Debug, PartialEq)]
pub(crate) struct Bird {
    pub(crate) name: &'static str,
    pub(crate) latin: &'static str,
    /// What it weighs.
    pub(crate) grams: f32,
    /// One sentence about it.
    pub(crate) about: &'static str,
}

/// Fourteen of them, the best first.
pub(crate) static BIRDS: [Bird; 14] = [
    bird(
        "Firecrest",
        "Regulus ignicapilla",
        5.6,
        "Never still: it picks springtails from the undersides of leaves.",
    ),
    bird("Robin", "Erithacus rubecula", 18.2, "Sings all winter, and by streetlight too."),
    bird(
        "Wren",
        "Troglodytes troglodytes",
        8.9,
        "For its weight the loudest of all; the cock builds several nests to choose from.",
    ),
    bird("Blue tit", "Cyanistes caeruleus", 10.8, "Hangs upside down as readily as others sit."),
    bird("Goldcrest", "Regulus regulus", 5.7, "Crosses the North Sea on the fat of a few days."),
    bird("Siskin", "Spinus spinus", 13.1, "Follows the seeds of alders and birches through Europe."),
    bird("Great tit", "Parus major", 18.5, "Has a song of two notes and thirty variations of it."),
    bird("Treecreeper", "Certhia familiaris", 8.8, "Climbs trunks in spirals, upwards only."),
    bird("Coal tit", "Periparus ater", 9.2, "Hides more seeds in autumn than it will find in winter."),
    bird("Chaffinch", "Fringilla coelebs", 22.4, "Sings in dialects that change from wood to wood."),
    bird("Long-tailed tit", "Aegithalos caudatus", 8.1, "Sleeps in a row, the row in one ball."),
    bird("Nuthatch", "Sitta europaea", 23.6, "Runs down trunks head first and plasters its door with mud."),
    bird(
        "Pied flycatcher",
        "Ficedula hypoleuca",
        12.6,
        "Winters south of the Sahara and comes back to the same box.",
    ),
    bird(
        "Willow warbler",
        "Phylloscopus trochilus",
        8.7,
        "Changes all its feathers twice a year, unlike any other here.",
    ),
];

const fn bird(name: &'static str, latin: &'static str, grams: f32, about: &'static str) -> Bird {
    Bird { name, latin, grams, about }
}

impl Bird {
    /// Its name in an address: `long-tailed-tit`.
    pub(crate) fn slug(&self) -> String {
        self.name.to_lowercase().replace(' ', "-")
    }
}
