//! The program, run once, and what it answered.

use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The token of every test. It must never be printed; the front door looks for it in requests.
pub const TOKEN: &str = "ghp_NeverToBeShown4711";

/// Longer than any test may take: what is waited for longer is a hang.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder with a policy, from which the program is run.
pub struct Desk {
    pub folder: TempDir,
    /// What the program keeps between runs; no two desks share it.
    pub cache: TempDir,
    environment: Vec<(String, String)>,
}

impl Desk {
    /// A policy, and a token for the server at that address, which the environment names.
    pub fn before(url: &str, policy: &str) -> Self {
        Self::new(policy).set("ISPO_SCM_GITHUB_URL", url).set("GITHUB_TOKEN", TOKEN)
    }

    /// A policy, and an environment without any token.
    pub fn new(policy: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("policy.toml"), policy).unwrap();
        Self { folder, cache: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&Command::from_std(self.command(arguments)).timeout(PATIENCE).output().unwrap())
    }

    /// Begins a run; what it says is kept for whoever waits for it.
    pub fn begin(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The same beneath a shell that first does something, such as to set a limit.
    #[cfg(target_os = "linux")]
    pub fn limited(&self, first: &str, arguments: &[&str]) -> Run {
        let program = self.command(arguments);
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &format!("{first}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_ispo-scm")]);
        shell.args(arguments).current_dir(self.folder.path()).env_clear();
        shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Run::of(&Command::from_std(shell).timeout(PATIENCE).output().unwrap())
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ispo-scm"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("NO_COLOR", "1")
            .env("COLUMNS", "80")
            .env("ISPO_SCM_CACHE_DIR", self.cache.path())
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: impl AsRef<Path>, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }
}

/// What the program answered.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self::checked(output.status.code(), text(&output.stdout), text(&output.stderr))
    }

    fn checked(code: Option<i32>, out: String, err: String) -> Self {
        let code = code.unwrap_or_else(|| panic!("no exit code, so it was ended as a hang: {err}"));
        for shown in [&out, &err] {
            assert!(!shown.contains(TOKEN), "the token is shown: {shown}");
            // Machines get the very text; JSON itself asks only for ASCII's control characters to be
            // escaped. See `hostile::a_terminal_is_safe_from_the_machines_view_too`.
            let machines = shown.starts_with('{');
            let raw = |c: char| c.is_control() && c != '\n' && (c.is_ascii() || !machines);
            assert!(!shown.contains(raw), "control characters are shown: {shown:?}");
        }
        Self { code, out, err }
    }

    /// The same, once it is certain how it ended.
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        // Lines are folded for the terminal; a sentence may be broken anywhere.
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let all = flat(&format!("{}\n{}", self.out, self.err));
        assert!(all.contains(&flat(text)), "nothing says {text:?} in\n{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn json(&self) -> Report {
        let json = serde_json::from_str(&self.out);
        Report(json.unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err)))
    }
}

/// The machines' view.
#[derive(Debug, Clone, PartialEq)]
pub struct Report(pub Value);

impl Report {
    pub fn findings(&self) -> impl Iterator<Item = &Value> {
        self.0["findings"].as_array().unwrap().iter()
    }

    /// Of how many expectations the verdict is this.
    pub fn count(&self, verdict: &str) -> u64 {
        self.0["summary"][verdict].as_u64().unwrap_or_else(|| panic!("no count of {verdict}"))
    }

    /// The finding about this setting of this repository or organization.
    #[track_caller]
    pub fn of(&self, subject: &str, setting: &str) -> &Value {
        let subject = format!("github:{subject}");
        let of = |f: &&Value| f["subject"] == subject.as_str() && f["setting"] == setting;
        let mut found = self.findings().filter(of);
        let one = found.next().unwrap_or_else(|| panic!("no {setting} of {subject} in {:#}", self.0));
        assert!(found.next().is_none(), "several findings about {setting} of {subject}");
        one
    }

    #[track_caller]
    pub fn verdict(&self, subject: &str, setting: &str) -> &str {
        self.of(subject, setting)["verdict"].as_str().unwrap()
    }

    /// The settings of a subject that drift, in order.
    pub fn drift_of(&self, subject: &str) -> Vec<&str> {
        let subject = format!("github:{subject}");
        let of = |f: &&Value| f["subject"] == subject.as_str() && f["verdict"] == "drift";
        let mut settings: Vec<&str> =
            self.findings().filter(of).filter_map(|f| f["setting"].as_str()).collect();
        settings.sort_unstable();
        settings
    }

    /// What an unknown setting needs.
    #[track_caller]
    pub fn needs(&self, subject: &str, setting: &str) -> &str {
        let finding = self.of(subject, setting);
        assert_eq!(finding["verdict"], "unknown", "{finding:#}");
        finding["observed"]["unknown"]["needs"].as_str().unwrap()
    }

    /// Why an organization or forge was not read.
    #[track_caller]
    pub fn unread(&self, address: &str) -> &str {
        let all = self.0["unread"].as_array().unwrap();
        let one = all.iter().find(|u| u["address"] == address);
        one.unwrap_or_else(|| panic!("{address} is not among the unread: {:#}", self.0))["why"]
            .as_str()
            .unwrap()
    }

    /// Everything but what it cost to find out.
    #[must_use]
    pub fn without_requests(mut self) -> Self {
        self.0.as_object_mut().unwrap().remove("requests");
        self
    }
}
