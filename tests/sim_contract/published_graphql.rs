//! The simulator's schema against the one GitHub publishes.

use apollo_compiler::Schema;
use apollo_compiler::ast::{Definition, Document};
use apollo_compiler::collections::HashSet;

use crate::contract::published;
use crate::schema_subset::differences;

const OURS: &str = include_str!("../sim/schema.graphql");
const OVERLAY: &str = include_str!("../sim/overlay.graphql");

#[test]
fn every_declaration_is_published() {
    let Some(text) = published("graphql-schema/schema.graphql") else { return };
    let whole = with_overlay(&text);
    let ours = Schema::parse_and_validate(OURS, "schema.graphql").unwrap();
    let differences = differences(&ours, &whole);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn a_difference_is_noticed() {
    let Some(text) = published("graphql-schema/schema.graphql") else { return };
    let whole = with_overlay(&text);
    let wrong = OURS
        .replace("isArchived: Boolean!", "isArchived: Boolean")
        .replace("isFork: Boolean!", "isSpoon: Boolean!");
    let ours = Schema::parse(wrong, "schema.graphql").unwrap();
    let differences = differences(&ours, &whole);
    assert_eq!(
        differences,
        ["Repository.isArchived is Boolean but published as Boolean!", "Repository.isSpoon is not published"]
    );
}

#[test]
fn the_overlay_has_nothing_that_is_published_meanwhile() {
    let Some(text) = published("graphql-schema/schema.graphql") else { return };
    let published = deduplicated(&text).to_schema().unwrap_or_else(|invalid| panic!("{}", invalid.errors));
    for definition in &Document::parse(OVERLAY, "overlay.graphql").unwrap().definitions {
        let name = definition.name().unwrap();
        match definition {
            Definition::ObjectTypeExtension(extension) => {
                for field in &extension.fields {
                    assert!(
                        published.type_field(name, &field.name).is_err(),
                        "{name}.{} is published",
                        field.name
                    );
                }
            }
            Definition::EnumTypeExtension(extension) => {
                let known = published.get_enum(name).unwrap();
                for value in &extension.values {
                    assert!(!known.values.contains_key(&value.value), "{name}.{} is published", value.value);
                }
            }
            Definition::UnionTypeExtension(extension) => {
                let known = published.get_union(name).unwrap();
                for member in &extension.members {
                    assert!(!known.members.contains(member), "{name} has {member} published");
                }
            }
            _ => assert!(!published.types.contains_key(name), "{name} is published"),
        }
    }
}

/// Not validated: only what our part declares is looked at.
fn with_overlay(text: &str) -> Schema {
    let mut document = deduplicated(text);
    document.definitions.extend(Document::parse(OVERLAY, "overlay.graphql").unwrap().definitions);
    document.to_schema().unwrap_or_else(|invalid| panic!("{}", invalid.errors))
}

/// The published text declares some fields twice, which no schema may.
fn deduplicated(text: &str) -> Document {
    let mut document = Document::parse(text, "published.graphql").unwrap();
    for definition in &mut document.definitions {
        if let Definition::ObjectTypeDefinition(object) = definition {
            let mut seen = HashSet::default();
            object.make_mut().fields.retain(|field| seen.insert(field.name.clone()));
        }
    }
    document
}
