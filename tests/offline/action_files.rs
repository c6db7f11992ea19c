//! The action's description, the workflows, and the script that fetches the program.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest, Sha256};
use yaml_rust2::{Yaml, YamlLoader};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn parsed(name: &str, text: &str) -> Yaml {
    let mut documents = YamlLoader::load_from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(documents.len(), 1, "{name}");
    documents.remove(0)
}

/// Our own workflows, and those that the documentation shows, with where each is from.
fn workflows() -> Vec<(String, Yaml)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root().join(".github/workflows")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        found.push((name.clone(), parsed(&name, &std::fs::read_to_string(&path).unwrap())));
    }
    assert!(found.len() >= 2);
    found.sort_by(|a, b| a.0.cmp(&b.0));
    for (number, block) in blocks("docs/action.md").into_iter().enumerate() {
        let name = format!("docs/action.md, example {}", number + 1);
        let yaml = parsed(&name, &block);
        if !yaml["jobs"].is_badvalue() {
            found.push((name, yaml));
        }
    }
    found
}

/// The YAML that a page shows.
fn blocks(page: &str) -> Vec<String> {
    let text = text(page);
    let shown = text.split("```yaml\n").skip(1);
    shown.map(|rest| rest.split("\n```").next().unwrap_or_default().to_owned()).collect()
}

/// Every value of that key, however deep.
fn all<'y>(yaml: &'y Yaml, key: &str, found: &mut Vec<&'y Yaml>) {
    match yaml {
        Yaml::Hash(entries) => {
            for (name, value) in entries {
                if name.as_str() == Some(key) {
                    found.push(value);
                }
                all(value, key, found);
            }
        }
        Yaml::Array(items) => items.iter().for_each(|item| all(item, key, found)),
        _ => {}
    }
}

fn keys(yaml: &Yaml) -> BTreeSet<String> {
    let entries = yaml.as_hash().unwrap_or_else(|| panic!("{yaml:?} is no table"));
    entries.keys().filter_map(Yaml::as_str).map(str::to_owned).collect()
}

/// Where a page shows how we are used, the commit is the reader's to fill in.
const OURS: &str = "OWNER/ispo-scm@FULL_COMMIT_SHA";

#[test]
fn everything_that_is_used_is_pinned_to_a_commit() {
    let mut files = workflows();
    files.push(("action.yml".to_owned(), parsed("action.yml", &text("action.yml"))));
    let mut pinned = 0;
    for (name, yaml) in &files {
        let mut used = Vec::new();
        all(yaml, "uses", &mut used);
        for uses in used.iter().filter_map(|uses| uses.as_str()) {
            if uses == "./" || uses == OURS {
                continue;
            }
            let commit = uses.split_once('@').map(|(_, commit)| commit).unwrap_or_default();
            let is = commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit());
            assert!(is, "{name} uses {uses}, which is not pinned to a commit");
            pinned += 1;
        }
    }
    assert!(pinned > 10, "{pinned}");
}

#[test]
fn no_text_of_others_reaches_a_shell() {
    let mut files = workflows();
    files.push(("action.yml".to_owned(), parsed("action.yml", &text("action.yml"))));
    for (name, yaml) in &files {
        let mut scripts = Vec::new();
        all(yaml, "run", &mut scripts);
        for script in scripts.iter().filter_map(|script| script.as_str()) {
            assert!(!script.contains("${{"), "{name} fills something into a script: {script}");
        }
    }
    assert!(!text("action/fetch").contains("eval"));
}

