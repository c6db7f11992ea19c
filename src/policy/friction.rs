//! Reads `[friction]`: the policy's own weights.

use indexmap::IndexMap;

use super::layers::Layers;
use super::node::{Item, Node};
use crate::catalog::nearest;
use crate::model::{Rung, Severity, Stage, WeightsFile};

impl Layers<'_, '_> {
    /// Weights of a later file win, number by number.
    pub(super) fn friction(&mut self, node: &Node) {
        let Some(table) = self.reader.table("friction", node) else { return };
        self.reader.only(table, "[friction]", &["stage", "severity", "rung"]);
        let mut read = WeightsFile::default();
        for (key, node) in &table.entries {
            let (known, most, onto): (Vec<&str>, f64, _) = match key.name.as_str() {
                "stage" => (Stage::ALL.iter().map(|s| s.word()).collect(), f64::MAX, &mut read.stage),
                "severity" => {
                    (Severity::ALL.iter().map(|s| s.word()).collect(), f64::MAX, &mut read.severity)
                }
                "rung" => (Rung::ALL.iter().map(|r| r.word()).collect(), 1.0, &mut read.rung),
                _ => continue,
            };
            self.weights(&key.name, node, &known, most, onto);
        }
        let own = &mut self.policy.weights;
        own.stage.extend(read.stage);
        own.severity.extend(read.severity);
        own.rung.extend(read.rung);
    }

    fn weights(
        &mut self,
        what: &str,
        node: &Node,
        known: &[&str],
        most: f64,
        onto: &mut IndexMap<String, f64>,
    ) {
        let Some(table) = self.reader.table(what, node) else { return };
        for (key, node) in &table.entries {
            if !known.contains(&key.name.as_str()) {
                let message = format!("there is no {what} `{}`", key.name);
                let help = match nearest(&key.name, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {}", known.join(", ")),
                };
                self.reader.wrong("policy::unknown_name", message, &key.span, "not known", &help);
                continue;
            }
            let number = match node.item {
                // A weight beyond what a fraction holds is out of every range.
                #[allow(clippy::cast_precision_loss, reason = "weights are small")]
                Item::Int(n) => n as f64,
                Item::Fraction(n) => n,
                _ => {
                    let help = "write a number, such as 2.5";
                    self.reader.mistyped_for(&key.name, node, "a number", help);
                    continue;
                }
            };
            if (0.0..=most).contains(&number) {
                onto.insert(key.name.clone(), number);
            } else {
                let message = format!("a weight of {number} makes no sense for {what} `{}`", key.name);
                let help =
                    if most > 1.0 { "write a number of 0 or more" } else { "write a number from 0 to 1" };
                self.reader.wrong("policy::value", message, &node.span, "out of range", help);
            }
        }
    }
}
