//! Paths of many settings, composed into one GraphQL selection.

use std::fmt::Write;

use indexmap::IndexMap;

use super::path::{Many, Path, Step, Tail};
use super::setting::ForgeKind;

/// The fields that a set of paths needs of one object, each once.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    pub(super) fields: IndexMap<String, Node>,
    pub(super) cases: IndexMap<String, Selection>,
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) name: String,
    args: String,
    pub(super) many: Many,
    pub(super) below: Selection,
    /// Where its page begins, and that the page is to say where it ends: when it is read on.
    from: Option<Cursor>,
}

/// Where the page of a connection begins.
#[derive(Debug, Clone)]
enum Cursor {
    Start,
    After(String),
}

/// Two paths that read the same field in two ways, which no answer can serve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is read both as one value and as many, or both as nodes and as edges")]
pub struct Clash {
    field: String,
}

/// What GitHub counts for a query: the basis of points and of the node limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Requests that the query stands for; points are these divided by 100.
    pub requests: u64,
    /// Nodes that it may return, every page being full.
    pub nodes: u64,
}

/// The key under which an answer carries a field. It depends on the step alone, so that paths
/// composed in any order, or left out, do not change how the others are read.
pub(super) fn answer_key(step: &Step, on: Option<&str>) -> String {
    let mut key = on.map_or_else(|| step.name.clone(), |ty| format!("{ty}_{}", step.name));
    if step.gathered().is_some() {
        return key;
    }
    if !step.args.is_empty() {
        let clean: String = step.args.chars().filter(char::is_ascii_alphanumeric).take(24).collect();
        // FNV-1a: a fixed function, unlike the standard library's hasher.
        let hash = step
            .args
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        let _ = write!(key, "_{clean}_{:08x}", hash & 0xffff_ffff);
    }
    key
}

impl Selection {
    /// Adds what a path needs.
    ///
    /// # Errors
    /// When an earlier path reads one of its fields in another way.
    pub fn add(&mut self, path: &Path) -> Result<(), Clash> {
        self.add_tail(&path.0, None)
    }

    fn add_tail(&mut self, tail: &Tail, on: Option<&str>) -> Result<(), Clash> {
        match tail {
            Tail::End => Ok(()),
            Tail::Step(step) => self.add_step(step, on),
            Tail::Record(fields) => fields.iter().try_for_each(|(_, t)| self.add_tail(t, on)),
            Tail::Cases(cases) => cases
                .iter()
                .try_for_each(|(ty, t)| self.cases.entry(ty.clone()).or_default().add_tail(t, Some(ty))),
        }
    }

    fn add_step(&mut self, step: &Step, on: Option<&str>) -> Result<(), Clash> {
        let node = self.fields.entry(answer_key(step, on)).or_insert_with(|| Node {
            name: step.name.clone(),
            args: step.args.clone(),
            many: step.many,
            below: Self::default(),
            from: None,
        });
        node.many = match (node.many, step.many) {
            (Many::Nodes(a), Many::Nodes(b)) => Many::Nodes(a.max(b)),
            (Many::Edges(a), Many::Edges(b)) => Many::Edges(a.max(b)),
            (a, b) if a == b => a,
            _ => return Err(Clash { field: step.name.clone() }),
        };
        node.gather(step);
        if let Some(pick) = &step.pick {
            let field = Step {
                name: pick.field.clone(),
                args: String::new(),
                many: Many::One,
                pick: None,
                tail: Tail::End,
            };
            node.below.add_step(&field, None)?;
        }
        node.below.add_tail(&step.tail, None)
    }

    /// The same selection with every page as large as the forge allows, to read again alone what a
    /// small page cut short.
    #[must_use]
    pub fn with_full_pages(&self) -> Self {
        let mut full = self.clone();
        full.fill();
        for node in full.fields.values_mut().filter(|n| n.is_connection()) {
            node.from = Some(Cursor::Start);
        }
        full
    }

    /// The connections of which an object, read with [full pages](Self::with_full_pages), holds only
    /// the beginning: the same selection of them, from where they end. Nothing where all is there.
    pub fn on_from(&self, object: &serde_json::Value) -> Option<Self> {
        let mut on = Self::default();
        for (key, node) in self.fields.iter().filter(|(_, n)| n.is_connection()) {
            let page = &object[key.as_str()]["pageInfo"];
            if let (Some(true), Some(end)) = (page["hasNextPage"].as_bool(), page["endCursor"].as_str()) {
                let node = Node { from: Some(Cursor::After(end.to_owned())), ..node.clone() };
                on.fields.insert(key.clone(), node);
            }
        }
        (!on.is_empty()).then_some(on)
    }