#[test]
fn permissions_are_the_least() {
    for (name, yaml) in workflows() {
        let top =
            yaml["permissions"].as_hash().unwrap_or_else(|| panic!("{name} says nothing of permissions"));
        let reads =
            |(key, value): (&Yaml, &Yaml)| key.as_str() == Some("contents") && value.as_str() == Some("read");
        assert!(top.iter().all(reads), "{name}: each job adds what it needs: {top:?}");
        let mut granted = Vec::new();
        all(&yaml["jobs"], "permissions", &mut granted);
        for permissions in granted {
            for (permission, level) in
                permissions.as_hash().unwrap_or_else(|| panic!("{name}: {permissions:?}"))
            {
                let (permission, level) = (permission.as_str().unwrap(), level.as_str().unwrap());
                let known = match level {
                    "read" => true,
                    "write" if name == "release.yml" => {
                        ["contents", "id-token", "attestations"].contains(&permission)
                    }
                    "write" => ["issues", "pull-requests", "security-events"].contains(&permission),
                    _ => false,
                };
                assert!(known, "{name}: {permission}: {level}");
            }
        }
        let mut checkouts = Vec::new();
        all(&yaml["jobs"], "steps", &mut checkouts);
        for step in checkouts.iter().filter_map(|steps| steps.as_vec()).flatten() {
            if step["uses"].as_str().is_some_and(|uses| uses.starts_with("actions/checkout@")) {
                assert_eq!(step["with"]["persist-credentials"].as_bool(), Some(false), "{name}");
            }
        }
        let on = keys(&yaml["on"]);
        assert!(!on.contains("pull_request_target"), "{name}");
    }
}

#[test]
fn inputs_and_outputs_are_the_programs() {
    let action = parsed("action.yml", &text("action.yml"));
    let steps = action["runs"]["steps"].as_vec().unwrap();
    let step = steps.iter().find(|step| step["id"].as_str() == Some("step")).unwrap();
    let given: BTreeSet<String> =
        keys(&step["env"]).iter().filter_map(|name| Some(name.strip_prefix("INPUT_")?.to_owned())).collect();
    let code = ["inputs.rs", "repository.rs"].map(|file| text(&format!("src/cli/action/{file}"))).concat();
    for name in &given {
        let read = code.contains(&format!("\"{name}\"")) || code.contains(&format!("\"INPUT_{name}\""));
        assert!(read, "nothing reads INPUT_{name}");
    }
    for part in ["text(\"", "lines(\"", "words(\"", "flag(\""] {
        for rest in code.split(part).skip(1) {
            let name = rest.split('"').next().unwrap();
            assert!(given.contains(name), "action.yml does not give INPUT_{name}");
        }
    }
    // What a step says is said by the action, too.
    let outputs = keys(&action["outputs"]);
    let written = ["action.rs", "action/outputs.rs", "action/repository.rs"];
    let code = written.map(|file| text(&format!("src/cli/{file}"))).concat();
    for rest in code.split("set(\"").skip(1) {
        let name = rest.split('"').next().unwrap();
        assert!(
            outputs.contains(name) || name.starts_with("GITHUB_") || name.starts_with("INPUT_"),
            "{name}"
        );
    }
    let page = text("docs/action.md");
    for name in keys(&action["inputs"]).iter().chain(&outputs) {
        assert!(page.contains(&format!("`{name}`")), "docs/action.md does not tell of {name}");
    }
    // Every input that an example gives is one.
    for (name, yaml) in workflows() {
        let mut steps = Vec::new();
        all(&yaml["jobs"], "steps", &mut steps);
        for step in steps.iter().filter_map(|steps| steps.as_vec()).flatten() {
            if matches!(step["uses"].as_str(), Some(OURS | "./")) && !step["with"].is_badvalue() {
                let unknown: Vec<String> =
                    keys(&step["with"]).difference(&keys(&action["inputs"])).cloned().collect();
                assert!(unknown.is_empty(), "{name}: {unknown:?}");
            }
        }
    }
}

#[test]
fn what_gitlab_runs_can_be_read() {
    let blocks = blocks("docs/gitlab-ci.md");
    assert!(!blocks.is_empty());
    for block in blocks {
        assert!(!block.contains("GITLAB_TOKEN:"), "a token is a variable of the project, not of the file");
        parsed("docs/gitlab-ci.md", &block);
    }
}

/// A runner that fetches the program from a folder that stands in for the server.
struct Fetching {
    folder: tempfile::TempDir,
}

const ARCHIVE: &str = "ispo-scm-v1.2.3-x86_64-unknown-linux-gnu.tar.gz";

