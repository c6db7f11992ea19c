//! Licences by their SPDX name. GitLab writes the names small, and `other` for a text that it does not know.

use serde_json::Value as Json;

use crate::model::Value;

/// The names as SPDX spells them. Source: choosealicense.com, "Appendix".
const NAMES: [&str; 48] = [
    "0BSD",
    "AFL-3.0",
    "AGPL-3.0",
    "Apache-2.0",
    "Artistic-2.0",
    "BlueOak-1.0.0",
    "BSD-2-Clause",
    "BSD-2-Clause-Patent",
    "BSD-3-Clause",
    "BSD-3-Clause-Clear",
    "BSD-4-Clause",
    "BSL-1.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC0-1.0",
    "CECILL-2.1",
    "CERN-OHL-P-2.0",
    "CERN-OHL-S-2.0",
    "CERN-OHL-W-2.0",
    "ECL-2.0",
    "EPL-1.0",
    "EPL-2.0",
    "EUPL-1.1",
    "EUPL-1.2",
    "GFDL-1.3",
    "GPL-2.0",
    "GPL-3.0",
    "ISC",
    "LGPL-2.1",
    "LGPL-3.0",
    "LPPL-1.3c",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "MS-PL",
    "MS-RL",
    "MulanPSL-2.0",
    "NCSA",
    "ODbL-1.0",
    "OFL-1.1",
    "OSL-3.0",
    "PostgreSQL",
    "Unlicense",
    "UPL-1.0",
    "Vim",
    "WTFPL",
    "Zlib",
    "NOASSERTION",
];

/// From GitLab's name of a licence.
pub(super) fn read(json: &Json) -> Option<Value> {
    let key = json.as_str()?;
    if key == "other" {
        return Some(Value::text("NOASSERTION"));
    }
    NAMES.iter().find(|name| name.eq_ignore_ascii_case(key)).map(|name| Value::text(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_name_is_the_same_licence() {
        assert_eq!(read(&"apache-2.0".into()), Some(Value::text("Apache-2.0")));
        assert_eq!(read(&"other".into()), Some(Value::text("NOASSERTION")));
        assert_eq!(read(&"somebodys-own-1.0".into()), None);
        for name in NAMES {
            assert_eq!(read(&name.into()), Some(Value::text(name)));
        }
    }
}
