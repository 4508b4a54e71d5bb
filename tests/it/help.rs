use crate::program::Program;
use crate::rows::each;
use jira_build_status::credentials::AuthMethod;

#[test]
fn help_fits_a_screen_and_names_the_variable_of_each_flag() {
    let help = Program::bare().args(&["--help"]).run().exits(0).stdout;
    assert!(help.lines().count() <= 70, "{help}");
    for line in help
        .lines()
        .filter(|line| line.trim_start().starts_with("--"))
    {
        assert!(line.contains("[env: "), "{line}");
    }
    each(["credentials", "fields"], |topic| {
        Program::bare().args(&["help", topic]).run().exits(0);
    });
    Program::bare()
        .args(&["help", "nonsense"])
        .run()
        .exits(2)
        .says("topics: credentials, fields");
    // Inside a repository a commit stands in front of the target.
    let (version, target) = (
        format!("jira-build-status {} (", env!("CARGO_PKG_VERSION")),
        std::env::consts::ARCH,
    );
    Program::bare()
        .args(&["--version"])
        .run()
        .exits(0)
        .prints(&version)
        .prints(target)
        .prints(")\n");
}

#[test]
fn the_readme_lists_every_flag_and_its_variable() {
    let help = Program::bare().args(&["--help"]).run().stdout;
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for line in help
        .lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with("--"))
    {
        let flag = line.split([' ', '[']).next().unwrap();
        let (_, variables) = line.rsplit_once("[env: ").unwrap();
        for name in variables.trim_end_matches(']').split(", ").chain([flag]) {
            assert!(
                readme.contains(&format!("`{name}`")),
                "the README lacks {name}"
            );
        }
    }
}

#[test]
fn the_help_and_the_readme_name_every_method_of_authentication() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let credentials = Program::bare()
        .args(&["help", "credentials"])
        .run()
        .exits(0)
        .stdout;
    let flags = Program::bare().args(&["--help"]).run().exits(0).stdout;
    let flag = flags
        .lines()
        .find(|line| line.trim_start().starts_with("--auth"))
        .unwrap();
    each(AuthMethod::ALL.map(AuthMethod::name), |method| {
        assert!(
            credentials
                .lines()
                .any(|line| line.trim_start().starts_with(method)),
            "help credentials lacks {method}"
        );
        assert!(
            flag.split_whitespace().any(|word| word == method),
            "{flag} lacks {method}"
        );
        assert!(
            readme.contains(&format!("| `{method}` |")),
            "the README lacks {method}"
        );
    });
}
