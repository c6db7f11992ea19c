//! What reading is on every forge: which way each setting is read, the documents of single subjects,
//! and how answers become observations. What may not be found here: one forge's own interface.

mod collected;
mod documents;
mod observe;
mod own;
mod reply;
mod scope;
mod template;
mod way;

pub use collected::{Collected, Narrow};
pub(in crate::forge) use documents::{Answers, Fetched, fetch};
pub(in crate::forge) use observe::{Beside, listed, observe};
pub(in crate::forge) use own::{Own, Shared};
pub(in crate::forge) use reply::{Reply, next_page, words};
pub(in crate::forge) use scope::{ORGANIZATION, REPOSITORY, ScopePlan, Without};
pub(in crate::forge) use way::Way;
pub use way::{Lack, ServerAge, Version};
