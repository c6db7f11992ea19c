//! Writes a path as the catalogue spells it.

use std::fmt;

use super::path::{Many, Path, Tail};

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(&self.0, f)
    }
}

fn show(tail: &Tail, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match tail {
        Tail::End => Ok(()),
        Tail::Step(s) => {
            f.write_str(&s.name)?;
            if !s.args.is_empty() {
                write!(f, "({})", s.args)?;
            }
            let pick = s.pick.as_ref().map(|p| format!(", {}={}", p.field, p.value)).unwrap_or_default();
            match s.many {
                Many::One => {}
                Many::List => write!(f, "[{}]", pick.trim_start_matches(", "))?,
                Many::Nodes(n) => write!(f, "[{n}{pick}]")?,
                Many::Edges(n) => write!(f, "[{n} edges{pick}]")?,
            }
            if !matches!(s.tail, Tail::End | Tail::Cases(_)) {
                f.write_str(".")?;
            }
            show(&s.tail, f)
        }
        Tail::Record(fields) => {
            f.write_str("{")?;
            for (i, (label, tail)) in fields.iter().enumerate() {
                f.write_str(if i == 0 { "" } else { ", " })?;
                match tail {
                    Tail::Step(s) if s.name == *label => {}
                    _ => write!(f, "{label}: ")?,
                }
                show(tail, f)?;
            }
            f.write_str("}")
        }
        Tail::Cases(cases) => {
            if let [(ty, tail)] = cases.as_slice() {
                write!(f, "<{ty}>.")?;
                return show(tail, f);
            }
            f.write_str("<")?;
            for (i, (ty, tail)) in cases.iter().enumerate() {
                write!(f, "{}{ty}.", if i == 0 { "" } else { " | " })?;
                show(tail, f)?;
            }
            f.write_str(">")
        }
    }
}
