//! Topics, always written as a whole.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use crate::sim::world::World;

const MOST: usize = 20;
const LONGEST: usize = 50;

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (_, repository) = request.repository(world)?;
    Ok(Reply::ok(json!({ "names": repository.topics })))
}

pub fn replace(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let names = request.object()?.get("names").unwrap_or(&Value::Null);
    let wrong = || Refusal::wrong_type("names", names);
    let mut topics = Vec::new();
    for name in names.as_array().ok_or_else(wrong)? {
        let name = name.as_str().ok_or_else(wrong)?.to_lowercase();
        if !is_topic(&name) {
            return Err(Refusal::invalid_field(
                "Repository",
                "names",
                "Topics must start with a lowercase letter or number, consist of 50 characters or less, and can include hyphens.",
            ));
        }
        if !topics.contains(&name) {
            topics.push(name);
        }
    }
    if topics.len() > MOST {
        return Err(Refusal::invalid_field(
            "Repository",
            "names",
            "A repository cannot have more than 20 topics.",
        ));
    }
    request.repository_mut(world)?.topics.clone_from(&topics);
    Ok(Reply::ok(json!({ "names": topics })))
}

fn is_topic(name: &str) -> bool {
    let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    !name.is_empty() && name.len() <= LONGEST && !name.starts_with('-') && name.chars().all(allowed)
}
