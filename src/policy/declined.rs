//! Reads `[[declined]]`: what is not to be set above repositories, who decided so, and why.

use std::ops::Range;

use super::layers::Layers;
use super::node::{Node, Table};
use crate::model::Declined;

const KEYS: [&str; 4] = ["organization", "settings", "owner", "reason"];

impl Layers<'_, '_> {
    /// Reads what was declined.
    pub(super) fn declined(&mut self, node: &Node) {
        for (table, span) in self.reader.tables("declined", node) {
            self.one_declined(table, &span);
        }
    }

    fn one_declined(&mut self, table: &Table, span: &Range<usize>) {
        let before = self.reader.problems.len();
        self.reader.only(table, "[[declined]]", &KEYS);
        let about = ("declined", "organization", "\"forge:organization\"");
        let organization = self.addresses(about, table, span);
        let owner = self.reader.required(table, "declined", "owner", "\"…\": who decided it", span);
        let reason = self.reader.required(table, "declined", "reason", "\"…\": why each keeps its own", span);
        let settings = self.settings_of("declined", table, span);
        if self.reader.problems.len() > before {
            return;
        }
        if let (Some(organization), Some(owner), Some(reason)) = (organization, owner, reason) {
            let origin = self.reader.source.origin(span);
            self.policy.declined.push(Declined { organization, settings, owner, reason, origin });
        }
    }
}
