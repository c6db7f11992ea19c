//! The one path language of the catalogue: it composes a GraphQL query, reads its answer, and
//! serves as the pointer into a REST document.
//!
//! ```text
//! path  := step | record | cases
//! step  := name args? many? tail?
//! args  := '(' GraphQL arguments, with {key} where an item's key goes ')'
//! many  := '[]' plain list | '[N]' connection, first N | '[N edges]'; each may end ', field=VALUE'
//! tail  := '.' path | record | cases
//! cases := '<' Type '>.' path | '<' Type '.' path ('|' Type '.' path)* '>'
//! record := '{' (name ':')? path (',' (name ':')? path)* '}'
//! ```
//!
//! `@name` stands for a shape that the catalogue tells once; it is expanded before parsing.

use std::fmt;

/// A parsed path, from a subject or an item down to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path(pub(super) Tail);

/// What follows a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tail {
    /// The value itself.
    End,
    /// One more step.
    Step(Box<Step>),
    /// An object with these fields, each under a label of its own.
    Record(Vec<(String, Tail)>),
    /// The object is of one of several types; with more than one the value says which.
    Cases(Vec<(String, Tail)>),
}

/// One field of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub name: String,
    pub args: String,
    pub many: Many,
    pub pick: Option<Pick>,
    pub tail: Tail,
}

/// How many values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Many {
    /// One value.
    One,
    /// A plain list.
    List,
    /// A connection's first so many, as nodes.
    Nodes(u32),
    /// A connection's first so many, as edges.
    Edges(u32),
}

/// One move of a [walk](Path::walk) along a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hop<'a> {
    /// Into a field and, of many, into each item, or into the one where a field has a value.
    Field {
        /// The field's name.
        name: &'a str,
        /// How many values it has.
        many: Many,
        /// The field and the value by which one of many is picked.
        pick: Option<(&'a str, &'a str)>,
    },
    /// To the same object, seen as this one of the types it may have.
    Case(&'a str),
}

/// Of many, the one whose field has this value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pick {
    pub field: String,
    pub value: String,
}

/// A path that is not one: where, and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`, at character {at}: expected {expected}")]
pub struct PathError {
    path: String,
    at: usize,
    expected: &'static str,
}

impl Path {
    /// Parses a path whose shapes have been expanded.
    ///
    /// # Errors
    /// When the text is not of the grammar above.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let mut parser = Parser { text, at: 0 };
        let tail = parser.path()?;
        parser.blank();
        if parser.at < text.len() { Err(parser.fail("the end of the path")) } else { Ok(Self(tail)) }
    }

    /// This path, and from its end `next`.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        Self(append(&self.0, &next.0))
    }

    /// The path with an item's key in place of `{key}`, escaped for GraphQL.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        let quoted = serde_json::Value::from(key).to_string();
        Self(fill(&self.0, quoted.trim_matches('"')))
    }

    /// Walks every branch of the path. `hop` is told where it stands and the next move, and says
    /// where that leads: this is how a path is held against a schema.
    ///
    /// # Errors
    /// The first error of `hop`.
    pub fn walk<T, E>(&self, from: &T, hop: &mut impl FnMut(&T, Hop<'_>) -> Result<T, E>) -> Result<(), E> {
        walk(&self.0, from, hop)
    }

    /// The key under which an answer carries the path's first field; none where it has several.
    pub fn first_key(&self) -> Option<String> {
        match &self.0 {
            Tail::Step(step) => Some(super::compose::answer_key(step, None)),
            Tail::End | Tail::Record(_) | Tail::Cases(_) => None,
        }
    }

    /// Whether the path goes through a field of that name.
    pub fn goes_through(&self, field: &str) -> bool {
        let mut found = false;
        let walked: Result<(), std::convert::Infallible> = self.walk(&(), &mut |(), hop| {
            found |= matches!(hop, Hop::Field { name, .. } if name == field);
            Ok(())
        });
        walked.is_ok() && found
    }

    /// Whether the path asks for an item's key.
    pub fn wants_key(&self) -> bool {
        fn wants(tail: &Tail) -> bool {
            match tail {
                Tail::End => false,
                Tail::Step(s) => s.args.contains("{key}") || wants(&s.tail),
                Tail::Record(parts) | Tail::Cases(parts) => parts.iter().any(|(_, t)| wants(t)),
            }
        }
        wants(&self.0)
    }
}