    fn fill(&mut self) {
        for node in self.fields.values_mut() {
            node.many = match node.many {
                Many::Nodes(_) => Many::Nodes(100),
                Many::Edges(_) => Many::Edges(100),
                other => other,
            };
            node.below.fill();
        }
        self.cases.values_mut().for_each(Self::fill);
    }

    /// The same fields in as few selections as it takes for each to return no more than so many nodes
    /// for one object. A field that alone may return more is left out.
    pub fn divided(&self, most_nodes: u64) -> Vec<Self> {
        let within = |part: &Self| part.cost(1).nodes <= most_nodes;
        self.parts(within).into_iter().filter(within).collect()
    }

    /// The same fields in as few selections as it takes for each to be within a limit. A field that is
    /// beyond it by itself is a selection of its own.
    pub fn parts(&self, within: impl Fn(&Self) -> bool) -> Vec<Self> {
        let mut parts: Vec<Self> = Vec::new();
        for (key, node) in &self.fields {
            let with = |part: &Self| {
                let mut part = part.clone();
                part.fields.insert(key.clone(), node.clone());
                part
            };
            let grown = parts.iter().map(with).enumerate().find(|(_, grown)| within(grown));
            match grown {
                Some((i, grown)) => parts[i] = grown,
                None => parts.push(with(&Self::default())),
            }
        }
        parts
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.cases.is_empty()
    }

    /// The selection as GraphQL text of GitHub, without the braces around it.
    pub fn text(&self) -> String {
        self.text_for(ForgeKind::Github)
    }

    /// The selection as that forge's GraphQL text. GitHub counts its lists; of GitLab's lists not all
    /// are counted, and each says whether it goes on.
    pub fn text_for(&self, forge: ForgeKind) -> String {
        let mut out = String::new();
        self.write(forge, &mut out);
        out
    }

    fn write(&self, forge: ForgeKind, out: &mut String) {
        if !self.cases.is_empty() {
            out.push_str("__typename ");
        }
        for (key, node) in &self.fields {
            node.write(key, forge, out);
        }
        for (ty, below) in &self.cases {
            let _ = write!(out, "... on {ty} {{ ");
            below.write(forge, out);
            out.push_str("} ");
        }
    }

    /// What the selection costs below so many objects of its own type.
    pub fn cost(&self, objects: u64) -> Cost {
        let fields = self.fields.values().map(|node| {
            let page = match node.many {
                Many::Nodes(n) | Many::Edges(n) => u64::from(n),
                Many::One | Many::List => return node.below.cost(objects),
            };
            let below = node.below.cost(objects * page);
            Cost { requests: below.requests + objects, nodes: below.nodes + objects * page }
        });
        let cases = self.cases.values().map(|below| below.cost(objects));
        fields.chain(cases).fold(Cost::default(), |a, b| Cost {
            requests: a.requests + b.requests,
            nodes: a.nodes + b.nodes,
        })
    }
}

impl Node {
    fn is_connection(&self) -> bool {
        matches!(self.many, Many::Nodes(_) | Many::Edges(_))
    }

    /// A field that is asked for a list of files is asked for those of this step as well.
    fn gather(&mut self, step: &Step) {
        let Some(more) = step.gathered() else { return };
        let held = Step { args: self.args.clone(), ..step.clone() }.gathered().unwrap_or_default();
        let new: Vec<String> = more.into_iter().filter(|path| !held.contains(path)).collect();
        let all: Vec<String> = held.into_iter().chain(new).collect();
        self.args = format!("paths: {}", serde_json::Value::from(all));
    }

