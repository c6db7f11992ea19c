//! The catalogue: every setting of both forges as a row of data, with its documentation inside.
//!
//! What may be found here: the rows and how they are loaded, the path language that reads them,
//! and the codecs for what a path alone cannot read. What may not: anything that talks to a forge,
//! or that knows a particular setting by name.

mod alternatives;
mod answer;
mod build;
mod codec;
mod complexity;
mod compose;
mod decision;
mod decode;
mod demand;
mod document;
mod kind;
mod load;
mod look_up;
mod path;
mod path_parser;
mod path_text;
mod permission;
mod row;
mod segment;
mod setting;
mod sharing;
mod suggest;

pub use alternatives::alternatives;
pub use answer::{Dialect, Found, mark_refused, read, read_items};
pub use codec::{CODECS, Codec, without_credentials};
pub use compose::{Clash, Cost, Selection};
pub use decision::{Decision, DecisionRow, Then};
pub use demand::{Demand, KindDemand};
pub use document::{Document, bare};
pub use kind::{Kind, KindBinding};
pub use load::{Catalog, CatalogError};
pub use path::{Hop, Many, Path, PathError};
pub use permission::{FineGrained, Level, Permission};
pub use row::{BindingRow, EffectiveRow, SettingRow};
pub use segment::segment;
pub use setting::{Binding, Combine, Effective, Endpoint, ForgeKind, Setting, Support, Type};
pub use sharing::{Sharing, SharingRow};
pub use suggest::nearest;
