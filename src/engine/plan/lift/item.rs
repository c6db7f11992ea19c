//! A setting of an item above repositories, such as a bundle of security features, in place of one in each of those that it
//! holds for.

use std::collections::HashSet;

use super::setting::Lever;
use crate::catalog::{Catalog, ForgeKind};
use crate::model::{Collection, Observed, SubjectKind, Value};

/// The settings of items of an organization that would decide something for the repositories that the items hold for, and
/// do not yet. Where it is not known for sure whom an item holds for, it is none.
pub(super) fn levers_of_items<'c>(
    catalog: &'c Catalog,
    forge: ForgeKind,
    above: &Observed,
) -> Vec<Lever<'c>> {
    let mut levers = Vec::new();
    if above.subject.kind != SubjectKind::Organization {
        return levers;
    }
    for setting in catalog.settings() {
        let written = setting.on(forge).binding().is_some_and(|binding| binding.write.is_some());
        let Some(sharing) = setting.shares.as_ref().filter(|_| written) else { continue };
        let Some(Collection::Complete(items)) = above.kind(&setting.group) else { continue };
        for (item, readings) in items.iter().filter_map(|item| Some((item, item.readings.as_ref()?))) {
            let Some(reach) = sharing.reach(readings) else { continue };
            let among: HashSet<String> = reach.into_iter().map(str::to_lowercase).collect();
            let mut values: Vec<&Value> = Vec::new();
            for when in sharing.decides.iter().map(|decision| &decision.when) {
                if !values.contains(&when) {
                    values.push(when);
                }
            }
            levers.extend(values.into_iter().map(|when| Lever {
                setting,
                key: Some(item.key.as_str().into()),
                when: when.clone(),
                decisions: sharing.decides.iter().filter(|decision| decision.when == *when).collect(),
                among: Some(among.clone()),
            }));
        }
    }
    levers
}
