//! What a Python docstring says and the code does not, and the other way round.
//!
//! The rule for every part: what is reported is true. What a docstring may say beyond the
//! code (exceptions of callees, keywords behind `**kwargs`) is left to its author.

use super::align::{Alignment, Documented, Known, align};
use super::reading::{Reading, has_word};
use super::types::{Likeness, is_verbatim, likeness};
use crate::docstring::{Drift, Param, ParamKind, SectionKind, Symbol, SymbolKind};
use crate::generate::options::{Options, Profile};
use crate::style::{MappedItem, MappedSection};
use crate::syntax::Source;

mod attributes;
mod results;

/// What the parts of the comparison share.
struct Comparison<'a> {
    source: &'a Source,
    symbol: &'a Symbol,
    options: &'a Options,
    reading: &'a Reading<'a>,
    found: Vec<Drift>,
}

/// In what the docstring, read as `reading`, disagrees with the code of `symbol`.
pub(super) fn drift(
    source: &Source,
    symbol: &Symbol,
    reading: &Reading<'_>,
    options: &Options,
) -> Vec<Drift> {
    let flags = symbol.flags;
    let is_compared = symbol.kind == SymbolKind::Class || symbol.kind.is_callable();
    if !is_compared || flags.is_overload {
        return Vec::new();
    }
    let mut comparison = Comparison { source, symbol, options, reading, found: Vec::new() };
    // A setter takes a value, which some describe.
    if symbol.kind != SymbolKind::Property || flags.is_accessor {
        comparison.parameters();
    }
    if symbol.kind == SymbolKind::Class {
        comparison.attributes();
    } else if !flags.is_accessor {
        comparison.results();
        comparison.exceptions();
    }
    comparison.found
}

/// Bases that bring neither fields nor a constructor of their own.
const PLAIN_BASES: [&str; 7] =
    ["object", "BaseModel", "Generic", "ABC", "Protocol", "Exception", "ValueError"];

