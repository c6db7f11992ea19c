//! Keys that name alternatives: `{.github/,docs/,}CODEOWNERS`.

/// Every key that the braces stand for, in their order; the key itself where there are none.
pub fn alternatives(key: &str) -> Vec<String> {
    let (Some(open), Some(close)) = (key.find('{'), key.find('}')) else { return vec![key.to_owned()] };
    if close < open {
        return vec![key.to_owned()];
    }
    let (before, after) = (&key[..open], &key[close + 1..]);
    let each = key[open + 1..close].split(',');
    each.flat_map(|choice| alternatives(&format!("{before}{}{after}", choice.trim()))).collect()
}

#[cfg(test)]
mod tests {
    use super::alternatives;

    #[test]
    fn braces_are_every_choice_in_order() {
        assert_eq!(alternatives("{.github/,}CODEOWNERS"), [".github/CODEOWNERS", "CODEOWNERS"]);
        assert_eq!(alternatives("{a,b}.{c,d}"), ["a.c", "a.d", "b.c", "b.d"]);
        assert_eq!(alternatives("README.md"), ["README.md"]);
    }
}
