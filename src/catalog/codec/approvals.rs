//! How many people must approve, from the approval rules that a change has to satisfy.
//!
//! One person may satisfy several rules, so that the largest of the numbers is how many people there
//! are at the least. Rules that only a scanner's report brings into force do not count.
//! Source: docs.gitlab.com, "Merge request approval rules".

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "approvals", read, absent: None, write: Value::to_json };

/// From `[{"type": "REGULAR", "approvals": 2}]`. A rule without a number leaves the whole unread.
fn read(json: &Json) -> Option<Value> {
    let mut most = 0;
    for rule in json.as_array()? {
        let number = rule.get("approvals")?.as_i64()?;
        if rule.get("type")?.as_str()? != "REPORT_APPROVER" {
            most = most.max(number);
        }
    }
    Some(Value::Int(most))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_largest_number_of_those_that_always_hold() {
        let rules = json!([{"type": "ANY_APPROVER", "approvals": 1}, {"type": "REGULAR", "approvals": 2},
            {"type": "REPORT_APPROVER", "approvals": 5}]);
        assert_eq!(read(&rules), Some(Value::Int(2)));
        assert_eq!(read(&json!([])), Some(Value::Int(0)));
    }

    #[test]
    fn a_rule_without_a_number_is_not_passed_over() {
        assert_eq!(read(&json!([{"type": "REGULAR"}])), None);
        assert_eq!(read(&json!([{"approvals": 1}])), None);
    }
}
