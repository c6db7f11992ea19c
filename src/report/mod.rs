//! Shows an outcome, one file per view. Nothing here decides anything.

mod cause;
mod coverage;
mod human;
mod json;
mod plan_view;
mod safe_text;
mod settings_page;

pub use human::{Style, human};
pub use json::json;
pub use plan_view::plan;
pub use safe_text::{safe, wrapped};
pub use settings_page::{FORGES, places, settings_page};
