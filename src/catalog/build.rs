//! From the wire format of a row to a [`Setting`] or [`Kind`], with every mistake named.

use crate::model::{Lens, Risk, SettingId, Severity, Stage, SubjectKind, Value};

use super::codec::codec;
use super::document::{Document, bare};
use super::kind::{Kind, KindBinding};
use super::load::{Catalog, CatalogError};
use super::path::Path;
use super::row::{BindingRow, Defaults, DocumentRow, EffectiveRow, KindBindingRow, KindRow, SettingRow};
use super::setting::{Binding, Combine, Effective, Endpoint, Setting, Support, Type};

/// What an identity needs where no row says it.
const UNTOLD: &str = "a right to read it";

/// What is wrong with one part of a row.
type Part<T> = Result<T, String>;

/// Texts that paths name with `@`.
pub(super) type Shapes = [(String, String)];

/// What a row is read with: the defaults of its file, and what is told once for many rows.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub defaults: &'a Defaults,
    pub shapes: &'a Shapes,
    pub documents: &'a [Document],
}

/// Builds the setting of a row, all but what it derives from other rows.
pub(super) fn setting(
    row: SettingRow,
    id: SettingId,
    around: Around<'_>,
    users_own: bool,
) -> Result<Setting, CatalogError> {
    let key = row.key.clone();
    parts(row, id, around, users_own).map_err(|what| CatalogError { key, what })
}

fn parts(row: SettingRow, id: SettingId, around: Around<'_>, users_own: bool) -> Part<Setting> {
    let defaults = around.defaults;
    let spelled = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c);
    let group = row.key.split_once('.').map(|(group, _)| group).filter(|_| row.key.chars().all(spelled));
    let group = group.ok_or("a key is a scope or kind, a dot, and a name in lower case")?.into();
    let lenses = row.lenses.or_else(|| defaults.lenses.clone()).ok_or("`lenses` is not given")?;
    if row.doc.trim().is_empty() {
        return Err("`doc` says nothing".into());
    }
    Ok(Setting {
        id,
        group,
        doc: row.doc,
        ty: word("type", Some(&row.ty), None, Type::from_word)?,
        values: row.values,
        severity: word("severity", row.severity.as_ref(), defaults.severity.as_ref(), Severity::from_word)?,
        lenses: lenses
            .iter()
            .map(|l| Lens::from_word(l).ok_or(format!("`{l}` is no lens")))
            .collect::<Part<_>>()?,
        stage: word("stage", row.stage.as_ref(), defaults.stage.as_ref(), Stage::from_word)?,
        risk: word("risk", row.risk.as_ref(), defaults.risk.as_ref(), Risk::from_word)?,
        github: support(row.github, defaults.github.as_ref(), around)?,
        gitlab: support(row.gitlab, defaults.gitlab.as_ref(), around)?,
        effective: None,
        decides: Vec::new(),
        shares: None,
        presence: false,
        users_own,
        key: row.key.into(),
    })
}

/// The setting of a kind that says no more than that there is such an item.
pub(super) fn presence(kind: &Kind, id: SettingId, defaults: &Defaults, namesakes: &[Kind]) -> Part<Setting> {
    let row = SettingRow {
        key: format!("{}.present", kind.name),
        doc: format!("Whether there is such an item. {}", kind.doc),
        ty: Type::Boolean.word().to_owned(),
        values: Vec::new(),
        severity: defaults.severity.clone().or_else(|| Some(Severity::Medium.word().to_owned())),
        lenses: defaults.lenses.clone().or_else(|| Some(vec![Lens::Security.word().to_owned()])),
        stage: defaults.stage.clone().or_else(|| Some(Stage::Trust.word().to_owned())),
        risk: defaults.risk.clone().or_else(|| Some(Risk::Access.word().to_owned())),
        github: None,
        gitlab: None,
        effective: None,
        decides: Vec::new(),
        shares: None,
    };
    let none = Defaults::default();
    let around = Around { defaults: &none, shapes: &[], documents: &[] };
    let on = |of: fn(&Kind) -> Option<&KindBinding>, defaults: Option<&BindingRow>| {
        let bound = namesakes.iter().filter(|k| k.name == kind.name).find_map(of);
        let row = bound.map(|bound| {
            let told = Some(bound.permission.to_string()).filter(|told| told != UNTOLD);
            BindingRow { permission: told, ..BindingRow::default() }.filled(defaults)
        });
        support(row, None, around)
    };
    let github = on(|k| k.github.as_ref(), defaults.github.as_ref())?;
    let gitlab = on(|k| k.gitlab.as_ref(), defaults.gitlab.as_ref())?;
    Ok(Setting { presence: true, github, gitlab, ..parts(row, id, around, false)? })
}

