//! The world as the caller sees it, made once for each identity and state of the world.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError, RwLockReadGuard};

use crate::sim::world::{Credential, Identity, World};

pub enum Seen<'s> {
    Whole(RwLockReadGuard<'s, World>),
    Part(Arc<World>),
}

impl Deref for Seen<'_> {
    type Target = World;

    fn deref(&self) -> &World {
        match self {
            Self::Whole(world) => world,
            Self::Part(world) => world,
        }
    }
}

/// Views of a world that nobody changed since.
#[derive(Default)]
pub struct Views(Mutex<HashMap<String, Arc<World>>>);

impl Views {
    pub fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub fn of<'s>(&self, world: RwLockReadGuard<'s, World>, identity: Option<&Identity>) -> Seen<'s> {
        // An App's key is for what is said of the App, which its own endpoints alone tell.
        let Some(identity) = identity.filter(|identity| identity.credential != Credential::AppKey) else {
            return Seen::Whole(world);
        };
        let mut views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let view = views.entry(format!("{identity:?}")).or_insert_with(|| Arc::new(world.seen_by(identity)));
        Seen::Part(Arc::clone(view))
    }
}
