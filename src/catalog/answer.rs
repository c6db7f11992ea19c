//! Reads a value out of an answer by the same path that asked for it.

use serde_json::{Map, Value as Json};

use super::compose::answer_key;
use super::path::{Many, Path, Step, Tail};

/// Which sort of answer is read: they differ in the names of the fields and in how lists are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The answer to a composed query: keys by [`answer_key`], connections with `totalCount`.
    Graphql,
    /// The same of GitLab, which answers `null` for whatever the caller may not see: what lies beneath
    /// a `null` is not known to be absent.
    GitlabGraphql,
    /// A REST document: keys as they are, plain lists.
    Rest,
}

/// What a path finds.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A value that is not `null`.
    Known(Json),
    /// The forge answered `null`, or the wanted one of many is not there.
    Absent,
    /// The answer does not carry the field: nothing is known.
    Missing,
    /// The object is of another type than the path speaks of.
    OtherType,
    /// The forge holds more than it sent.
    Cut,
    /// The forge refused this field, with its message.
    Refused(String),
}

/// The key of the object that [`mark_refused`] leaves where a field was refused.
const REFUSED: &str = "__refused";

/// Writes a refusal into an answer at the place that a GraphQL error names, so that the `null`
/// standing there is not read as an absence. Does nothing where the place does not exist.
pub fn mark_refused(answer: &mut Json, path: &[Json], message: &str) {
    let mut at = answer;
    for step in path {
        let next = match step {
            Json::String(key) => at.get_mut(key.as_str()),
            Json::Number(n) => n.as_u64().and_then(|i| at.get_mut(usize::try_from(i).ok()?)),
            _ => None,
        };
        match next {
            Some(next) => at = next,
            None => return,
        }
        if at.is_null() {
            break;
        }
    }
    if at.is_null() {
        *at = Json::Object(Map::from_iter([(REFUSED.to_owned(), message.into())]));
    }
}

/// Reads what the path leads to.
pub fn read(object: &Json, path: &Path, dialect: Dialect) -> Found {
    follow(object, &path.0, dialect, None)
}

fn follow(at: &Json, tail: &Tail, dialect: Dialect, on: Option<&str>) -> Found {
    if let Some(message) = at.get(REFUSED) {
        return Found::Refused(message.as_str().unwrap_or_default().to_owned());
    }
    if at.is_null() {
        let withheld = dialect == Dialect::GitlabGraphql && *tail != Tail::End;
        return if withheld { Found::Missing } else { Found::Absent };
    }
    match tail {
        Tail::End => Found::Known(at.clone()),
        Tail::Step(step) => follow_step(at, step, dialect, on),
        Tail::Record(fields) => {
            let mut record = Map::new();
            for (label, tail) in fields {
                // A record holds what is there: a person's rule names no group.
                if matches!(tail, Tail::Step(step) if at.get(key_of(step, dialect, on)).is_some_and(Json::is_null))
                {
                    continue;
                }
                match follow(at, tail, dialect, on) {
                    Found::Known(value) => drop(record.insert(label.clone(), value)),
                    Found::Absent | Found::OtherType => {}
                    other => return other,
                }
            }
            Found::Known(Json::Object(record))
        }
        Tail::Cases(cases) => follow_case(at, cases, dialect),
    }
}

fn follow_case(at: &Json, cases: &[(String, Tail)], dialect: Dialect) -> Found {
    let Some(ty) = at.get("__typename").and_then(Json::as_str) else { return Found::Missing };
    let found = cases.iter().find(|(case, _)| case == ty);
    match (found, cases) {
        (Some((_, tail)), [_]) => follow(at, tail, dialect, Some(ty)),
        (None, [_]) => Found::OtherType,
        (Some((_, tail)), _) => match follow(at, tail, dialect, Some(ty)) {
            Found::Known(value) => Found::Known(Json::Object(Map::from_iter([(ty.to_owned(), value)]))),
            other => other,
        },
        // A type that appeared after this release: its name is worth more than nothing.
        (None, _) => Found::Known(Json::Object(Map::from_iter([(ty.to_owned(), Json::Bool(true))]))),
    }
}