fn walk<T, E>(tail: &Tail, at: &T, hop: &mut impl FnMut(&T, Hop<'_>) -> Result<T, E>) -> Result<(), E> {
    match tail {
        Tail::End => Ok(()),
        Tail::Step(s) => {
            let pick = s.pick.as_ref().map(|p| (p.field.as_str(), p.value.as_str()));
            let next = hop(at, Hop::Field { name: &s.name, many: s.many, pick })?;
            walk(&s.tail, &next, hop)
        }
        Tail::Record(fields) => fields.iter().try_for_each(|(_, tail)| walk(tail, at, hop)),
        Tail::Cases(cases) => cases.iter().try_for_each(|(ty, tail)| {
            let next = hop(at, Hop::Case(ty))?;
            walk(tail, &next, hop)
        }),
    }
}

fn append(tail: &Tail, next: &Tail) -> Tail {
    match tail {
        Tail::End => next.clone(),
        Tail::Step(s) => Tail::Step(Box::new(Step { tail: append(&s.tail, next), ..(**s).clone() })),
        Tail::Cases(cases) => {
            Tail::Cases(cases.iter().map(|(ty, t)| (ty.clone(), append(t, next))).collect())
        }
        Tail::Record(_) => tail.clone(),
    }
}

fn fill(tail: &Tail, key: &str) -> Tail {
    let parts = |parts: &[(String, Tail)]| parts.iter().map(|(n, t)| (n.clone(), fill(t, key))).collect();
    match tail {
        Tail::End => Tail::End,
        Tail::Step(s) => Tail::Step(Box::new(Step {
            args: s.args.replace("{key}", key),
            tail: fill(&s.tail, key),
            ..(**s).clone()
        })),
        Tail::Record(fields) => Tail::Record(parts(fields)),
        Tail::Cases(cases) => Tail::Cases(parts(cases)),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn fail(&self, expected: &'static str) -> PathError {
        let at = self.text[..self.at].chars().count() + 1;
        PathError { path: self.text.to_owned(), at, expected }
    }

    fn blank(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, c: char) -> bool {
        self.blank();
        let found = self.rest().starts_with(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    fn name(&mut self) -> Result<String, PathError> {
        self.blank();
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let end = self.rest().find(|c| !word(c)).unwrap_or(self.rest().len());
        if end == 0 {
            return Err(self.fail("a name"));
        }
        let name = self.rest()[..end].to_owned();
        self.at += end;
        Ok(name)
    }

    /// Up to the closing character, which may stand inside quotes without closing.
    fn until(&mut self, close: char, expected: &'static str) -> Result<&'a str, PathError> {
        let (mut quoted, mut escaped) = (false, false);
        for (i, c) in self.rest().char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                c if c == close && !quoted => {
                    let inner = &self.rest()[..i];
                    self.at += i + close.len_utf8();
                    return Ok(inner);
                }
                _ => {}
            }
        }
        Err(self.fail(expected))
    }

    fn path(&mut self) -> Result<Tail, PathError> {
        if self.eat('{') {
            return self.record();
        }
        if self.eat('<') {
            return self.cases();
        }
        let name = self.name()?;
        let args = if self.eat('(') { self.until(')', "`)`")?.trim().to_owned() } else { String::new() };
        let (many, pick) = if self.eat('[') { self.many()? } else { (Many::One, None) };
        Ok(Tail::Step(Box::new(Step { name, args, many, pick, tail: self.tail()? })))
    }

    fn tail(&mut self) -> Result<Tail, PathError> {
        if self.eat('.') {
            self.path()
        } else if self.eat('<') {
            self.cases()
        } else if self.eat('{') {
            self.record()
        } else {
            Ok(Tail::End)
        }
    }

    fn many(&mut self) -> Result<(Many, Option<Pick>), PathError> {
        let inner = self.until(']', "`]`")?;
        let (size, pick) = match inner.split_once('=') {
            None => (inner, None),
            Some((left, value)) => {
                let (size, field) = left.rsplit_once(',').unwrap_or(("", left));
                (size, Some(Pick { field: field.trim().to_owned(), value: value.trim().to_owned() }))
            }
        };
        let size = size.trim();
        let page = |text: &str| text.trim().parse::<u32>().ok().filter(|n| (1..=100).contains(n));
        let many = match (size, size.strip_suffix("edges")) {
            ("", _) => Many::List,
            (_, Some(n)) => Many::Edges(page(n).ok_or_else(|| self.fail("a page of 1 to 100"))?),
            (n, None) => Many::Nodes(page(n).ok_or_else(|| self.fail("a page of 1 to 100"))?),
        };
        Ok((many, pick))
    }

    fn record(&mut self) -> Result<Tail, PathError> {
        let mut fields = Vec::new();
        loop {
            self.blank();
            let begin = self.at;
            let label = self.name()?;
            if !self.eat(':') {
                self.at = begin;
            }
            let tail = self.path()?;
            fields.push((label, tail));
            if self.eat('}') {
                return Ok(Tail::Record(fields));
            }
            if !self.eat(',') {
                return Err(self.fail("`,` or `}`"));
            }
        }
    }

    /// `<T>.path` where there is one type, `<T.path | U.path>` where there are several.
    fn cases(&mut self) -> Result<Tail, PathError> {
        let mut cases = Vec::new();
        loop {
            let ty = self.name()?;
            if cases.is_empty() && self.eat('>') {
                let tail = self.tail()?;
                return Ok(Tail::Cases(vec![(ty, tail)]));
            }
            if !self.eat('.') {
                return Err(self.fail("`.` and a field of that type"));
            }
            cases.push((ty, self.path()?));
            if self.eat('>') {
                return Ok(Tail::Cases(cases));
            }
            if !self.eat('|') {
                return Err(self.fail("`|` or `>`"));
            }
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(&self.0, f)
    }
}

fn show(tail: &Tail, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match tail {
        Tail::End => Ok(()),
        Tail::Step(s) => {
            f.write_str(&s.name)?;
            if !s.args.is_empty() {
                write!(f, "({})", s.args)?;
            }
            let pick = s.pick.as_ref().map(|p| format!(", {}={}", p.field, p.value)).unwrap_or_default();
            match s.many {
                Many::One => {}
                Many::List => write!(f, "[{}]", pick.trim_start_matches(", "))?,
                Many::Nodes(n) => write!(f, "[{n}{pick}]")?,
                Many::Edges(n) => write!(f, "[{n} edges{pick}]")?,
            }
            if !matches!(s.tail, Tail::End | Tail::Cases(_)) {
                f.write_str(".")?;
            }
            show(&s.tail, f)
        }
        Tail::Record(fields) => {
            f.write_str("{")?;
            for (i, (label, tail)) in fields.iter().enumerate() {
                f.write_str(if i == 0 { "" } else { ", " })?;
                match tail {
                    Tail::Step(s) if s.name == *label => {}
                    _ => write!(f, "{label}: ")?,
                }
                show(tail, f)?;
            }
            f.write_str("}")
        }
        Tail::Cases(cases) => {
            if let [(ty, tail)] = cases.as_slice() {
                write!(f, "<{ty}>.")?;
                return show(tail, f);
            }
            f.write_str("<")?;
            for (i, (ty, tail)) in cases.iter().enumerate() {
                write!(f, "{}{ty}.", if i == 0 { "" } else { " | " })?;
                show(tail, f)?;
            }
            f.write_str(">")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_show_as_they_were_written() -> Result<(), PathError> {
        for text in [
            "isArchived",
            "repositoryTopics[20].topic.name",
            "rules[30, type=PULL_REQUEST].parameters<PullRequestParameters>.requiredApprovingReviewCount",
            "bypassActors[20].{mode: bypassMode, actor<App.slug | Team.combinedSlug>}",
            "languages(orderBy: {field: SIZE, direction: DESC})[10 edges].{size, name: node.name}",
            "object(expression: \"HEAD:{key}\")<Blob>.byteSize",
            "rules[type=pull_request].parameters",
        ] {
            assert_eq!(Path::parse(text)?.to_string(), text);
        }
        Ok(())
    }

    #[test]
    fn a_bad_path_says_where() {
        let error = Path::parse("rules[300].type").map_err(|e| e.to_string());
        assert_eq!(error, Err("`rules[300].type`, at character 11: expected a page of 1 to 100".to_owned()));
    }

    #[test]
    fn a_walk_takes_every_branch() -> Result<(), PathError> {
        let path = Path::parse("rules[30, type=X].{a, actor<App.slug | Team.name>}")?;
        let mut ends = Vec::new();
        let walked: Result<(), ()> = path.walk(&String::new(), &mut |at, hop| {
            let next = match hop {
                Hop::Field { name, .. } => format!("{at}/{name}"),
                Hop::Case(ty) => format!("{at}<{ty}>"),
            };
            ends.push(next.clone());
            Ok(next)
        });
        assert_eq!(walked, Ok(()));
        assert!(ends.contains(&"/rules/actor<Team>/name".to_owned()), "{ends:?}");
        Ok(())
    }

    #[test]
    fn keys_cannot_leave_their_quotes() -> Result<(), PathError> {
        let path = Path::parse("object(expression: \"HEAD:{key}\")<Blob>.byteSize")?;
        assert!(path.with_key("a\") { x }").to_string().contains(r#"HEAD:a\") { x }"#));
        Ok(())
    }
}
