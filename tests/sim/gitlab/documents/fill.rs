//! Replacing the placeholders of the tables; what a test states is never touched.

use serde_json::{Map, Value, json};

use crate::sim::gitlab::site::Site;
use crate::sim::gitlab::world::{Holder, MOMENT, World};
use crate::sim::world::user_id;

pub struct Filling<'f> {
    pub world: &'f World,
    pub site: &'f Site,
    pub holder: &'f Holder,
}

impl Filling<'_> {
    /// A default of the holder's own document, or of a document beneath it.
    pub fn filled(&self, default: &Value) -> Value {
        self.value(default, None)
    }

    /// An item, completed by what the row says of all of them; `position` counts from zero.
    pub fn item(&self, item: &Value, template: Option<&Value>, position: usize) -> Value {
        let (Value::Object(stated), Some(Value::Object(template))) = (item, template) else {
            return item.clone();
        };
        let id =
            stated.get("id").cloned().unwrap_or_else(|| json!(self.holder.id * 1_000 + position as u64 + 1));
        let own = Own { id, stated };
        let mut whole: Map<String, Value> =
            template.iter().map(|(key, value)| (key.clone(), self.value(value, Some(&own)))).collect();
        whole.extend(stated.iter().map(|(key, value)| (key.clone(), value.clone())));
        Value::Object(whole)
    }

    fn value(&self, value: &Value, own: Option<&Own<'_>>) -> Value {
        match value {
            Value::String(text) if text.contains('{') => self.text(text, own),
            Value::Array(items) => items.iter().map(|item| self.value(item, own)).collect(),
            Value::Object(fields) => Value::Object(
                fields.iter().map(|(key, value)| (key.clone(), self.value(value, own))).collect(),
            ),
            value => value.clone(),
        }
    }

    fn text(&self, text: &str, own: Option<&Own<'_>>) -> Value {
        let parent = self.holder.parent().and_then(|path| self.world.groups.get(path));
        match text {
            "{id}" => return own.map_or_else(|| json!(self.holder.id), |own| own.id.clone()),
            "{holder_id}" => return json!(self.holder.id),
            "{user_id}" => return json!(user_id(&own.map(|own| own.word("username")).unwrap_or_default())),
            "{access_level_description}" => return json!(own.map_or("", |own| own.role())),
            "{parent_id}" => return json!(parent.map(|parent| parent.id)),
            "{namespace}" => return parent.map_or(Value::Null, |parent| self.namespace(parent)),
            _ => {}
        }
        let word = |key: &str| own.map(|own| own.word(key)).unwrap_or_default();
        let text = text
            .replace("{id}", &own.map_or_else(|| self.holder.id.to_string(), |own| own.id.to_string()))
            .replace("{username}", &word("username"))
            .replace("{web}", &self.site.web)
            .replace("{api}", &self.site.api)
            .replace("{host}", &self.site.host)
            .replace("{moment}", MOMENT)
            .replace("{tier}", self.world.tier.word())
            .replace("{version}", &self.world.version)
            .replace("{full_path}", &self.holder.path)
            .replace("{full_name}", &self.holder.path.replace('/', " / "))
            .replace("{path}", self.holder.name())
            .replace("{name}", self.holder.name());
        Value::String(text)
    }

    fn namespace(&self, group: &Holder) -> Value {
        json!({
            "id": group.id,
            "name": group.name(),
            "path": group.name(),
            "kind": "group",
            "full_path": group.path,
            "parent_id": group.parent().and_then(|path| self.world.groups.get(path)).map(|parent| parent.id),
            "avatar_url": null,
            "web_url": format!("{}/groups/{}", self.site.web, group.path),
        })
    }
}

struct Own<'o> {
    id: Value,
    stated: &'o Map<String, Value>,
}

impl Own<'_> {
    /// How GitLab words the access level, or whom the entry names.
    fn role(&self) -> &'static str {
        match self.stated.get("access_level").and_then(Value::as_u64) {
            Some(0) => "No one",
            Some(30) => "Developers + Maintainers",
            Some(60) => "Administrators",
            _ => "Maintainers",
        }
    }

    fn word(&self, key: &str) -> String {
        self.stated.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}