impl Fetching {
    /// A server with a release of a program that says its name, made of the newest of two commits.
    fn new() -> Self {
        let fetching = Self { folder: tempfile::tempdir().unwrap() };
        let path = |name: &str| fetching.folder.path().join(name);
        let release = path("acme/ispo-scm/releases/download/v1.2.3");
        std::fs::create_dir_all(&release).unwrap();
        std::fs::create_dir_all(path("temp")).unwrap();
        std::fs::create_dir_all(path("action/src")).unwrap();
        std::fs::write(path("action/src/main.rs"), "fn main() {}").unwrap();
        std::fs::write(release.join("ispo-scm"), "#!/bin/sh\necho the release\n").unwrap();
        fetching.does(&release, "tar", &["-czf", ARCHIVE, "ispo-scm"]);
        let digest = format!("{:x}", Sha256::digest(std::fs::read(release.join(ARCHIVE)).unwrap()));
        std::fs::write(release.join("SHA256SUMS"), format!("{digest}  {ARCHIVE}\n")).unwrap();
        let repository = path("acme/ispo-scm");
        let git = |arguments: &[&str]| {
            let named =
                ["-c", "user.name=a", "-c", "user.email=a@acme.example", "-c", "commit.gpgsign=false"];
            fetching.does(&repository, "git", &[&named[..], arguments].concat())
        };
        git(&["init", "-q"]);
        git(&["commit", "-q", "--allow-empty", "-m", "one"]);
        git(&["commit", "-q", "--allow-empty", "-m", "two"]);
        git(&["tag", "-a", "v1.2.3", "-m", "v1.2.3"]);
        git(&["tag", "v1"]);
        fetching
    }

    fn does(&self, at: &Path, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program).current_dir(at).args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn commit(&self, of: &str) -> String {
        self.does(
            &self.folder.path().join("acme/ispo-scm"),
            "git",
            &["rev-parse", &format!("{of}^{{commit}}")],
        )
    }

    /// What the script says for that ref, and how it ended.
    fn fetch(&self, reference: &str, more: &[(&str, &str)]) -> (Output, String) {
        let path = |name: &str| self.folder.path().join(name);
        std::fs::write(path("output"), "").unwrap();
        let output = Command::new(root().join("action/fetch"))
            .env("GITHUB_OUTPUT", path("output"))
            .env("ISPO_SCM_RELEASES", format!("file://{}", self.folder.path().display()))
            .env("RUNNER_TEMP", path("temp"))
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .env("ACTION_PATH", path("action"))
            .env("ACTION_REPOSITORY", "acme/ispo-scm")
            .env("ACTION_REF", reference)
            .env_remove("GH_TOKEN")
            .env_remove("GITHUB_SERVER_URL")
            .envs(more.iter().copied())
            .output()
            .unwrap();
        (output, std::fs::read_to_string(path("output")).unwrap())
    }
}

fn program(outputs: &str) -> Option<&str> {
    outputs.lines().find_map(|line| line.strip_prefix("program="))
}

#[test]
fn the_release_of_the_actions_own_ref_is_fetched() {
    let fetching = Fetching::new();
    let commit = fetching.commit("v1.2.3");
    for reference in ["v1.2.3", "v1", &commit] {
        let (output, outputs) = fetching.fetch(reference, &[]);
        assert!(output.status.success(), "{reference}: {output:?}");
        assert!(!outputs.contains("build="), "{reference}: {outputs}");
        let said = fetching.does(fetching.folder.path(), program(&outputs).unwrap(), &[]);
        assert_eq!(said, "the release");
    }
}

#[test]
fn what_is_no_release_is_built() {
    let fetching = Fetching::new();
    let before = fetching.commit("v1.2.3~1");
    for (reference, more) in [
        (before.as_str(), &[][..]),
        ("main", &[]),
        ("", &[]),
        ("v9.9.9", &[]),
        ("v1.2.3", &[("VERSION", "source")]),
        ("v1.2.3", &[("RUNNER_OS", "Windows")]),
    ] {
        let (output, outputs) = fetching.fetch(reference, more);
        assert!(output.status.success(), "{reference}: {output:?}");
        assert!(outputs.contains("build=true\n") && outputs.contains("sources="), "{reference}: {outputs}");
        assert!(program(&outputs).unwrap().ends_with("/bin/ispo-scm"));
    }
    let of = |fetching: &Fetching| fetching.fetch("main", &[]).1;
    let built = of(&fetching);
    assert_eq!(of(&fetching), built);
    std::fs::write(fetching.folder.path().join("action/src/main.rs"), "fn main() { }").unwrap();
    assert_ne!(of(&fetching), built, "other sources are another build");
}

