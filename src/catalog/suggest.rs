//! "Did you mean": the known word nearest to an unknown one.

/// The nearest of the known words, if any is near enough to be what was meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // No known word is so long, and the time it takes grows with the square of the length.
    if word.len() > 200 {
        return None;
    }
    known
        .into_iter()
        .map(|k| (strsim::jaro_winkler(word, k), k))
        .filter(|(score, _)| *score > 0.84)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_its_word_and_nonsense_finds_none() {
        let known = ["delete_branch_on_merge", "description", "topics"];
        assert_eq!(nearest("delete_branch_on_merg", known), Some("delete_branch_on_merge"));
        assert_eq!(nearest("colour", known), None);
    }
}
