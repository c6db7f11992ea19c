//! Which licence a file holds, told by its words: its SPDX identifier, or `NOASSERTION` where it is none
//! of those that are known here.
//!
//! Source: spdx.org/licenses, the titles and opening words of each.

use serde_json::Value as Json;

use super::{Codec, spdx};
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "license_text", read, absent: None, write: Value::to_json };

/// What stands at the head of a text; of several that fit, the first.
const TITLES: [(&[&str], &str); 14] = [
    (&["gnu affero general public license", "version 3"], "AGPL-3.0"),
    (&["gnu lesser general public license", "version 3"], "LGPL-3.0"),
    (&["gnu lesser general public license", "version 2.1"], "LGPL-2.1"),
    (&["gnu general public license", "version 3"], "GPL-3.0"),
    (&["gnu general public license", "version 2"], "GPL-2.0"),
    (&["apache license", "version 2.0"], "Apache-2.0"),
    (&["mozilla public license", "2.0"], "MPL-2.0"),
    (&["eclipse public license", "2.0"], "EPL-2.0"),
    (&["european union public licence", "1.2"], "EUPL-1.2"),
    (&["boost software license", "1.0"], "BSL-1.0"),
    (&["cc0 1.0"], "CC0-1.0"),
    (&["free and unencumbered software released into the public domain"], "Unlicense"),
    (&["mit license"], "MIT"),
    (&["isc license"], "ISC"),
];

/// What a licence without a title says somewhere.
const WORDS: [(&[&str], &str); 4] = [
    (&["permission is hereby granted, free of charge"], "MIT"),
    (&["redistribution and use in source and binary forms", "neither the name"], "BSD-3-Clause"),
    (&["redistribution and use in source and binary forms"], "BSD-2-Clause"),
    (&["permission to use, copy, modify, and/or distribute this software"], "ISC"),
];

/// So many characters are the head.
const HEAD: usize = 400;

/// From `[{"path": "LICENSE", "text": …}]`: the first that is known; or from the name that the forge
/// itself gives it. A text that is withheld leaves the whole unread.
fn read(json: &Json) -> Option<Value> {
    if json.is_string() {
        return spdx::read(json);
    }
    let texts: Option<Vec<&str>> = json.as_array()?.iter().map(|file| file.get("text")?.as_str()).collect();
    let known = texts?.into_iter().find_map(identifier);
    Some(Value::text(known.unwrap_or("NOASSERTION")))
}

fn identifier(text: &str) -> Option<&'static str> {
    let words = text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
    let head: String = words.chars().take(HEAD).collect();
    let all = |parts: &[&str], text: &str| parts.iter().all(|part| text.contains(part));
    let titled = TITLES.iter().find(|(parts, _)| all(parts, &head));
    titled.or_else(|| WORDS.iter().find(|(parts, _)| all(parts, &words))).map(|(_, id)| *id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(text: &str) -> Option<Value> {
        read(&json!([{"path": "LICENSE", "text": text}]))
    }

    #[test]
    fn licences_are_known_by_their_head() {
        let gpl = "GNU GENERAL PUBLIC LICENSE\n  Version 3, 29 June 2007\n";
        assert_eq!(of(gpl), Some(Value::text("GPL-3.0")));
        let long = format!("{gpl}{}use the GNU Lesser General Public License instead", " word".repeat(200));
        assert_eq!(of(&long), Some(Value::text("GPL-3.0")), "what is said at its end is about another");
        assert_eq!(of("Apache License, Version 2.0"), Some(Value::text("Apache-2.0")));
        let mit = "Copyright (c) 2026 acme\n\nPermission is hereby granted, free\nof charge, to any person";
        assert_eq!(of(mit), Some(Value::text("MIT")));
    }

    #[test]
    fn what_is_not_known_is_said_to_be_a_licence_all_the_same() {
        assert_eq!(of("All rights reserved. For acme only."), Some(Value::text("NOASSERTION")));
        assert_eq!(read(&json!([{"path": "LICENSE"}])), None);
    }
}
