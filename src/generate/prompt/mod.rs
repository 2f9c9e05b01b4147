//! Prompts: what a model is told about a symbol, within a budget of tokens.
//!
//! Facts first, as data; then the source, quoted so that it cannot pose as an
//! instruction; then what stands around it, as far as the budget goes. What is the same
//! for many symbols comes first, so that providers can keep it. Secrets are cut out, and
//! nothing about this machine is in any part: equal code makes equal prompts.

mod facts;
mod fence;
mod file;
mod keys;
mod redact;
mod target;
mod templates;
mod workspace;

use std::collections::BTreeSet;

use super::options::Options;
use crate::docstring::Symbol;
use crate::provider::{Capabilities, Prompt, Structured};
use crate::syntax::Source;
use facts::Detail;
use fence::{fence, inert};
use redact::Clean;
use templates::Variables;

pub use file::File;
pub use redact::redact;
pub use templates::{TemplateError, Templates};
pub(in crate::generate) use workspace::{Around, BULK_WAIT, INTERACTIVE_WAIT};
pub use workspace::{Files, Stamp, Workspace};

/// Tokens for what is said about a symbol while a person waits.
pub const INTERACTIVE: u32 = 2_500;
/// The same in a batch.
pub const BULK: u32 = 1_500;

/// What of a prompt depends on who is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::struct_excessive_bools, reason = "independent switches, each read by name")]
pub struct Params {
    /// The schema is part of the text, for a model that is not held to it otherwise.
    pub schema_in_prompt: bool,
    /// Ask for as few words as possible.
    pub brief: bool,
    /// The schema says which names there are, how many and in which order, and that no
    /// text is empty: for a model that is held to it while it writes, on a machine that
    /// does not keep compiled schemas.
    pub enum_names: bool,
    /// Show no example: a weak model copies it, and one that is held to the schema while it
    /// writes needs none.
    pub bare: bool,
}

/// A model whose words are held to be worse than this copies what it is shown.
const WEAK: f64 = 0.3;

/// Where dialects differ from [`Params::default`].
const DIALECTS: [(&str, Params); 1] =
    [("ollama", Params { schema_in_prompt: false, brief: true, enum_names: true, bare: false })];

impl Params {
    /// What is known to be good for a provider.
    pub fn of(capabilities: &Capabilities) -> Self {
        let known = DIALECTS.iter().find(|(dialect, _)| *dialect == capabilities.dialect);
        let params = known.map(|(_, params)| *params).unwrap_or_default();
        Self {
            schema_in_prompt: params.schema_in_prompt
                || capabilities.structured < Structured::Schema,
            // A small model wanders off in long texts, and has little room for them.
            brief: params.brief || capabilities.context <= 8_192,
            enum_names: params.enum_names || capabilities.is_local,
            bare: capabilities.quality < WEAK && capabilities.structured == Structured::Schema,
        }
    }
}

/// A prompt, and what became of what could have been in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// What is sent.
    pub prompt: Prompt,
    /// How many different secrets were cut out of what is sent.
    pub redacted: usize,
    /// What was left out or cut for want of room, the least important first.
    pub dropped: Vec<&'static str>,
    /// Tokens of what is sent, estimated.
    pub tokens: u64,
}

/// The prompt for `symbol` of `source`; see [`File::render`], which is faster for more
/// than one symbol of a file.
///
/// # Errors
///
/// When a template of the user's fails.
pub fn render(
    templates: &Templates,
    source: &Source,
    symbol: &Symbol,
    options: &Options,
    params: Params,
    budget: u32,
) -> Result<Rendered, TemplateError> {
    File::new(source, options.style).render(templates, symbol, options, params, budget)
}

/// What a prompt is about.
#[derive(Clone, Copy)]
pub(in crate::generate) struct Asked<'a> {
    pub(in crate::generate) symbol: &'a Symbol,
    /// The symbol as if it had nothing but what its documentation lacks, if only words
    /// about that are wanted.
    pub(in crate::generate) missing: Option<&'a Symbol>,
    /// What other files say.
    pub(in crate::generate) around: &'a Around,
}

/// What can be left out, the least important first.
const LADDER: [&str; 9] = [
    "outline", "imports", "module", "callers", "callees", "samples", "siblings", "owner",
    "existing",
];

