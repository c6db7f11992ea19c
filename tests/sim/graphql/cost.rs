//! What a query may return at most, and what GitHub charges for it.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast::Value as Literal;
use apollo_compiler::collections::IndexMap;
use apollo_compiler::executable::{DirectiveList, Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::{JsonMap, JsonValue};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Nodes, with every `first` filled.
    pub nodes: u64,
    /// Connections to ask for, with every `first` above them filled.
    pub requests: u64,
}

impl Cost {
    pub fn of(document: &ExecutableDocument, operation: &Operation, variables: &JsonMap) -> Self {
        let mut weighing = Weighing { document, variables, cost: Self::default() };
        weighing.walk(&[&operation.selection_set], 1);
        weighing.cost
    }

    /// A hundred requests are a point, rounded, and every query costs one.
    pub fn points(self) -> u64 {
        ((self.requests + 50) / 100).max(1)
    }
}

struct Weighing<'q> {
    document: &'q ExecutableDocument,
    variables: &'q JsonMap,
    cost: Cost,
}

impl<'q> Weighing<'q> {
    /// Weighs what is selected on each of `times` objects.
    fn walk(&mut self, sets: &[&'q SelectionSet], times: u64) {
        let mut fields = IndexMap::default();
        for set in sets {
            self.collect(set, &mut fields);
        }
        // The same connection told in two fragments is one.
        for group in fields.into_values() {
            let inner: Vec<&SelectionSet> = group.iter().map(|field| &field.selection_set).collect();
            let within = match group.first().and_then(|field| self.size(field)) {
                Some((size, is_connection)) => {
                    self.cost.requests =
                        self.cost.requests.saturating_add(if is_connection { times } else { 0 });
                    let within = times.saturating_mul(size);
                    self.cost.nodes = self.cost.nodes.saturating_add(within);
                    within
                }
                None => times,
            };
            self.walk(&inner, within);
        }
    }

    fn collect(&self, set: &'q SelectionSet, fields: &mut IndexMap<&'q str, Vec<&'q Field>>) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) if self.included(&field.directives) => {
                    fields.entry(field.response_key().as_str()).or_default().push(field);
                }
                Selection::InlineFragment(fragment) if self.included(&fragment.directives) => {
                    self.collect(&fragment.selection_set, fields);
                }
                Selection::FragmentSpread(spread) if self.included(&spread.directives) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        self.collect(&fragment.selection_set, fields);
                    }
                }
                _ => {}
            }
        }
    }

    fn included(&self, directives: &DirectiveList) -> bool {
        let says = |name: &str| {
            let value = directives.get(name)?.specified_argument_by_name("if")?;
            match value.as_ref() {
                Literal::Boolean(value) => Some(*value),
                Literal::Variable(name) => self.variables.get(name.as_str())?.as_bool(),
                _ => None,
            }
        };
        says("include") != Some(false) && says("skip") != Some(true)
    }

    /// How many nodes a field may return, where it returns many, and whether it is a connection.
    fn size(&self, field: &Field) -> Option<(u64, bool)> {
        if field.name == "nodes" && field.definition.argument_by_name("ids").is_some() {
            return Some((self.count(field, "ids")?, false));
        }
        field.definition.argument_by_name("first")?;
        Some((self.count(field, "first").or_else(|| self.count(field, "last"))?, true))
    }

    fn count(&self, field: &Field, argument: &str) -> Option<u64> {
        match field.specified_argument_by_name(argument)?.as_ref() {
            Literal::Int(value) => value.as_str().parse().ok(),
            Literal::List(items) => Some(items.len() as u64),
            Literal::Variable(name) => match self.variables.get(name.as_str())? {
                JsonValue::Array(items) => Some(items.len() as u64),
                value => value.as_u64(),
            },
            _ => None,
        }
    }
}
