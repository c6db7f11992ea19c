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

use super::path_parser::parse;

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

impl Step {
    /// The files that the field is asked for, where it takes a list of them: `paths: ["a", "b"]`. A
    /// query asks such a field once, for the files of all settings together.
    pub(super) fn gathered(&self) -> Option<Vec<String>> {
        serde_json::from_str(self.args.strip_prefix("paths:")?).ok()
    }
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
    pub(super) path: String,
    pub(super) at: usize,
    pub(super) expected: &'static str,
}

impl Path {
    /// Parses a path whose shapes have been expanded.
    ///
    /// # Errors
    /// When the text is not of the grammar above.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        parse(text).map(Self)
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
        // One quote at each end: a key may itself begin or end with one.
        Self(fill(&self.0, &quoted[1..quoted.len() - 1], key))
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

    /// The name of the list that the path begins with and takes every item of, and what follows it.
    pub fn list_first(&self) -> Option<(&str, Option<Self>)> {
        match &self.0 {
            Tail::Step(step) if step.many == Many::List && step.pick.is_none() => {
                let rest = match &step.tail {
                    Tail::End => None,
                    tail => Some(Self(tail.clone())),
                };
                Some((&step.name, rest))
            }
            _ => None,
        }
    }

    /// Whether the path begins with a field of that name, on any of its branches.
    pub fn begins_with(&self, field: &str) -> bool {
        fn begins(tail: &Tail, field: &str) -> bool {
            match tail {
                Tail::End => false,
                Tail::Step(step) => step.name == field,
                Tail::Record(parts) | Tail::Cases(parts) => parts.iter().any(|(_, t)| begins(t, field)),
            }
        }
        begins(&self.0, field)
    }

    /// Whether the path goes through a field of that name, at its beginning or further on.
    pub fn goes_through(&self, field: &str) -> bool {
        self.moves(|hop| matches!(hop, Hop::Field { name, .. } if name == field))
    }

    /// Whether the path goes through a field of that name further on than its beginning.
    pub fn goes_on_through(&self, field: &str) -> bool {
        let mut found = false;
        let walked: Result<(), std::convert::Infallible> = self.walk(&0_u32, &mut |depth, hop| {
            let step = matches!(hop, Hop::Field { .. });
            found |= *depth > 0 && matches!(hop, Hop::Field { name, .. } if name == field);
            Ok(depth + u32::from(step))
        });
        walked.is_ok() && found
    }

    /// Whether the path speaks of a type of that name.
    pub fn speaks_of(&self, ty: &str) -> bool {
        self.moves(|hop| matches!(hop, Hop::Case(case) if case == ty))
    }

    fn moves(&self, is: impl Fn(Hop<'_>) -> bool) -> bool {
        let mut found = false;
        let walked: Result<(), std::convert::Infallible> = self.walk(&(), &mut |(), hop| {
            found |= is(hop);
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

fn fill(tail: &Tail, quoted: &str, key: &str) -> Tail {
    let parts =
        |parts: &[(String, Tail)]| parts.iter().map(|(n, t)| (n.clone(), fill(t, quoted, key))).collect();
    match tail {
        Tail::End => Tail::End,
        Tail::Step(s) => Tail::Step(Box::new(Step {
            args: s.args.replace("{key}", quoted),
            pick: s.pick.clone().map(|p| Pick { value: p.value.replace("{key}", key), ..p }),
            tail: fill(&s.tail, quoted, key),
            ..(**s).clone()
        })),
        Tail::Record(fields) => Tail::Record(parts(fields)),
        Tail::Cases(cases) => Tail::Cases(parts(cases)),
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
