//! Lists that do not come as a client expects, told apart by the path of their endpoint.

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quirk {
    /// The endpoint's path as GitHub's description gives it, such as `/orgs/{org}/repos`.
    pub path: String,
    pub kind: QuirkKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuirkKind {
    /// Each page has an item less than was asked for, though others follow.
    ShortPages,
    /// After the first page was read the first item is gone, so that one comes on no page.
    Shifting,
    /// The total is so many more than there are items.
    Overstated(u64),
}

impl Quirk {
    /// `short-pages=PATH`, `shifting-list=PATH` or `overstated-total=PATH=N`, without the first word.
    pub(super) fn parse(word: &str, rest: &str) -> Option<Self> {
        let (path, kind) = match word {
            "short-pages" => (rest, QuirkKind::ShortPages),
            "shifting-list" => (rest, QuirkKind::Shifting),
            "overstated-total" => {
                let (path, more) = rest.split_once('=')?;
                (path, QuirkKind::Overstated(more.parse().ok()?))
            }
            _ => return None,
        };
        path.starts_with('/').then(|| Self { path: path.to_owned(), kind })
    }
}
