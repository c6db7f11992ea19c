//! What GitLab charges for a query before it runs it.
//!
//! A field is one point and what is selected beneath it; a field that reads the repository is one more.
//! A connection adds one in a hundred of that for each item that its page may have, so that a page of a
//! hundred doubles it.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast::Value as Literal;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::{JsonMap, JsonValue};

pub const MOST_CHARACTERS: usize = 10_000;
pub const MOST_DEPTH: usize = 20;

const PAGE: f64 = 100.0;
const OF_REPOSITORY: [&str; 4] = ["tree", "blobs", "rootRef", "codeOwnersPath"];

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Score {
    pub complexity: u64,
    pub depth: usize,
}

impl Score {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "scores are small and positive"
    )]
    pub fn of(document: &ExecutableDocument, operation: &Operation, variables: &JsonMap) -> Self {
        let mut weighing = Weighing { document, variables, depth: 0 };
        let complexity = weighing.set(&operation.selection_set, 1).floor() as u64;
        Self { complexity, depth: weighing.depth }
    }
}

struct Weighing<'q> {
    document: &'q ExecutableDocument,
    variables: &'q JsonMap,
    depth: usize,
}

impl<'q> Weighing<'q> {
    fn set(&mut self, set: &'q SelectionSet, depth: usize) -> f64 {
        set.selections.iter().map(|selection| self.selection(selection, depth)).sum()
    }

    fn selection(&mut self, selection: &'q Selection, depth: usize) -> f64 {
        match selection {
            Selection::Field(field) => self.field(field, depth),
            Selection::InlineFragment(fragment) => self.set(&fragment.selection_set, depth),
            Selection::FragmentSpread(spread) => {
                let fragment = self.document.fragments.get(&spread.fragment_name);
                fragment.map_or(0.0, |fragment| self.set(&fragment.selection_set, depth))
            }
        }
    }

    fn field(&mut self, field: &'q Field, depth: usize) -> f64 {
        self.depth = self.depth.max(depth);
        if field.name.starts_with("__") {
            return 0.0;
        }
        let own = if OF_REPOSITORY.contains(&field.name.as_str()) { 2.0 } else { 1.0 };
        let whole = own + self.set(&field.selection_set, depth + 1);
        let is_connection = field.definition.argument_by_name("first").is_some();
        if is_connection { whole * (1.0 + self.items(field) / 100.0) } else { whole }
    }

    fn items(&self, field: &Field) -> f64 {
        let count = |argument: &str| match field.specified_argument_by_name(argument)?.as_ref() {
            Literal::Int(value) => value.as_str().parse::<f64>().ok(),
            Literal::Variable(name) => self.variables.get(name.as_str()).and_then(JsonValue::as_f64),
            _ => None,
        };
        [count("first"), count("last")].into_iter().flatten().fold(PAGE, f64::min)
    }
}