#[test]
fn an_archive_that_is_not_what_was_published_is_not_run() {
    let fetching = Fetching::new();
    let (output, outputs) = fetching.fetch("v1.2.3", &[("CHECKSUM", &"0".repeat(64))]);
    assert_eq!((output.status.code(), program(&outputs)), (Some(1), None));
    let (output, _) = fetching.fetch("main", &[("VERSION", "1.2; rm -rf x")]);
    assert_eq!(output.status.code(), Some(1));
    let archive = fetching.folder.path().join("acme/ispo-scm/releases/download/v1.2.3").join(ARCHIVE);
    let mut bytes = std::fs::read(&archive).unwrap();
    bytes.push(0);
    std::fs::write(&archive, bytes).unwrap();
    let (output, outputs) = fetching.fetch("v1.2.3", &[]);
    assert_eq!((output.status.code(), program(&outputs)), (Some(1), None));
    assert!(String::from_utf8_lossy(&output.stdout).contains("it is not run"));
    // A list that does not name it is no proof either.
    std::fs::write(archive.with_file_name("SHA256SUMS"), "").unwrap();
    let (output, outputs) = fetching.fetch("v1.2.3", &[]);
    assert_eq!((output.status.code(), program(&outputs)), (Some(1), None));
}

#[cfg(unix)]
/// A folder with a `gh` that writes down what it was asked, and ends so.
fn with_gh(fetching: &Fetching, ends: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let folder = fetching.folder.path().join("programs");
    std::fs::create_dir_all(&folder).unwrap();
    let asked = fetching.folder.path().join("asked");
    let script = format!("#!/bin/sh\necho \"$@\" >>{}\n{ends}\n", asked.display());
    std::fs::write(folder.join("gh"), script).unwrap();
    std::fs::set_permissions(folder.join("gh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}

#[cfg(unix)]
#[test]
fn what_no_workflow_of_the_release_built_is_not_run() {
    let fetching = Fetching::new();
    let path = with_gh(&fetching, "exit 0");
    let own: &[(&str, &str)] = &[("PATH", &path), ("GH_TOKEN", "x")];
    let (output, outputs) = fetching.fetch("v1.2.3", own);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && program(&outputs).is_some(), "{output:?}");
    assert!(
        said.contains("its attestation holds: acme/ispo-scm/.github/workflows/release.yml built it"),
        "{said}"
    );
    let asked = std::fs::read_to_string(fetching.folder.path().join("asked")).unwrap();
    let verified = asked.lines().last().unwrap();
    assert!(verified.starts_with("attestation verify /") && verified.contains(ARCHIVE), "{asked}");
    let by = "--repo acme/ispo-scm --signer-workflow acme/ispo-scm/.github/workflows/release.yml";
    assert!(verified.ends_with(by), "{asked}");
    // One that does not hold is not run, unless the user says so.
    let path = with_gh(&fetching, "case \"$*\" in *--help) exit 0;; esac; echo no attestations; exit 1");
    let bad: &[(&str, &str)] = &[("PATH", &path), ("GH_TOKEN", "x")];
    let (output, outputs) = fetching.fetch("v1.2.3", bad);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!((output.status.code(), program(&outputs)), (Some(1), None), "{said}");
    assert!(said.contains("gh: no attestations") && said.contains("it is not run"), "{said}");
    let asked_for = |more: &[(&str, &str)], why: &str| {
        let (output, outputs) = fetching.fetch("v1.2.3", more);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && program(&outputs).is_some(), "{said}");
        assert!(said.contains(&format!("its attestation was NOT looked at: {why}")), "{said}");
    };
    asked_for(&[bad, &[("ATTESTATION", "false")]].concat(), "nobody asked for it");
    asked_for(&[("PATH", &path)], "gh has no token");
    asked_for(
        &[bad, &[("GITHUB_SERVER_URL", "https://git.acme.example")]].concat(),
        "the token of this runner",
    );
    let old = with_gh(&fetching, "exit 1");
    asked_for(&[("PATH", &old), ("GH_TOKEN", "x")], "the gh on this runner is too old");
}
