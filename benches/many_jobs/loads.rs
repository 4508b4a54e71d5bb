pub(crate) struct Load {
    pub(crate) name: &'static str,
    /// A budget of 50 requests that fills up by 10 a second, for the one user of
    /// all jobs; Cloud's limits otherwise.
    pub(crate) data_center: bool,
    pub(crate) jobs: usize,
    /// How many issues they write, one each.
    pub(crate) issues: usize,
    /// Seconds over which the jobs start.
    pub(crate) spread: f64,
    pub(crate) deadline: u64,
    /// The least time in which the limits let all of them write, in seconds.
    pub(crate) least: u64,
}

pub(crate) const LOAD: Load = Load {
    name: "",
    data_center: false,
    jobs: 1000,
    issues: 1,
    spread: 0.0,
    deadline: 120,
    least: 0,
};

pub(crate) const LOADS: [Load; 9] = [
    Load {
        name: "200 jobs, one issue",
        jobs: 200,
        least: 30,
        ..LOAD
    },
    Load {
        name: "1000 jobs, one issue",
        least: 270,
        ..LOAD
    },
    // What the message advises that so many jobs get.
    Load {
        name: "1000 jobs, one issue",
        deadline: 330,
        least: 270,
        ..LOAD
    },
    Load {
        name: "1000 jobs, one issue",
        deadline: 600,
        least: 270,
        ..LOAD
    },
    Load {
        name: "1000 jobs, 1000 issues",
        issues: 1000,
        least: 19,
        ..LOAD
    },
    Load {
        name: "10000 pipelines, one site, in a minute",
        jobs: 10_000,
        issues: 10_000,
        spread: 60.0,
        least: 199,
        ..LOAD
    },
    Load {
        name: "10000 pipelines, one site, in a minute",
        jobs: 10_000,
        issues: 10_000,
        spread: 60.0,
        deadline: 300,
        least: 199,
        ..LOAD
    },
    Load {
        name: "10000 pipelines, one site, in five minutes",
        jobs: 10_000,
        issues: 10_000,
        spread: 300.0,
        least: 300,
        ..LOAD
    },
    Load {
        name: "1000 jobs, Data Center",
        data_center: true,
        issues: 1000,
        least: 95,
        ..LOAD
    },
];
