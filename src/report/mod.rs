//! Shows an outcome, one file per view. Nothing here decides anything.

mod cause;
mod coverage;
mod friction;
mod friction_json;
mod human;
mod journey;
mod json;
mod packs;
mod packs_json;
mod packs_page;
mod plan_diff;
mod plan_lifted;
mod plan_markdown;
mod plan_view;
mod safe_text;
mod settings_page;

pub use friction::{FrictionView, friction};
pub use friction_json::friction_json;
pub use human::{Style, human};
pub use journey::journey;
pub use json::json;
pub use packs::{advice, pack_detail, packs_list, snippet};
pub use packs_json::{advice_json, pack_json};
pub use packs_page::{pack_page, packs_page};
pub use plan_markdown::plan_markdown;
pub use plan_view::{Looked, looked, plan, plan_needs};
pub use safe_text::{safe, safe_json, wrapped};
pub use settings_page::{FORGES, places, settings_page};