fn key_of(step: &Step, dialect: Dialect, on: Option<&str>) -> String {
    match dialect {
        Dialect::Graphql | Dialect::GitlabGraphql => answer_key(step, on),
        Dialect::Rest => step.name.clone(),
    }
}

fn follow_step(at: &Json, step: &Step, dialect: Dialect, on: Option<&str>) -> Found {
    let key = key_of(step, dialect, on);
    let Some(field) = at.get(&key) else { return Found::Missing };
    if step.many == Many::One {
        return follow(field, &step.tail, dialect, None);
    }
    let items = match items(field, step.many, dialect) {
        Ok(items) => items,
        Err(found) => return found,
    };
    // One answer holds the files that several paths asked for: each takes its own.
    let asked = step.gathered();
    let of_others = |item: &Json| {
        let path = item.get("path").and_then(Json::as_str);
        asked.as_ref().is_some_and(|asked| path.is_some_and(|path| !asked.iter().any(|a| a == path)))
    };
    if let Some(pick) = &step.pick {
        let has = |item: &&Json| {
            !of_others(item)
                && match item.get(&pick.field) {
                    Some(Json::String(text)) => text.eq_ignore_ascii_case(&pick.value),
                    Some(Json::Number(number)) => number.to_string() == pick.value,
                    _ => false,
                }
        };
        return match items.iter().find(has) {
            Some(item) => follow(item, &step.tail, dialect, None),
            None => items.iter().find_map(|item| unnamed(item, &pick.field)).unwrap_or(Found::Absent),
        };
    }
    let mut values = Vec::with_capacity(items.len());
    for item in items.iter().filter(|item| !of_others(item)) {
        if item.is_null() && (step.many != Many::List || dialect == Dialect::Rest) {
            // Something is there, and what it is was withheld: without it the list is no list.
            return Found::Missing;
        }
        match follow(item, &step.tail, dialect, None) {
            Found::Known(value) => values.push(value),
            Found::Absent | Found::OtherType => {}
            other => return other,
        }
    }
    // Files that are asked for by name and are not there are an absence, not a list of none.
    if asked.is_some() && values.is_empty() { Found::Absent } else { Found::Known(Json::Array(values)) }
}

/// Why an item may be the wanted one though it does not say so: it was withheld.
fn unnamed(item: &Json, field: &str) -> Option<Found> {
    if let Some(message) = item.get(REFUSED) {
        return Some(Found::Refused(message.as_str().unwrap_or_default().to_owned()));
    }
    item.get(field).and_then(Json::as_str).is_none().then_some(Found::Missing)
}

/// The items of a list or connection, if all of them are there.
fn items(field: &Json, many: Many, dialect: Dialect) -> Result<&[Json], Found> {
    if let Some(message) = field.get(REFUSED) {
        return Err(Found::Refused(message.as_str().unwrap_or_default().to_owned()));
    }
    if field.is_null() {
        // A connection with nothing in it is empty; one that is null was withheld.
        let withheld = dialect != Dialect::Rest && matches!(many, Many::Nodes(_) | Many::Edges(_));
        return Err(if withheld { Found::Missing } else { Found::Absent });
    }
    let list = match many {
        Many::Nodes(_) if dialect != Dialect::Rest => field.get("nodes"),
        Many::Edges(_) if dialect != Dialect::Rest => field.get("edges"),
        _ => Some(field),
    };
    let Some(items) = list.and_then(Json::as_array) else { return Err(Found::Missing) };
    let total = field.get("totalCount").and_then(Json::as_u64);
    let more = field.pointer("/pageInfo/hasNextPage").and_then(Json::as_bool);
    if total.map_or(more == Some(true), |total| total > items.len() as u64) {
        return Err(Found::Cut);
    }
    Ok(items)
}