fn word<T>(
    what: &str,
    given: Option<&String>,
    default: Option<&String>,
    from: fn(&str) -> Option<T>,
) -> Part<T> {
    let word = given.or(default).ok_or_else(|| format!("`{what}` is not given"))?;
    from(word).ok_or_else(|| format!("`{word}` is no {what}"))
}

fn path(text: &str, shapes: &Shapes) -> Part<Path> {
    let mut expanded = text.to_owned();
    for (name, shape) in shapes {
        expanded = expanded.replace(name.as_str(), shape);
    }
    Path::parse(&expanded).map_err(|e| e.to_string())
}

/// `METHOD /path :: pointer`, where a pointer into a list begins with `[]`.
pub(super) fn endpoint(text: &str, shapes: &Shapes) -> Part<Endpoint> {
    let (request, field) = text.split_once("::").map_or((text, ""), |(r, f)| (r, f.trim()));
    let (method, template) =
        request.trim().split_once(' ').ok_or_else(|| format!("`{text}` is not `METHOD /path :: field`"))?;
    let (each, pointer) = match field.strip_prefix("[]") {
        Some(rest) => (true, rest.trim_start_matches('.')),
        None => (false, field),
    };
    let pointer = if pointer.is_empty() { None } else { Some(path(pointer, shapes)?) };
    Ok(Endpoint {
        method: method.to_owned(),
        path: template.trim().to_owned(),
        each,
        pointer,
        field: field.to_owned(),
    })
}

fn support(row: Option<BindingRow>, defaults: Option<&BindingRow>, around: Around<'_>) -> Part<Support> {
    let Some(mut row) = row else { return Ok(Support::Untold) };
    if let Some(why) = row.unsupported {
        return Ok(Support::Lacking(why.into()));
    }
    let shapes = around.shapes;
    let at = |text: Option<String>| text.map(|t| endpoint(&t, shapes)).transpose();
    let rest = at(row.rest.take())?;
    // A row that is read from nowhere else needs what its document needs.
    if let Some(rest) = rest.as_ref().filter(|_| row.graphql.is_none() && row.list.is_none())
        && let Some(document) = around.documents.iter().find(|d| d.path == bare(&rest.path))
    {
        let told = |text: &Option<std::sync::Arc<str>>| text.as_ref().map(ToString::to_string);
        row.permission = row.permission.or_else(|| told(&document.permission));
        row.tier = row.tier.or_else(|| told(&document.tier));
        row.since = row.since.or_else(|| told(&document.since));
    }
    let row = row.filled(defaults);
    let named = |name: &String| codec(name).ok_or_else(|| format!("there is no codec `{name}`"));
    let read = row.permission.clone().unwrap_or_else(|| UNTOLD.to_owned());
    Ok(Support::Bound(Box::new(Binding {
        graphql: row.graphql.map(|t| path(&t, shapes)).transpose()?,
        rest,
        list: at(row.list)?,
        via: row.via.map(Into::into),
        write: at(row.write)?,
        create: row.create,
        number: row.number,
        codec: row.codec.as_ref().map(named).transpose()?,
        absent_is_unknown: row.absent_is_unknown,
        believed_for: row.believed_for.map(|t| path(&t, shapes)).transpose()?,
        left_out_is_absent: row.left_out_is_absent,
        write_permission: row.write_permission.unwrap_or_else(|| read.clone()).into(),
        permission: read.into(),
        tier: row.tier.map(Into::into),
        since: row.since.map(Into::into),
        unwritable: row.unwritable.map(Into::into),
    })))
}

