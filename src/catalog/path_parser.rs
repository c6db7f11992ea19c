//! Reads the text of a path; the grammar stands in [`path`](super::path).

use super::path::{Many, PathError, Pick, Step, Tail};

/// A text being read.
struct Parser<'a> {
    text: &'a str,
    at: usize,
}

/// Reads a whole text as a path.
pub(super) fn parse(text: &str) -> Result<Tail, PathError> {
    let mut parser = Parser { text, at: 0 };
    let tail = parser.path()?;
    parser.blank();
    if parser.at < text.len() { Err(parser.fail("the end of the path")) } else { Ok(tail) }
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn fail(&self, expected: &'static str) -> PathError {
        let at = self.text[..self.at].chars().count() + 1;
        PathError { path: self.text.to_owned(), at, expected }
    }

    fn blank(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, c: char) -> bool {
        self.blank();
        let found = self.rest().starts_with(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    fn name(&mut self) -> Result<String, PathError> {
        self.blank();
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let end = self.rest().find(|c| !word(c)).unwrap_or(self.rest().len());
        if end == 0 {
            return Err(self.fail("a name"));
        }
        let name = self.rest()[..end].to_owned();
        self.at += end;
        Ok(name)
    }

    /// Up to the closing character, which may stand inside quotes without closing.
    fn until(&mut self, close: char, expected: &'static str) -> Result<&'a str, PathError> {
        let (mut quoted, mut escaped) = (false, false);
        for (i, c) in self.rest().char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                c if c == close && !quoted => {
                    let inner = &self.rest()[..i];
                    self.at += i + close.len_utf8();
                    return Ok(inner);
                }
                _ => {}
            }
        }
        Err(self.fail(expected))
    }

    fn path(&mut self) -> Result<Tail, PathError> {
        if self.eat('{') {
            return self.record();
        }
        if self.eat('<') {
            return self.cases();
        }
        let name = self.name()?;
        let args = if self.eat('(') { self.until(')', "`)`")?.trim().to_owned() } else { String::new() };
        let (many, pick) = if self.eat('[') { self.many()? } else { (Many::One, None) };
        Ok(Tail::Step(Box::new(Step { name, args, many, pick, tail: self.tail()? })))
    }

    fn tail(&mut self) -> Result<Tail, PathError> {
        if self.eat('.') {
            self.path()
        } else if self.eat('<') {
            self.cases()
        } else if self.eat('{') {
            self.record()
        } else {
            Ok(Tail::End)
        }
    }

    fn many(&mut self) -> Result<(Many, Option<Pick>), PathError> {
        let inner = self.until(']', "`]`")?;
        let (size, pick) = match inner.split_once('=') {
            None => (inner, None),
            Some((left, value)) => {
                let (size, field) = left.rsplit_once(',').unwrap_or(("", left));
                (size, Some(Pick { field: field.trim().to_owned(), value: value.trim().to_owned() }))
            }
        };
        let size = size.trim();
        let page = |text: &str| text.trim().parse::<u32>().ok().filter(|n| (1..=100).contains(n));
        let many = match (size, size.strip_suffix("edges")) {
            ("", _) => Many::List,
            (_, Some(n)) => Many::Edges(page(n).ok_or_else(|| self.fail("a page of 1 to 100"))?),
            (n, None) => Many::Nodes(page(n).ok_or_else(|| self.fail("a page of 1 to 100"))?),
        };
        Ok((many, pick))
    }

    fn record(&mut self) -> Result<Tail, PathError> {
        let mut fields = Vec::new();
        loop {
            self.blank();
            let begin = self.at;
            let label = self.name()?;
            if !self.eat(':') {
                self.at = begin;
            }
            let tail = self.path()?;
            fields.push((label, tail));
            if self.eat('}') {
                return Ok(Tail::Record(fields));
            }
            if !self.eat(',') {
                return Err(self.fail("`,` or `}`"));
            }
        }
    }

    /// `<T>.path` where there is one type, `<T.path | U.path>` where there are several.
    fn cases(&mut self) -> Result<Tail, PathError> {
        let mut cases = Vec::new();
        loop {
            let ty = self.name()?;
            if cases.is_empty() && self.eat('>') {
                let tail = self.tail()?;
                return Ok(Tail::Cases(vec![(ty, tail)]));
            }
            if !self.eat('.') {
                return Err(self.fail("`.` and a field of that type"));
            }
            cases.push((ty, self.path()?));
            if self.eat('>') {
                return Ok(Tail::Cases(cases));
            }
            if !self.eat('|') {
                return Err(self.fail("`|` or `>`"));
            }
        }
    }
}