/// Bytes that go with a part besides its own: at least a heading and a fence.
const HEADING: usize = 24;

/// The parts of a prompt before templates make text of them.
#[derive(Default)]
struct Parts {
    module: Clean,
    imports: Clean,
    outline: Clean,
    samples: Clean,
    facts: Clean,
    target: Clean,
    existing: Clean,
    owner: Clean,
    siblings: Clean,
    callees: Clean,
    callers: Clean,
}

impl Parts {
    fn part(&mut self, name: &str) -> &mut Clean {
        match name {
            "outline" => &mut self.outline,
            "imports" => &mut self.imports,
            "module" => &mut self.module,
            "callers" => &mut self.callers,
            "callees" => &mut self.callees,
            "samples" => &mut self.samples,
            "siblings" => &mut self.siblings,
            "owner" => &mut self.owner,
            _ => &mut self.existing,
        }
    }

    fn all(&self) -> [&Clean; 11] {
        [
            &self.module,
            &self.imports,
            &self.outline,
            &self.samples,
            &self.facts,
            &self.target,
            &self.existing,
            &self.owner,
            &self.siblings,
            &self.callees,
            &self.callers,
        ]
    }

    fn redacted(&self) -> usize {
        self.all().into_iter().flat_map(|part| &part.secrets).collect::<BTreeSet<_>>().len()
    }
}

/// How far the symbol's own part is cut; tried in this order when nothing else is left out.
struct Cut {
    /// Lines of the source.
    lines: usize,
    detail: Detail,
    name: &'static str,
}