/// Links a derived setting to the rule settings that it is put together from.
pub(super) fn effective(row: &EffectiveRow, catalog: &Catalog) -> Part<Effective> {
    let link = |name: &Option<String>| match name {
        None => Ok(None),
        Some(name) => catalog.id(name).map(Some).ok_or_else(|| format!("there is no row `{name}`")),
    };
    let combine = match row.combine.as_str() {
        "most" => Combine::Most,
        "any" => Combine::Any,
        "all" => Combine::All,
        "union" => Combine::Union,
        other => return Err(format!("`{other}` is no way to combine")),
    };
    let value = |toml: &toml::Value| {
        let json = serde_json::to_value(toml).map_err(|e| e.to_string())?;
        Value::from_json(&json).ok_or_else(|| "`unprotected` is not a value".to_owned())
    };
    Ok(Effective {
        combine,
        unprotected: row.unprotected.as_ref().map(value).transpose()?,
        classic: link(&row.classic)?,
        ruleset: link(&row.ruleset)?,
        forbidden_by: link(&row.forbidden_by)?,
    })
}

/// Builds the document of a row.
pub(super) fn document(row: DocumentRow) -> Result<Document, CatalogError> {
    let bad = |what: &str| Err(CatalogError { key: row.path.clone(), what: what.to_owned() });
    if !row.path.starts_with('/') || row.path.contains([' ', '?']) {
        return bad("`path` is a path template such as `/repos/{owner}/{repo}/pages`");
    }
    let absent = |word: &Option<String>| match word.as_deref() {
        None => Some(false),
        Some("absent") => Some(true),
        Some(_) => None,
    };
    let (Some(absent_when_not_found), Some(absent_when_no_content)) =
        (absent(&row.not_found), absent(&row.no_content))
    else {
        return bad("`not_found` and `no_content` are `absent`, or are not given");
    };
    if row.only.iter().any(|v| !["public", "private", "internal"].contains(&v.as_str())) {
        return bad("`only` names visibilities: `public`, `private`, `internal`");
    }
    Ok(Document {
        path: row.path,
        permission: row.permission.map(Into::into),
        absent_when_not_found,
        absent_when_no_content,
        conflict: row.conflict.map(Into::into),
        only: row.only,
        replaced_whole: row.replaced_whole,
        only_where: row.only_where.map(Into::into),
        tier: row.tier.map(Into::into),
        since: row.since.map(Into::into),
    })
}

/// Builds the kind of a row.
pub(super) fn kind(row: KindRow, shapes: &Shapes) -> Result<Kind, CatalogError> {
    let name = row.name.clone();
    let build = || -> Part<Kind> {
        Ok(Kind {
            of: SubjectKind::from_word(&row.of).ok_or_else(|| format!("`{}` is no scope", row.of))?,
            github: row.github.map(|b| kind_binding(b, shapes)).transpose()?,
            gitlab: row.gitlab.map(|b| kind_binding(b, shapes)).transpose()?,
            name: row.name.into(),
            doc: row.doc,
            key: row.key,
            derived: row.derived.map(Into::into),
        })
    };
    build().map_err(|what| CatalogError { key: name, what })
}

fn kind_binding(row: KindBindingRow, shapes: &Shapes) -> Part<KindBinding> {
    let at = |text: Option<String>| text.map(|t| endpoint(&t, shapes)).transpose();
    let plain = |field: &String| !field.contains(['{', '[', '<', '(']);
    Ok(KindBinding {
        named: row.named.or_else(|| row.identity.clone().filter(plain)),
        also: serde_json::from_value(serde_json::to_value(&row.also).map_err(|e| e.to_string())?)
            .map_err(|e| e.to_string())?,
        required: row.required,
        unmade: row.unmade.map(Into::into),
        patterns: row.patterns,
        from_above: row.from_above,
        stop: at(row.stop)?,
        value: row.value,
        sealed: at(row.sealed)?,
        graphql: row.graphql.map(|t| path(&t, shapes)).transpose()?,
        identity: row.identity.map(|t| path(&t, shapes)).transpose()?,
        graphql_identity: row.graphql_identity.map(|t| path(&t, shapes)).transpose()?,
        complete_for: row.complete_for.map(|t| path(&t, shapes)).transpose()?,
        any_case: row.any_case,
        list: at(row.list)?,
        one: at(row.one)?,
        create: at(row.create)?,
        update: at(row.update)?,
        delete: at(row.delete)?,
        permission: row.permission.unwrap_or_else(|| UNTOLD.to_owned()).into(),
    })
}
