//! What the rules that reach a branch amount to together.

use std::sync::Arc;

use super::protection::BranchRules;
use crate::catalog::{Combine, Effective, Setting};
use crate::model::{Observation, Sourced, Value};

impl BranchRules<'_> {
    /// What the rules together amount to, for one derived setting.
    pub fn amount_to(&self, setting: &Setting, effective: &Effective) -> Sourced {
        let mut told: Option<Value> = None;
        let mut hidden: Vec<&Arc<str>> = self.hidden.iter().collect();
        let mut unseen: Vec<Arc<str>> = Vec::new();
        let mut sources = Vec::new();
        let about_presence =
            effective.classic.is_none() && effective.ruleset.is_none() && effective.forbidden_by.is_none();
        for rule in &self.rules {
            if about_presence {
                told = Some(Value::Bool(true));
                sources.push(rule.shown.clone());
                continue;
            }
            let says = if rule.classic {
                [effective.classic, None]
            } else {
                [effective.ruleset, effective.forbidden_by]
            };
            for id in says.into_iter().flatten() {
                match rule.readings.get(id) {
                    Some(Observation::Known(said)) => {
                        let forbids = Some(id) == effective.forbidden_by && !rule.classic;
                        if forbids && said != &Value::Bool(true) {
                            continue;
                        }
                        let said = match effective.combine {
                            _ if forbids => Value::Bool(false),
                            // Forges list in any order; what is put together must not depend on it.
                            Combine::Union => said.clone().into_set(),
                            _ => said.clone(),
                        };
                        let together = match &told {
                            None => said.clone(),
                            Some(before) => combine(effective.combine, before, &said),
                        };
                        // A list that adds nothing is no source of what there is.
                        let adds = told.as_ref() != Some(&together) && !together.is_empty();
                        if adds || (said == together && effective.combine != Combine::Union) {
                            sources.push(rule.shown.clone());
                        }
                        told = Some(together);
                    }
                    Some(
                        Observation::Absent | Observation::Unsupported { .. } | Observation::Bound { .. },
                    ) => {}
                    Some(Observation::Unknown { needs }) => unseen.push(Arc::clone(needs)),
                    None => unseen.push(format!("{} of {}", setting.name(), rule.shown).into()),
                }
            }
        }
        hidden.extend(&unseen);
        // What one rule settles, no other can unsettle.
        let settled = match effective.combine {
            Combine::Any => told == Some(Value::Bool(true)),
            Combine::All => told == Some(Value::Bool(false)),
            Combine::Most | Combine::Union => false,
        };
        let observation = match (told.or_else(|| effective.unprotected.clone()), hidden.first()) {
            (Some(value), Some(needs)) if !settled => Observation::Bound { value, needs: Arc::clone(needs) },
            (Some(value), _) => Observation::Known(value),
            (None, Some(needs)) => Observation::Unknown { needs: Arc::clone(needs) },
            (None, None) => Observation::Unsupported { why: "no rule protects the branch".into() },
        };
        Sourced { observation, sources }
    }
}

/// The two together; the first, where the second is of another type than such values have.
fn combine(how: Combine, have: &Value, said: &Value) -> Value {
    match (how, have, said) {
        (Combine::Most, Value::Int(a), Value::Int(b)) => Value::Int(*a.max(b)),
        (Combine::Any, Value::Bool(a), Value::Bool(b)) => Value::Bool(*a || *b),
        (Combine::All, Value::Bool(a), Value::Bool(b)) => Value::Bool(*a && *b),
        (Combine::Union, Value::List(a), Value::List(b)) => {
            Value::List(a.iter().chain(b).cloned().collect()).into_set()
        }
        _ => have.clone(),
    }
}
