//! The pattern language of branch protection and rulesets: fnmatch with path names, as GitHub
//! documents it. Written apart from the product's own matcher, so that one cannot hide the other's
//! mistakes.

/// `*` and `?` stop at `/`; `**/` spans directories (a final `**` is just `*`, as in Ruby); `[a-z]` and `[!a-z]` are sets; `\` escapes.
pub fn fnmatch(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    matches(&pattern, &text)
}

fn matches(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', '*', '/', rest @ ..] => {
            matches(rest, text) || (0..text.len()).any(|at| text[at] == '/' && matches(rest, &text[at + 1..]))
        }
        ['*', rest @ ..] => {
            let reach = text.iter().position(|&letter| letter == '/').unwrap_or(text.len());
            (0..=reach).any(|at| matches(rest, &text[at..]))
        }
        ['?', rest @ ..] => text.first().is_some_and(|&letter| letter != '/') && matches(rest, &text[1..]),
        ['[', rest @ ..] => match set(rest) {
            Some((set, rest)) => {
                text.first().is_some_and(|&letter| set.holds(letter)) && matches(rest, &text[1..])
            }
            None => text.first() == Some(&'[') && matches(rest, &text[1..]),
        },
        ['\\', letter, rest @ ..] | [letter, rest @ ..] => {
            text.first() == Some(letter) && matches(rest, &text[1..])
        }
    }
}

struct Set<'p> {
    negated: bool,
    members: &'p [char],
}

impl Set<'_> {
    fn holds(&self, letter: char) -> bool {
        if letter == '/' {
            return false;
        }
        let mut members = self.members;
        let mut found = false;
        while let Some((&first, rest)) = members.split_first() {
            if let ['-', last, rest @ ..] = rest {
                found |= (first..=*last).contains(&letter);
                members = rest;
            } else {
                found |= first == letter;
                members = rest;
            }
        }
        found != self.negated
    }
}

/// The set that begins after `[`, and what follows its `]`; a `]` right at the start is a member.
fn set(pattern: &[char]) -> Option<(Set<'_>, &[char])> {
    let negated = matches!(pattern.first(), Some('!' | '^'));
    let body = if negated { &pattern[1..] } else { pattern };
    let end = body.iter().skip(1).position(|&letter| letter == ']')? + 1;
    Some((Set { negated, members: &body[..end] }, &body[end + 1..]))
}
