use crate::book::page;
use crate::program::Program;
use crate::rows::{Rows, each, ensure};
use jira_build_status::cli;
use jira_build_status::credentials::AuthMethod;

/// The words of every command, and of each of its steps.
fn commands() -> Vec<Vec<String>> {
    let mut commands = vec![vec![]];
    for command in cli::command().get_subcommands() {
        let name = command.get_name().to_owned();
        for step in command.get_subcommands() {
            commands.push(vec![name.clone(), step.get_name().to_owned()]);
        }
        commands.push(vec![name]);
    }
    commands
}

fn help(words: &[String], last: &[&str]) -> String {
    let words = words.iter().map(String::as_str);
    let words: Vec<_> = words.chain(last.iter().copied()).collect();
    Program::bare().args(&words).run().exits(0).stdout
}

#[test]
fn the_help_of_every_command_fits_a_screen() {
    let mut rows = Rows::default();
    for command in commands() {
        rows.check(&format!("{command:?}"), || {
            let help = help(&command, &["--help"]);
            assert!(help.lines().count() <= 70, "{help}");
            for line in help.lines() {
                assert!(line.chars().count() <= 100, "{line}");
            }
        });
    }
    for topic in ["credentials", "fields"] {
        rows.check(topic, || {
            let text = help(&[], &["help", topic]);
            let long = text.lines().find(|line| line.chars().count() > 100);
            ensure(long.is_none(), || format!("{long:?}"))
        });
    }
    assert!(rows.checked() > 10);
}

#[test]
fn help_shows_a_command_as_its_own_flag_does() {
    for command in commands() {
        // A topic comes first.
        if command.is_empty() || command == ["fields"] {
            continue;
        }
        let mut words = vec!["help".to_owned()];
        words.extend(command.iter().cloned());
        assert_eq!(
            help(&words, &[]),
            help(&command, &["--help"]),
            "{command:?}"
        );
    }
    assert_eq!(help(&["help".to_owned()], &[]), help(&[], &["--help"]));
}

#[test]
fn the_flags_stand_below_what_they_choose() {
    let help = help(&[], &["--help"]);
    let rows = [
        ("Choose the issues:", "--issue"),
        ("Choose what to write:", "--field"),
        ("Choose how it runs and reports:", "--dry-run"),
        ("Choose how it runs and reports:", "--output"),
        ("Choose how Jira is reached:", "--base-url"),
    ];
    each(rows, |(heading, flag)| {
        let (_, below) = help.split_once(heading).expect(heading);
        let flags = below.split("\n\n").next().unwrap();
        assert!(flags.contains(flag), "{heading} {flags}");
    });
}

#[test]
fn the_help_ends_with_examples() {
    let help = help(&[], &["--help"]);
    let (_, examples) = help.split_once("Examples:\n").unwrap();
    let first = examples.lines().next().unwrap();
    assert_eq!(
        first,
        "  jira-build-status --issue HSP-1 --field \"Build status\" --value Passed"
    );
}

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
        .says("topics: credentials, fields; commands: check, fields, get, ");
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
fn the_book_lists_every_flag_and_its_variable() {
    let help = Program::bare().args(&["--help"]).run().stdout;
    let page = page("settings.md");
    for line in help
        .lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with("--"))
    {
        let flag = line.split([' ', '[']).next().unwrap();
        let (_, variables) = line.rsplit_once("[env: ").unwrap();
        for name in variables.trim_end_matches(']').split(", ").chain([flag]) {
            assert!(page.contains(&format!("`{name}`")), "the page lacks {name}");
        }
    }
}

#[test]
fn the_help_and_the_book_name_every_method_of_authentication() {
    let page = page("credentials.md");
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
            page.contains(&format!("| `{method}` |")),
            "the page lacks {method}"
        );
    });
}