impl File<'_> {
    /// The prompt for a symbol of this file.
    ///
    /// `budget` is a number of tokens for all but the system text, which is the same for
    /// all symbols, about 1,100 tokens long, and kept by providers. It is never exceeded,
    /// provided that the templates themselves leave room: about 250 tokens.
    ///
    /// # Errors
    ///
    /// When a template of the user's fails.
    pub fn render(
        &self,
        templates: &Templates,
        symbol: &Symbol,
        options: &Options,
        params: Params,
        budget: u32,
    ) -> Result<Rendered, TemplateError> {
        let asked = Asked { symbol, missing: None, around: &Around::default() };
        self.render_asking(templates, asked, options, params, budget)
    }

    /// As [`File::render`], with what other files say, and perhaps only about what is
    /// missing.
    ///
    /// # Errors
    ///
    /// When a template of the user's fails.
    pub(in crate::generate) fn render_asking(
        &self,
        templates: &Templates,
        asked: Asked<'_>,
        options: &Options,
        params: Params,
        budget: u32,
    ) -> Result<Rendered, TemplateError> {
        let Asked { symbol, missing, around } = asked;
        let asked = missing.unwrap_or(symbol);
        let mut keys = keys::keys(asked, options);
        if missing.is_some() {
            keys.retain(|key| keys::PARTS.contains(key));
        }
        let schema = keys::schema(asked, &keys, params.enum_names);
        let shown = if params.schema_in_prompt { schema.to_string() } else { String::new() };
        let frame = Frame {
            templates,
            language: symbol.language.id(),
            style: options.style.id(),
            kind: symbol.kind.id(),
            keys: keys.join(", "),
            schema: shown,
            brief: params.brief,
            bare: params.bare,
            missing: missing.is_some(),
        };
        let whole = self.target(symbol);
        let mut parts = Parts {
            module: self.module(symbol),
            imports: self.imported(),
            outline: self.defined(),
            samples: self.sampled(symbol),
            existing: self.existing(symbol),
            owner: self.owner(symbol),
            siblings: self.siblings(symbol),
            callees: self.callees(symbol, around),
            callers: self.callers(symbol, around),
            facts: facts::facts(symbol, &self.redactor, Detail::Full),
            target: Self::cut(symbol, &whole, target::LINES),
        };
        let mut prompt = Prompt {
            system: frame.render("system", &Parts::default())?,
            context: String::new(),
            user: String::new(),
            max_output: keys::max_output(asked, &keys),
            schema,
        };
        // As `Prompt::tokens` has it: 3.3 bytes a token.
        let most = usize::try_from(budget).unwrap_or(usize::MAX).saturating_mul(33) / 10;
        let mut dropped = Vec::new();
        let mut ladder = LADDER.into_iter();
        let mut cuts = Self::cuts(whole.text.lines().count()).into_iter();
        loop {
            prompt.context = frame.render("context", &parts)?;
            prompt.user = frame.render("user", &parts)?;
            let mut excess = (prompt.context.len() + prompt.user.len()).saturating_sub(most);
            if excess == 0 {
                break;
            }
            // Everything that has to go for this excess goes before the next try.
            let mut is_cut = false;
            for name in ladder.by_ref() {
                let part = std::mem::take(parts.part(name));
                if part.text.is_empty() {
                    continue;
                }
                dropped.push(name);
                is_cut = true;
                match excess.checked_sub(part.text.len() + HEADING) {
                    Some(left) if left > 0 => excess = left,
                    _ => break,
                }
            }
            if is_cut {
                continue;
            }
            let Some(cut) = cuts.next() else { break };
            if !dropped.contains(&cut.name) {
                dropped.push(cut.name);
            }
            parts.facts = facts::facts(symbol, &self.redactor, cut.detail);
            parts.target = Self::cut(symbol, &whole, cut.lines);
        }
        if whole.text.lines().count() > target::LINES && !dropped.contains(&"source") {
            dropped.push("source");
        }
        let redacted = parts.redacted();
        let tokens = prompt.tokens();
        Ok(Rendered { prompt, redacted, dropped, tokens })
    }

    fn cuts(lines: usize) -> Vec<Cut> {
        let source = |lines| Cut { lines, detail: Detail::Full, name: "source" };
        let shares = [3, 4, 6, 8, 12, 16, 24, 32, 48, 64].map(|share| lines.min(400) * 2 / share);
        let mut cuts: Vec<Cut> = shares.into_iter().filter(|n| *n >= 8).map(source).collect();
        cuts.push(source(8));
        cuts.push(Cut { lines: 8, detail: Detail::Types, name: "facts" });
        cuts.push(Cut { lines: 3, detail: Detail::Types, name: "facts" });
        cuts.push(Cut { lines: 1, detail: Detail::Names, name: "facts" });
        cuts
    }

    /// The source of the symbol without what is sent elsewhere.
    fn target(&self, symbol: &Symbol) -> Clean {
        target::cleaned(&self.redactor, self.text(), symbol.range.clone(), &self.holes(symbol))
    }

    fn cut(symbol: &Symbol, whole: &Clean, lines: usize) -> Clean {
        let text = target::elided(&whole.text, symbol.language, lines);
        // What was removed from a line that is left out was not sent at all; that it is
        // counted all the same is the safe side.
        Clean { text, secrets: whole.secrets.clone() }
    }

    fn existing(&self, symbol: &Symbol) -> Clean {
        let existing = symbol.existing.as_ref();
        existing.map(|existing| self.redactor.text(existing.text.trim())).unwrap_or_default()
    }
}

/// What is the same in every try to fit the budget.
struct Frame<'a> {
    templates: &'a Templates,
    language: &'a str,
    style: &'a str,
    kind: &'a str,
    keys: String,
    schema: String,
    brief: bool,
    bare: bool,
    missing: bool,
}

impl Frame<'_> {
    fn render(&self, part: &str, parts: &Parts) -> Result<String, TemplateError> {
        let texts = parts.all().map(|part| inert(&part.text));
        let [
            module,
            imports,
            outline,
            samples,
            facts,
            target,
            existing,
            owner,
            siblings,
            rest @ ..,
        ] = &texts;
        let [calls, called_by] = rest;
        let in_context: [&str; 4] = [module, imports, outline, samples];
        let in_user: [&str; 7] = [facts, target, existing, owner, siblings, calls, called_by];
        let fence = if part == "context" { fence(in_context) } else { fence(in_user) };
        self.templates.render(
            part,
            &Variables {
                language: self.language,
                style: self.style,
                kind: self.kind,
                fence: &fence,
                about: module,
                imports,
                outline,
                samples,
                facts,
                target,
                existing,
                owner,
                siblings,
                callees: calls,
                callers: called_by,
                keys: &self.keys,
                schema: &self.schema,
                brief: self.brief,
                bare: self.bare,
                missing: self.missing,
            },
        )
    }
}

#[cfg(test)]
mod tests;
