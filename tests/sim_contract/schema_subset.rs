//! Whether all that one schema declares is declared alike by another.

use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition, InputValueDefinition};
use apollo_compiler::{Name, Node, Schema};

/// What `part` declares and `whole` does not, or otherwise.
pub fn differences(part: &Schema, whole: &Schema) -> Vec<String> {
    let mut found = Differences(Vec::new());
    for (name, kind) in part.types.iter().filter(|(_, kind)| !kind.is_built_in()) {
        match whole.types.get(name) {
            Some(published) => found.kind(name, kind, published),
            None => found.add(format!("{name} is not published")),
        }
    }
    found.0
}

struct Differences(Vec<String>);

impl Differences {
    fn add(&mut self, difference: String) {
        self.0.push(difference);
    }

    fn kind(&mut self, name: &Name, ours: &ExtendedType, published: &ExtendedType) {
        match (ours, published) {
            (ExtendedType::Scalar(_), ExtendedType::Scalar(_)) => {}
            (ExtendedType::Object(ours), ExtendedType::Object(published)) => {
                self.fields(name, &ours.fields, &published.fields);
                for interface in &ours.implements_interfaces {
                    if !published.implements_interfaces.contains(interface) {
                        self.add(format!("{name} does not implement {}", interface.name));
                    }
                }
            }
            (ExtendedType::Interface(ours), ExtendedType::Interface(published)) => {
                self.fields(name, &ours.fields, &published.fields);
            }
            (ExtendedType::Union(ours), ExtendedType::Union(published)) => {
                for member in ours.members.iter().filter(|member| !published.members.contains(*member)) {
                    self.add(format!("union {name} has no member {}", member.name));
                }
            }
            (ExtendedType::Enum(ours), ExtendedType::Enum(published)) => {
                for value in ours.values.keys().filter(|value| !published.values.contains_key(*value)) {
                    self.add(format!("enum {name} has no value {value}"));
                }
            }
            (ExtendedType::InputObject(ours), ExtendedType::InputObject(published)) => {
                let values = |fields: &IndexMap<Name, Component<InputValueDefinition>>| -> Vec<Node<InputValueDefinition>> {
                    fields.values().map(|field| field.node.clone()).collect()
                };
                self.arguments(name.as_str(), &values(&ours.fields), &values(&published.fields));
            }
            _ => self.add(format!("{name} is published as another kind of type")),
        }
    }

    fn fields(
        &mut self,
        kind: &Name,
        ours: &IndexMap<Name, Component<FieldDefinition>>,
        published: &IndexMap<Name, Component<FieldDefinition>>,
    ) {
        for (name, field) in ours {
            let at = format!("{kind}.{name}");
            let Some(published) = published.get(name) else {
                self.add(format!("{at} is not published"));
                continue;
            };
            if published.ty != field.ty {
                self.add(format!("{at} is {} but published as {}", field.ty, published.ty));
            }
            self.arguments(&at, &field.arguments, &published.arguments);
        }
    }

    fn arguments(
        &mut self,
        at: &str,
        ours: &[Node<InputValueDefinition>],
        published: &[Node<InputValueDefinition>],
    ) {
        for argument in ours {
            let name = &argument.name;
            match published.iter().find(|published| published.name == *name) {
                None => self.add(format!("{at}({name}:) is not published")),
                Some(published) if published.ty != argument.ty => {
                    self.add(format!("{at}({name}:) is {} but published as {}", argument.ty, published.ty));
                }
                Some(published) if published.default_value != argument.default_value => {
                    self.add(format!("{at}({name}:) is published with another default"));
                }
                Some(_) => {}
            }
        }
        for required in published.iter().filter(|published| published.is_required()) {
            if ours.iter().all(|argument| argument.name != required.name) {
                self.add(format!("{at}({}:) is required", required.name));
            }
        }
    }
}
