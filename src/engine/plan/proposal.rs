//! What is proposed to a repository, in words for the people who decide about it.

/// A file to be proposed.
#[derive(Debug)]
pub(super) struct Text {
    /// Where it goes.
    pub path: String,
    /// What it says.
    pub text: String,
    /// Why the policy asks for it.
    pub because: Option<String>,
}

/// Stands in every commit of ours, so that it is told from those of people.
pub(super) const SIGNED: &str = "Proposed by ispo-scm.";

/// Several files in one request.
#[derive(Debug)]
pub(super) struct Proposal<'a> {
    /// The branch that it is for.
    pub base: &'a str,
    /// The files.
    pub texts: Vec<&'a Text>,
    /// The request's title.
    pub title: String,
    /// The request's text.
    pub body: String,
}

impl<'a> Proposal<'a> {
    /// A proposal of these files for that branch.
    pub(super) fn of(base: &'a str, texts: &[&'a Text]) -> Self {
        let title = match texts {
            [one] => format!("Add {}", one.path),
            several => format!("Add {} files that our policy asks for", several.len()),
        };
        let mut body = String::from("Our policy asks for what is not here yet:\n\n");
        for text in texts {
            let because = text.because.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            body += &format!("- `{}`{because}\n", text.path);
        }
        body += "\nChange what does not fit, on this branch: it is kept. Merge it to take it over; close it, and it \
                 is not proposed again.\n";
        Self { base, texts: texts.to_vec(), title, body }
    }

    /// The message of a commit that adds or changes one file.
    pub(super) fn message(path: &str) -> String {
        format!("Add {path}\n\n{SIGNED}")
    }
}

/// Why a request that waits is not made again.
pub(super) fn waits(sort: &str, number: u64, url: &str) -> String {
    let (number, url) = (shown(sort, number), plain(url));
    format!("proposed in {number} ({url}), which waits for somebody to merge it")
}

/// Why what people said no to is not proposed again.
pub(super) fn declined(sort: &str, number: u64, url: &str) -> String {
    let (shown, url) = (shown(sort, number), plain(url));
    format!("{shown} ({url}) proposed it and was closed without a merge: reopen that to ask again")
}

/// Why a file of a proposal is left.
pub(super) fn edited(sort: &str, number: u64, path: &str) -> String {
    format!("people changed {path} in {}: what they made of it waits for a merge", shown(sort, number))
}

/// Why a proposal cannot be taken back that was there before.
pub(super) fn was_open(sort: &str, number: u64) -> String {
    format!(
        "{sort} request {} was open before: what it says is for people to decide now",
        shown(sort, number)
    )
}

fn shown(sort: &str, number: u64) -> String {
    if sort == "merge" { format!("!{number}") } else { format!("#{number}") }
}

/// An address as a forge tells it; nothing in it may steer a terminal.
fn plain(url: &str) -> String {
    url.chars().filter(|c| c.is_ascii_graphic()).collect()
}
