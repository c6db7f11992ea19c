//! What reading is on every forge: which way each setting is read, the documents of single subjects,
//! and how answers become observations. What may not be found here: one forge's own interface.

mod collected;
mod complete;
mod documents;
mod observe;
mod own;
mod queried;
mod reply;
mod scope;
mod template;
mod way;

pub use collected::{Collected, Narrow};
pub(in crate::forge) use complete::{Objects, complete};
pub(in crate::forge) use documents::{Answers, Fetched, fetch};
pub(in crate::forge) use observe::{Beside, listed, observe, told_by_list};
pub(in crate::forge) use own::{Facts, Own, Shared};
pub(in crate::forge) use queried::{Answer, Refusal};
pub(in crate::forge) use reply::{Reply, next_page, words};
pub(in crate::forge) use scope::{GROUP, ORGANIZATION, PROJECT, REPOSITORY, ScopePlan, Without};
pub(in crate::forge) use way::{ItemWay, Way};
pub use way::{Lack, ServerAge, Version};
