//! Writes what was observed as lines of a snapshot.

use std::io::{self, Write};

use serde_json::{Map, Value as Json};

use super::header::{Gap, Header};
use crate::catalog::Catalog;
use crate::model::{Collection, Observation, Observed, Readings};

/// Writes the line that says of which forge the next ones are.
///
/// # Errors
/// Those of the writer.
pub fn write_header(out: &mut impl Write, header: &Header) -> io::Result<()> {
    serde_json::to_writer(&mut *out, header)?;
    out.write_all(b"\n")
}

/// Writes the line that says what could not be read.
///
/// # Errors
/// Those of the writer.
pub fn write_gap(out: &mut impl Write, gap: &Gap) -> io::Result<()> {
    serde_json::to_writer(&mut *out, gap)?;
    out.write_all(b"\n")
}

/// Writes one subject as a line.
///
/// # Errors
/// Those of the writer.
pub fn write_subject(out: &mut impl Write, catalog: &Catalog, observed: &Observed) -> io::Result<()> {
    let mut marks = Marks::default();
    let mut line = Map::new();
    line.insert(observed.subject.kind.word().to_owned(), Json::from(&*observed.subject.name));
    line.insert("settings".to_owned(), settings(catalog, &observed.readings, "", &mut marks));
    let mut kinds = Map::new();
    for (name, collection) in &observed.kinds {
        match collection {
            Collection::Unknown { needs } => {
                drop(marks.unknown.insert(name.to_string(), Json::from(&**needs)))
            }
            Collection::Unsupported { why } => {
                drop(marks.unsupported.insert(name.to_string(), Json::from(&**why)))
            }
            Collection::Complete(items) | Collection::Asked(items) => {
                let mut all = Map::new();
                for item in items {
                    let prefix = format!("{name}[{}].", item.key);
                    let json = item
                        .readings
                        .as_ref()
                        .map_or(Json::Null, |r| settings(catalog, r, &prefix, &mut marks));
                    all.insert(item.key.clone(), json);
                }
                kinds.insert(name.to_string(), all.into());
            }
        }
    }
    for (name, part) in [("kinds", kinds), ("unknown", marks.unknown), ("unsupported", marks.unsupported)] {
        if !part.is_empty() {
            line.insert(name.to_owned(), part.into());
        }
    }
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}

/// Reasons, by the place that they are about.
#[derive(Default)]
struct Marks {
    unknown: Map<String, Json>,
    unsupported: Map<String, Json>,
}

fn settings(catalog: &Catalog, readings: &Readings, prefix: &str, marks: &mut Marks) -> Json {
    let mut settings = Map::new();
    for (id, observation) in readings.iter() {
        let name = catalog.get(id).name();
        match observation {
            Observation::Known(value) => drop(settings.insert(name.to_owned(), value.to_json())),
            Observation::Absent => drop(settings.insert(name.to_owned(), Json::Null)),
            Observation::Unknown { needs } | Observation::Bound { needs, .. } => {
                marks.unknown.insert(format!("{prefix}{name}"), Json::from(&**needs));
            }
            Observation::Unsupported { why } => {
                marks.unsupported.insert(format!("{prefix}{name}"), Json::from(&**why));
            }
        }
    }
    settings.into()
}