    fn write(&self, key: &str, forge: ForgeKind, out: &mut String) {
        if key != self.name {
            let _ = write!(out, "{key}: ");
        }
        out.push_str(&self.name);
        let (page, items) = match self.many {
            Many::Nodes(n) => (Some(n), Some("nodes")),
            Many::Edges(n) => (Some(n), Some("edges")),
            Many::One | Many::List => (None, None),
        };
        let after = match &self.from {
            Some(Cursor::After(cursor)) => {
                Some(format!("after: {}", serde_json::Value::from(cursor.as_str())))
            }
            _ => None,
        };
        let args = [page.map(|n| format!("first: {n}")), after, Some(self.args.clone())];
        let args: Vec<String> = args.into_iter().flatten().filter(|a| !a.is_empty()).collect();
        if !args.is_empty() {
            let _ = write!(out, "({})", args.join(", "));
        }
        out.push(' ');
        if self.below.is_empty() {
            return;
        }
        out.push_str("{ ");
        if let Some(items) = items {
            let counts = if forge == ForgeKind::Github { "totalCount " } else { "" };
            let ends = match (forge, &self.from) {
                (_, Some(_)) => "pageInfo { hasNextPage endCursor } ",
                (ForgeKind::Gitlab, None) => "pageInfo { hasNextPage } ",
                (ForgeKind::Github, None) => "",
            };
            let _ = write!(out, "{counts}{ends}{items} {{ ");
            self.below.write(forge, out);
            out.push_str("} ");
        } else {
            self.below.write(forge, out);
        }
        out.push_str("} ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(paths: &[&str]) -> Selection {
        let mut selection = Selection::default();
        for path in paths {
            let path = Path::parse(path).unwrap();
            selection.add(&path).unwrap();
        }
        selection
    }

    #[test]
    fn each_field_is_asked_once() {
        let text = selection(&["rules[30, type=DELETION].type", "rules[30].type", "name", "name"]).text();
        assert_eq!(text, "rules(first: 30) { totalCount nodes { type } } name ");
    }

    #[test]
    fn fields_of_two_types_never_collide() {
        let text = selection(&["actor<App.slug | Team.slug>"]).text();
        assert_eq!(
            text,
            "actor { __typename ... on App { App_slug: slug } ... on Team { Team_slug: slug } } "
        );
    }

    #[test]
    fn points_multiply_where_connections_contain_connections() {
        let cost = selection(&["rulesets[3].rules[30].type", "labels[50].name"]).cost(100);
        assert_eq!(cost, Cost { requests: 100 + 300 + 100, nodes: 300 + 9000 + 5000 });
    }

    #[test]
    fn what_is_too_much_at_once_is_divided_by_field() {
        let whole = selection(&["labels[60].name", "topics[60].name", "name", "a[100].b[100].c"]);
        let parts: Vec<String> = whole.divided(100).iter().map(Selection::text).collect();
        let labels = "labels(first: 60) { totalCount nodes { name } } name ";
        assert_eq!(parts, [labels, "topics(first: 60) { totalCount nodes { name } } "]);
    }

    #[test]
    fn a_long_list_is_read_on_from_where_it_ends() {
        let full = selection(&["labels[50].name", "topics[20].name", "name"]).with_full_pages();
        let page = |more: bool| serde_json::json!({"pageInfo": {"hasNextPage": more, "endCursor": "x\"y"}});
        let object = serde_json::json!({"labels": page(true), "topics": page(false), "name": "n"});
        assert_eq!(
            full.on_from(&object).unwrap().text(),
            r#"labels(first: 100, after: "x\"y") { totalCount pageInfo { hasNextPage endCursor } nodes { name } } "#
        );
        assert!(full.on_from(&serde_json::json!({"topics": page(false)})).is_none());
    }

    #[test]
    fn files_are_asked_for_together_and_each_path_takes_its_own() {
        let paths = [
            r#"repository.blobs(paths: ["a.md", "b.md"])[100].path"#,
            r#"repository.blobs(paths: ["{key}"])[100, path={key}].rawTextBlob"#,
        ];
        let [any, one] = paths.map(|text| Path::parse(text).unwrap().with_key("b.md"));
        let mut selection = Selection::default();
        [&any, &one, &any].into_iter().try_for_each(|path| selection.add(path)).unwrap();
        assert_eq!(
            selection.text_for(ForgeKind::Gitlab),
            "repository { blobs(first: 100, paths: [\"a.md\",\"b.md\"]) { pageInfo { hasNextPage } nodes { path rawTextBlob } } } "
        );
        let answer = serde_json::json!({"repository": {"blobs": {"pageInfo": {"hasNextPage": false}, "nodes": [
            {"path": "b.md", "rawTextBlob": "text"}, {"path": "c.md", "rawTextBlob": "of others"}]}}});
        let read = |path| super::super::read(&answer, path, super::super::Dialect::GitlabGraphql);
        assert_eq!(read(&any), super::super::Found::Known(serde_json::json!(["b.md"])));
        assert_eq!(read(&one), super::super::Found::Known(serde_json::json!("text")));
        let none = Path::parse(paths[1]).unwrap().with_key("d.md");
        assert_eq!(read(&none), super::super::Found::Absent);
    }

    #[test]
    fn one_field_in_two_ways_is_refused() {
        let mut selection = selection(&["labels[50].name"]);
        assert!(selection.add(&Path::parse("labels[]").unwrap()).is_err());
    }
}
