//! Packs, and advice on them, for machines.

use serde_json::{Value as Json, json};

use super::packs::{Counts, has, snippet};
use super::settings_page::FORGES;
use crate::catalog::Catalog;
use crate::model::{Advice, Ask, Constraint, Pack, Served, Side};

/// A pack, control by control.
pub fn pack_json(pack: &Pack, catalog: &Catalog) -> Json {
    let counts = Counts::of(pack, catalog);
    json!({
        "name": pack.name,
        "purpose": pack.purpose,
        "counts": {
            "controls": counts.controls,
            "github": counts.github,
            "gitlab": counts.gitlab,
            "by_hand": counts.by_hand,
        },
        "profiles": pack.profiles,
        "controls": pack.controls.iter().map(|s| control(s, catalog)).collect::<Vec<_>>(),
        "other_lines": pack.plain.iter().map(|ask| asked(ask, catalog)).collect::<Vec<_>>(),
    })
}

fn control(served: &Served, catalog: &Catalog) -> Json {
    let control = &served.control;
    let forges = FORGES.iter().filter(|(_, forge)| has(served, catalog, *forge));
    json!({
        "id": control.name,
        "title": control.title,
        "severity": served.severity.word(),
        "lenses": served.lenses.iter().map(|l| l.word()).collect::<Vec<_>>(),
        "why": control.why,
        "remedy": control.remedy,
        "pattern": control.pattern.as_ref().map(|p| json!({"name": p.name, "link": p.link})),
        "forges": forges.map(|(name, _)| name.to_lowercase()).collect::<Vec<_>>(),
        "by_hand": control.check.as_ref().map(|check| json!({"check": check, "forge": control.forge})),
        "asks": served.asks.iter().map(|ask| asked(ask, catalog)).collect::<Vec<_>>(),
    })
}

fn asked(ask: &Ask, catalog: &Catalog) -> Json {
    json!({
        "layer": ask.layer.to_string(),
        "of": ask.of.word(),
        "setting": catalog.get(ask.setting).key,
        "key": ask.key,
        "constraint": ask.constraint.as_ref().map(Constraint::to_json),
        "stage": ask.stage.word(),
    })
}

/// Which packs to extend, and what then has to be decided.
pub fn advice_json(advice: &Advice, catalog: &Catalog) -> Json {
    let reasons = |packs: &[(&'static str, String)]| {
        packs.iter().map(|(name, why)| json!({"pack": name, "why": why})).collect::<Vec<_>>()
    };
    let side = |side: &Side| {
        json!({
            "pack": side.pack,
            "layer": side.layer.to_string(),
            "constraint": side.constraint.to_json(),
            "control": side.control,
            "why": side.why,
        })
    };
    let decisions = advice.decisions.iter().map(|d| {
        json!({
            "setting": catalog.get(d.setting).key,
            "key": d.key,
            "sides": d.sides.iter().map(side).collect::<Vec<_>>(),
            "answered": d.answered.and_then(|i| d.sides.get(i)).map(|s| s.pack),
        })
    });
    json!({
        "extend": reasons(&advice.picks),
        "leave": reasons(&advice.others),
        "decisions": decisions.collect::<Vec<_>>(),
        "notes": advice.notes,
        "policy": snippet(advice, catalog),
    })
}