/// The items of a kind's collection, each as the object that its settings' paths begin at.
///
/// # Errors
/// The [`Found`] that says why the collection cannot be listed.
pub fn read_items(object: &Json, path: &Path, dialect: Dialect) -> Result<Vec<Json>, Found> {
    let mut at = object;
    let mut tail = &path.0;
    loop {
        let Tail::Step(step) = tail else { return Err(Found::Missing) };
        let Some(field) = at.get(key_of(step, dialect, None)) else { return Err(Found::Missing) };
        if let Some(message) = field.get(REFUSED) {
            return Err(Found::Refused(message.as_str().unwrap_or_default().to_owned()));
        }
        if step.many != Many::One {
            return items(field, step.many, dialect).map(<[Json]>::to_vec);
        }
        if field.is_null() {
            return Err(Found::Absent);
        }
        (at, tail) = (field, &step.tail);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn graphql(answer: &Json, path: &str) -> Found {
        read(answer, &Path::parse(path).unwrap(), Dialect::Graphql)
    }

    #[test]
    fn null_is_absent_and_no_field_is_missing() {
        let answer = json!({"description": null});
        assert_eq!(graphql(&answer, "description"), Found::Absent);
        assert_eq!(graphql(&answer, "homepageUrl"), Found::Missing);
    }

    #[test]
    fn a_list_cut_short_is_no_list() {
        let topics = json!({"repositoryTopics": {"totalCount": 3, "nodes": [{"topic": {"name": "a"}}]}});
        assert_eq!(graphql(&topics, "repositoryTopics[1].topic.name"), Found::Cut);
    }

    #[test]
    fn a_connection_that_is_null_was_withheld() {
        let answer = json!({"collaborators": null, "contexts": null});
        assert_eq!(graphql(&answer, "collaborators[30 edges].permission"), Found::Missing);
        assert_eq!(graphql(&answer, "contexts[]"), Found::Absent);
    }

    #[test]
    fn an_item_that_is_null_was_withheld() {
        let answer = json!({"actors": {"totalCount": 2, "nodes": [{"name": "a"}, null]}});
        assert_eq!(graphql(&answer, "actors[10].name"), Found::Missing);
    }

    #[test]
    fn an_item_that_a_document_withholds_leaves_no_list() {
        let answer = json!({"repositories": [{"full_name": "acme/a"}, null]});
        let path = Path::parse("repositories[].full_name").unwrap();
        assert_eq!(read(&answer, &path, Dialect::Rest), Found::Missing);
    }

    #[test]
    fn a_refused_field_is_not_absent() {
        let mut answer = json!({"nodes": [{"collaborators": null}]});
        mark_refused(&mut answer, &[json!("nodes"), json!(0), json!("collaborators")], "admin only");
        let found = graphql(&answer["nodes"][0], "collaborators[30 edges].permission");
        assert_eq!(found, Found::Refused("admin only".into()));
    }

    #[test]
    fn the_wanted_one_of_many() {
        let rest = json!({"rules": [{"type": "deletion"}, {"type": "pull_request", "parameters": {"n": 2}}]});
        let read = |path: &str| read(&rest, &Path::parse(path).unwrap(), Dialect::Rest);
        assert_eq!(read("rules[type=pull_request].parameters.n"), Found::Known(json!(2)));
        assert_eq!(read("rules[type=update].type"), Found::Absent);
        assert_eq!(read("rules[type=deletion].parameters.n"), Found::Missing);
    }

    #[test]
    fn the_wanted_one_may_be_the_one_that_is_withheld() {
        let mut answer = json!({"rules": {"totalCount": 2, "nodes": [{"type": "DELETION"}, null]}});
        let of = |answer: &Json, ty: &str| graphql(answer, &format!("rules[30, type={ty}].type"));
        assert_eq!(of(&answer, "CREATION"), Found::Missing);
        assert_eq!(of(&answer, "DELETION"), Found::Known(json!("DELETION")));
        mark_refused(&mut answer, &[json!("rules"), json!("nodes"), json!(1)], "not yours");
        assert_eq!(of(&answer, "CREATION"), Found::Refused("not yours".into()));
    }

    #[test]
    fn an_actor_says_of_which_type_it_is() {
        let answer = json!({"actor": {"__typename": "Team", "Team_combinedSlug": "acme/core"}});
        let found = graphql(&answer, "actor<App.slug | Team.combinedSlug>");
        assert_eq!(found, Found::Known(json!({"Team": "acme/core"})));
    }
}
