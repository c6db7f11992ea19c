//! Completing what is stated by what the table says, with placeholders replaced.

use serde_json::{Map, Value};

use super::owner::Owner;
use super::row::{Also, Inside};
use crate::sim::rest::{Site, body};
use crate::sim::world::{MOMENT, Role};

/// Where a document stands.
pub struct Place<'a> {
    pub owner: Owner<'a>,
    pub site: &'a Site,
    /// The document's own address.
    pub url: String,
}

impl Place<'_> {
    /// The default, completed by what is stated.
    pub fn complete(&self, default: Option<&Value>, stated: Option<&Value>, also: &[Also]) -> Value {
        let mut whole = default.cloned().unwrap_or(Value::Null);
        match (&mut whole, stated) {
            (Value::Object(whole), Some(Value::Object(stated))) => {
                whole.extend(stated.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            (_, Some(stated)) => whole = stated.clone(),
            (_, None) => {}
        }
        for also in also {
            let counts = whole[&also.key] == also.is.as_str();
            if let (true, Some(whole), Some(Value::Object(add))) = (counts, whole.as_object_mut(), &also.add)
            {
                for (key, value) in add {
                    whole.entry(key.clone()).or_insert_with(|| value.clone());
                }
            }
        }
        let own = whole.as_object().cloned().unwrap_or_default();
        self.replace(&mut whole, &own);
        whole
    }

    fn replace(&self, value: &mut Value, own: &Map<String, Value>) {
        match value {
            Value::String(text) if text.contains('{') => *text = self.text(text, own),
            Value::Array(items) => items.iter_mut().for_each(|item| {
                let own = item.as_object().cloned().unwrap_or_default();
                self.replace(item, &own);
            }),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.replace(field, own)),
            _ => {}
        }
    }

    fn text(&self, text: &str, own: &Map<String, Value>) -> String {
        let organization = self.owner.organization().map_or("", |organization| organization.login.as_str());
        let repository = self.owner.repository().map_or("", |repository| repository.name.as_str());
        let word = |key: &str| match own.get(key) {
            Some(Value::String(word)) => word.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        };
        text.replace("{self}", &self.url)
            .replace("{api}", &self.site.api)
            .replace("{web}", &self.site.web)
            .replace("{moment}", MOMENT)
            .replace("{login}", organization)
            .replace("{repository}", repository)
            .replace("{id}", &word("id"))
            .replace("{name}", &word("name"))
    }

    /// Puts whole objects where names stand.
    pub fn expand(&self, item: &mut Value, inside: &[Inside]) {
        for Inside { key, of, default } in inside {
            let Some(fields) = item.as_object_mut() else { return };
            let name = match fields.get(key) {
                Some(Value::String(name)) => name.clone(),
                Some(_) => continue,
                None => match default {
                    Some(name) => self.text(name, &Map::new()),
                    None => self.owner.organization().map_or_else(String::new, |own| own.login.clone()),
                },
            };
            let named = self.named(of, &name);
            fields.insert(key.clone(), named);
        }
    }

    /// The object that a name stands for; null where there is none of that name.
    pub fn named(&self, of: &str, name: &str) -> Value {
        let Some(organization) = self.owner.organization() else { return Value::Null };
        match of {
            "user" => self.site.user(name),
            "organization" => self.site.owner(organization),
            "repository" => organization
                .repository(name)
                .map_or(Value::Null, |found| body::related(self.site, organization, found)),
            "repository_simple" => organization
                .repository(name)
                .map_or(Value::Null, |found| body::simple(self.site, organization, found)),
            "team" | "team_simple" => organization.teams.get(name).map_or(Value::Null, |team| {
                let mut told = body::team(self.site, organization, team, Some(Role::Pull));
                if let Some(told) = told.as_object_mut().filter(|_| of == "team_simple") {
                    told.shift_remove("parent");
                    told.shift_remove("permissions");
                }
                told
            }),
            _ => Value::Null,
        }
    }
}
