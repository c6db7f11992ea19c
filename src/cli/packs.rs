//! `packs`: the policies that come with the program, and which of them suit.

use std::io::{self, BufRead, IsTerminal};

use clap::{Subcommand, ValueEnum};
use miette::{IntoDiagnostic, Result, miette};

use super::exit::Exit;
use super::terminal;
use crate::catalog::{Catalog, nearest};
use crate::model::Pack;
use crate::policy::{Answers, Entities, Forges, PACKS, PackFile, Problem, Size, Tier, Way, advise, pack};
use crate::report;

/// Arguments of `packs`.
#[derive(Debug, clap::Args)]
pub(super) struct Packs {
    #[command(subcommand)]
    what: Option<What>,
    /// How to show them
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show one pack, control by control
    Show {
        /// Its name, as in `pack:NAME`
        name: String,
        /// How to show it
        #[arg(long, value_enum, default_value = "human")]
        format: Format,
    },
    /// Say which packs to extend; what no flag answers is asked
    Find(Find),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Human,
    /// As a policy
    Toml,
    /// For machines
    Json,
    /// As a page of documentation; of all packs it is docs/packs.md
    Markdown,
}

/// The answers that were given beforehand.
#[derive(Debug, clap::Args)]
struct Find {
    /// How many teams share the forge
    #[arg(long, value_enum)]
    size: Option<SizeWord>,
    /// Where the code is
    #[arg(long, value_enum)]
    forge: Option<ForgeWord>,
    /// What is paid for: nothing, a plan in the cloud, or a server of your own
    #[arg(long, value_enum)]
    tier: Option<TierWord>,
    /// Whether law, contract or an auditor asks for proof
    #[arg(long, value_enum)]
    regulated: Option<YesNo>,
    /// How people from other teams bring a change
    #[arg(long, value_enum)]
    way: Option<WayWord>,
    /// Whether the code is of one legal entity or of several
    #[arg(long, value_enum)]
    entities: Option<EntitiesWord>,
    /// How to show the answer
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// Words of the command line, each with what it means.
macro_rules! words {
    ($name:ident -> $target:ty { $($(#[doc = $doc:literal])+ $word:ident => $value:expr),+ $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
        enum $name { $($(#[doc = $doc])+ $word),+ }

        impl From<$name> for $target {
            fn from(word: $name) -> Self {
                match word { $($name::$word => $value),+ }
            }
        }
    };
}

words! { SizeWord -> Size {
    /// One team, or a few
    Small => Size::Small,
    /// Some dozens of teams
    Medium => Size::Medium,
    /// More than one person can know
    Large => Size::Large,
} }
words! { ForgeWord -> Forges {
    /// On GitHub
    Github => Forges::Github,
    /// On GitLab
    Gitlab => Forges::Gitlab,
    /// On both
    Both => Forges::Both,
} }
words! { TierWord -> Tier {
    /// A free plan
    Free => Tier::Free,
    /// A paid plan in the cloud
    Paid => Tier::Paid,
    /// A paid plan on a server of your own
    OwnServer => Tier::OwnServer,
} }
words! { YesNo -> bool {
    /// Somebody asks for proof
    Yes => true,
    /// Nobody does
    No => false,
} }
words! { WayWord -> Way {
    /// From a fork
    Fork => Way::Fork,
    /// From a branch in the same repository
    Branch => Way::Branch,
} }
words! { EntitiesWord -> Entities {
    /// One legal entity
    One => Entities::One,
    /// Several, under one roof
    Several => Entities::Several,
} }

impl Packs {
    pub(super) fn run(self) -> Result<Exit> {
        let catalog = Catalog::built_in().into_diagnostic()?;
        match self.what {
            None => list(&catalog, self.format)?,
            Some(What::Show { name, format }) => show(&catalog, &name, format)?,
            Some(What::Find(find)) => find.run(&catalog)?,
        }
        Ok(Exit::AsWanted)
    }
}

fn list(catalog: &Catalog, format: Format) -> Result<()> {
    if format == Format::Toml {
        let help = "name one: ispo-scm packs show innersource --format toml";
        return Err(miette!(code = "packs::format", help = help, "several policies are not one file"));
    }
    let packs = PACKS.iter().map(|p| contents(p, catalog)).collect::<Result<Vec<_>>>()?;
    terminal::show(|out| match format {
        Format::Json => {
            let all: Vec<_> = packs.iter().map(|p| report::pack_json(p, catalog)).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&all)?)
        }
        Format::Markdown => report::packs_page(out, &packs, catalog),
        Format::Human | Format::Toml => report::packs_list(out, &packs, catalog, terminal::width()),
    })
}

fn show(catalog: &Catalog, name: &str, format: Format) -> Result<()> {
    let plain = name.strip_prefix("pack:").unwrap_or(name);
    let Some(file) = pack(plain) else {
        let help = match nearest(plain, PACKS.iter().map(|p| p.name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`ispo-scm packs` lists them".to_owned(),
        };
        return Err(miette!(code = "packs::unknown", help = help, "there is no pack `{plain}`"));
    };
    let pack = contents(file, catalog)?;
    terminal::show(|out| match format {
        Format::Human => report::pack_detail(out, &pack, catalog, terminal::width()),
        Format::Toml => out.write_all(pack.text.as_bytes()),
        Format::Json => {
            writeln!(out, "{}", serde_json::to_string_pretty(&report::pack_json(&pack, catalog))?)
        }
        Format::Markdown => report::pack_page(out, &pack, catalog),
    })
}

fn contents(file: &PackFile, catalog: &Catalog) -> Result<Pack> {
    file.contents(catalog).map_err(|problems| mistaken(&problems))
}

/// A pack is tested to have no mistakes, so that this is one of ours.
fn mistaken(problems: &[Problem]) -> miette::Report {
    let first = problems.first().map_or(String::new(), ToString::to_string);
    miette!(code = "packs::mistake", help = "please report it", "a pack cannot be read: {first}")
}

impl Find {
    fn run(self, catalog: &Catalog) -> Result<()> {
        let format = self.format;
        let advice = advise(self.answers()?, catalog).map_err(|problems| mistaken(&problems))?;
        terminal::show(|out| match format {
            Format::Human | Format::Markdown => report::advice(out, &advice, catalog, terminal::width()),
            Format::Toml => out.write_all(report::snippet(&advice, catalog).as_bytes()),
            Format::Json => {
                writeln!(out, "{}", serde_json::to_string_pretty(&report::advice_json(&advice, catalog))?)
            }
        })
    }

    fn answers(self) -> Result<Answers> {
        let missing = [
            ("--size", self.size.is_none()),
            ("--forge", self.forge.is_none()),
            ("--tier", self.tier.is_none()),
            ("--regulated", self.regulated.is_none()),
            ("--way", self.way.is_none()),
            ("--entities", self.entities.is_none()),
        ];
        let missing: Vec<&str> = missing.iter().filter(|(_, none)| *none).map(|(flag, _)| *flag).collect();
        if !missing.is_empty() && !io::stdin().is_terminal() {
            let help = format!("give {}; `ispo-scm packs find --help` has their words", missing.join(", "));
            return Err(miette!(code = "packs::answers", help = help, "there is no terminal to ask on"));
        }
        Ok(Answers {
            size: given(self.size, "How many teams share the forge?")?.into(),
            forges: given(self.forge, "Where is the code?")?.into(),
            tier: given(self.tier, "What is paid for?")?.into(),
            regulated: given(self.regulated, "Does law, contract or an auditor ask for proof?")?.into(),
            way: given(self.way, "How do people from other teams bring a change?")?.into(),
            entities: given(self.entities, "Is the code of one legal entity, or of several?")?.into(),
        })
    }
}

/// What a flag says, or whoever sits at the terminal.
fn given<T: ValueEnum>(flag: Option<T>, question: &str) -> Result<T> {
    if let Some(word) = flag {
        return Ok(word);
    }
    let words = || T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    loop {
        let mut lines = vec![question.to_owned()];
        lines.extend(words().map(|w| {
            let help = w.get_help().map_or(String::new(), ToString::to_string);
            format!("  {:<12}{help}", w.get_name())
        }));
        terminal::warn_lines(&lines);
        let mut answer = String::new();
        if io::stdin().lock().read_line(&mut answer).into_diagnostic()? == 0 {
            return Err(miette!(
                code = "packs::answers",
                help = "answer with one of the words",
                "no answer came"
            ));
        }
        // The beginning of a word will do where only one begins so.
        let answer = answer.trim().to_lowercase();
        let begun: Vec<&T> = T::value_variants()
            .iter()
            .filter(|v| {
                let name = v.to_possible_value().map(|w| w.get_name().to_owned()).unwrap_or_default();
                !answer.is_empty() && name.starts_with(&answer)
            })
            .collect();
        if let [one] = begun.as_slice() {
            return Ok((*one).clone());
        }
    }
}