impl Comparison<'_> {
    /// The parameters that the docstring is about; `None` where they are not all known.
    fn signature(&self) -> Option<&[Param]> {
        let symbol = self.symbol;
        if symbol.kind != SymbolKind::Class {
            return Some(&symbol.signature.params);
        }
        let has_init = symbol.signature.receiver.is_some();
        // `__new__` takes the arguments as well, a decorator may write another `__init__`.
        let is_odd = symbol.children.iter().any(|child| child == "__new__")
            || symbol.decorators.iter().any(|decorator| decorator.contains("init"));
        let is_known = has_init || symbol.flags.is_dataclass && self.has_plain_bases();
        (is_known && !is_odd).then_some(symbol.signature.params.as_slice())
    }

    /// Whether nothing is inherited that matters here.
    fn has_plain_bases(&self) -> bool {
        self.symbol.bases.iter().all(|base| {
            let name = base.split(['[', '(']).next().unwrap_or(base);
            let name = name.rsplit('.').next().unwrap_or(name).trim();
            PLAIN_BASES.contains(&name)
        })
    }

    /// Whether a decorator may take or add what is called `name`.
    fn is_decorated_with(&self, name: &str) -> bool {
        const CHANGING: [&str; 8] =
            ["route", "kwarg", "args", "param", "inject", "patch", "option", "dispatch"];
        // `@width.setter` names the property, whatever the parameter is called.
        if self.symbol.flags.is_accessor {
            return false;
        }
        self.symbol.decorators.iter().any(|decorator| {
            let callee = decorator.split('(').next().unwrap_or(decorator).to_ascii_lowercase();
            has_word(decorator, name) || CHANGING.iter().any(|word| callee.contains(word))
        })
    }

    /// No parameter is described, which is wrong only if the project says so.
    fn undescribed(&mut self) {
        if !self.options.checks.demands("DOC101") {
            return;
        }
        let params = self.signature().unwrap_or_default().iter();
        let names = params.filter(|param| !param.name.starts_with('_')).map(Param::starred);
        let missing =
            names.map(|name| Drift::Missing { kind: SectionKind::Parameters, name: Some(name) });
        let missing: Vec<Drift> = missing.collect();
        self.found.extend(missing);
    }

    fn parameters(&mut self) {
        let reading = self.reading;
        let Some(sections) = reading.clear(&SectionKind::Parameters) else {
            if reading.map.section(&SectionKind::Parameters).is_none() {
                self.undescribed();
            }
            return;
        };
        let Some(params) = self.signature() else { return };
        let names: Vec<(&str, &str, &MappedItem)> = sections
            .iter()
            .flat_map(|section| &section.items)
            .flat_map(|item| item.names.iter().map(move |name| (name.bare(), &*name.text, item)))
            .collect();
        let receiver = self.symbol.signature.receiver.as_deref();
        let names: Vec<_> = names
            .into_iter()
            .filter(|(bare, ..)| {
                let is_usual = *bare == "self" && receiver.is_some();
                receiver != Some(*bare) && !is_usual
            })
            .collect();
        if names.is_empty() {
            return;
        }
        // With a name that is documented twice, nobody can tell where it belongs.
        let mut seen: Vec<&str> = names.iter().map(|(bare, ..)| *bare).collect();
        seen.sort_unstable();
        let is_repeated = seen.windows(2).any(|pair| pair.first() == pair.last());
        let documented: Vec<Documented<'_>> = names
            .iter()
            .map(|(bare, text, item)| Documented {
                name: bare,
                ty: item.ty.as_ref().and_then(|ty| reading.text(ty)),
                stars: text.len() - bare.len(),
            })
            .collect();
        // Nobody describes `_`.
        let params: Vec<&Param> =
            params.iter().filter(|param| !param.name.chars().all(|c| c == '_')).collect();
        let known: Vec<Known<'_>> = params
            .iter()
            .map(|param| Known {
                name: &param.name,
                ty: param.ty.as_deref(),
                stars: param.starred().len() - param.name.len(),
                is_needed: param.default.is_none(),
            })
            .collect();
        // What goes into a lone `*args` may have names of its own.
        let takes_more = params.iter().any(|param| match param.kind {
            ParamKind::VarKeyword => true,
            ParamKind::VarPositional => {
                let is_all = params.first().is_some_and(|first| first.kind == param.kind);
                is_all && !documented.iter().any(|one| known.iter().any(|k| k.name == one.name))
            }
            _ => false,
        });
        let aligned = align(&documented, &known, takes_more);
        let mut found = Vec::new();
        self.named(&aligned, &names, &params, takes_more, &mut found);
        for section in &sections {
            found.extend(
                Self::order(section, &params, &aligned, &documented, &known)
                    .filter(|_| !is_repeated),
            );
            found.extend(self.retyped(section, &params));
        }
        self.found.extend(found);
    }

    /// Parameters under another name, too much and too few.
    fn named(
        &self,
        aligned: &Alignment,
        names: &[(&str, &str, &MappedItem)],
        params: &[&Param],
        takes_more: bool,
        found: &mut Vec<Drift>,
    ) {
        let kind = || SectionKind::Parameters;
        for (from, to) in &aligned.renamed {
            let (Some((bare, ..)), Some(param)) = (names.get(*from), params.get(*to)) else {
                continue;
            };
            if !self.is_decorated_with(bare) {
                let (from, to) = ((*bare).to_owned(), param.name.clone());
                found.push(Drift::Renamed { kind: kind(), from, to });
            }
        }
        // Nothing fits: the docstring is about something else than this signature.
        let is_foreign = aligned.extra.len() > 1
            && aligned.extra.len() == names.len()
            && !params.is_empty()
            && self.symbol.kind != SymbolKind::Class;
        let mut has_keywords = false;
        for extra in &aligned.extra {
            let Some((bare, text, _)) = names.get(*extra) else { continue };
            let is_member = self.symbol.members.iter().any(|member| member.name == *bare);
            let is_inherited = self.symbol.kind == SymbolKind::Class && !self.has_plain_bases();
            if takes_more && !text.starts_with('*') {
                has_keywords = true;
            } else if !is_member && !is_inherited && !is_foreign && !self.is_decorated_with(bare) {
                found.push(Drift::Extra { kind: kind(), name: Some((*text).to_owned()) });
            }
        }
        let is_missed = |(index, param): &(usize, &&Param)| {
            let is_variadic =
                matches!(param.kind, ParamKind::VarKeyword | ParamKind::VarPositional);
            let is_unpacked = param.ty.as_deref().is_some_and(|ty| ty.contains("Unpack"));
            let is_told = is_variadic && (has_keywords || is_unpacked);
            let is_given = *index == 0 && self.is_given_first();
            !is_told && !is_given && !is_foreign && is_required(param)
        };
        let missing = aligned.missing.iter().filter_map(|at| Some((*at, params.get(*at)?)));
        let missing: Vec<&Param> = missing.filter(is_missed).map(|(_, param)| *param).collect();
        if !self.is_partial(missing.len(), names.len()) {
            let kind = SectionKind::Parameters;
            found.extend(
                missing.iter().map(|param| Drift::Missing {
                    kind: kind.clone(),
                    name: Some(param.starred()),
                }),
            );
        }
    }

    /// Whether the docstring leaves parameters out on purpose: it says where they are
    /// described, or describes one of many.
    fn is_partial(&self, missing: usize, documented: usize) -> bool {
        let says = |words: &[&str]| words.iter().any(|word| self.reading.says(word));
        let refers = ["rest", "other", "remaining", "refer", "same", "see"]
            .iter()
            .any(|word| self.reading.says_word(word))
            && says(&["parameter", "argument", "option", "keyword"]);
        missing > 4 && missing > documented * 3 || missing > 1 && refers
    }

    /// Whether the first parameter is passed by a decorator (`@pass_context`).
    fn is_given_first(&self) -> bool {
        self.symbol.decorators.iter().any(|decorator| {
            decorator.rsplit('.').next().is_some_and(|name| name.starts_with("pass_"))
        })
    }

    /// Whether the entries of a section stand in another order than the parameters.
    fn order(
        section: &MappedSection,
        params: &[&Param],
        aligned: &Alignment,
        documented: &[Documented<'_>],
        known: &[Known<'_>],
    ) -> Option<Drift> {
        let position = |name: &str| {
            let renamed = aligned.renamed.iter().find_map(|(from, to)| {
                let is_it = documented.get(*from).is_some_and(|one| one.name == name);
                is_it.then(|| known.get(*to).map(|one| one.name)).flatten()
            });
            let name = renamed.unwrap_or(name);
            params.iter().position(|param| param.name == name)
        };
        let mut last = None;
        let mut is_ordered = true;
        for item in &section.items {
            let places: Vec<usize> =
                item.names.iter().filter_map(|name| position(name.bare())).collect();
            let (Some(first), Some(end)) = (places.first(), places.last()) else { continue };
            // Names that share an entry and do not stand together cannot be put in order.
            if places.windows(2).any(|pair| pair.first().map(|one| one + 1) != pair.last().copied())
            {
                return None;
            }
            is_ordered &= last.is_none_or(|last| last < *first);
            last = Some(*end);
        }
        (!is_ordered).then_some(Drift::Reordered { kind: SectionKind::Parameters })
    }

    /// Documented types that are not the annotated ones.
    fn retyped(&self, section: &MappedSection, params: &[&Param]) -> Vec<Drift> {
        let typed = section.items.iter().filter_map(|item| {
            let [name] = item.names.as_slice() else { return None };
            let documented = self.reading.text(item.ty.as_ref()?)?;
            let param = params.iter().find(|param| param.name == name.bare())?;
            let actual = param.ty.as_deref()?;
            self.differs(documented, actual).then(|| Drift::Retyped {
                kind: SectionKind::Parameters,
                name: Some(param.starred()),
                documented: documented.to_owned(),
                actual: crate::generate::types::printed(actual),
            })
        });
        typed.collect()
    }

    /// Whether a documented type is wrong, as the profile sees it.
    fn differs(&self, documented: &str, actual: &str) -> bool {
        match self.options.rules.profile {
            Profile::Pydoclint => !is_verbatim(documented, actual),
            _ => likeness(documented, actual) == Likeness::Different,
        }
    }
}

/// Whether a parameter has to be documented where others are: `_x` never has to
/// (pydoclint's `ignore-underscore-args`).
fn is_required(param: &Param) -> bool {
    !param.name.starts_with('_')
}
