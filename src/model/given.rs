//! The names of variables by which the environment gives values that no plan holds, such as those of secrets.

/// What the name of every such variable begins with: no other variable is ever sent to a forge.
pub const GIVEN: &str = "ISPO_SCM_VALUE_";

/// The variables that may give the value of an item of a subject: the one for this subject alone, which goes
/// first, and the one for all items that are called so.
///
/// Letters are upper case, and other characters than letters and digits are `_`: of `npm-token` in
/// `acme/widgets` they are `ISPO_SCM_VALUE_ACME__WIDGETS__NPM_TOKEN` and `ISPO_SCM_VALUE_NPM_TOKEN`.
pub fn given_names(subject: &str, key: &str) -> [String; 2] {
    let plain = |text: &str| -> String {
        let spelled = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        text.chars().map(spelled).collect()
    };
    let parts: Vec<String> = subject.split('/').chain([key]).map(plain).collect();
    [format!("{GIVEN}{}", parts.join("__")), format!("{GIVEN}{}", plain(key))]
}
