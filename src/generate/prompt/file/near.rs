//! What stands around one symbol: its owner, its siblings, what it calls and who calls it.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{AROUND, CALLEES, CALLERS, File, SIGNATURE, documented, holds_others};
use crate::docstring::{Language, Symbol, SymbolKind, SymbolPath};
use crate::generate::prompt::redact::Clean;
use crate::generate::prompt::target::{cleaned, in_one_line};
use crate::generate::prompt::workspace::Around;
use crate::syntax::Outline;

/// Most siblings.
const SIBLINGS: usize = 10;
/// Classes that are looked at for the bases of one.
const BASES: usize = 16;

impl File<'_> {
    /// The definition around a symbol: its header and its attributes.
    pub(in crate::generate::prompt) fn owner(&self, symbol: &Symbol) -> Clean {
        let Some(owner) = self.parent(&symbol.path) else { return Clean::default() };
        let mut clean = self.head(&owner.header, owner.name_range.start);
        if let Some(existing) = &owner.existing {
            let first = existing.text.trim().lines().next().unwrap_or_default();
            let first = self.redactor.text(first);
            let text = in_one_line(&first.text, SIGNATURE);
            clean.text = documented(self.language(), &clean.text, &text);
            clean.secrets.extend(first.secrets);
        }
        let members = owner.members.iter().take(16).map(|member| match &member.ty {
            Some(ty) => format!("{}: {}", member.name, in_one_line(ty, 60)),
            None => member.name.clone(),
        });
        let members = members.collect::<Vec<_>>().join(", ");
        if !members.is_empty() {
            let mark = if self.language() == Language::Python { "#" } else { "//" };
            let members = self.redactor.text(&members);
            clean.text.push_str(&["\n    ", mark, " holds: ", &members.text].concat());
            clean.secrets.extend(members.secrets);
        }
        clean
    }

    fn parent(&self, path: &SymbolPath) -> Option<&Symbol> {
        let (parent, _) = path.0.rsplit_once('.')?;
        self.known.get(&SymbolPath(parent.to_owned()))
    }

    /// Signatures of the definitions beside a method, or inside a type that is defined
    /// apart from them.
    pub(in crate::generate::prompt) fn siblings(&self, symbol: &Symbol) -> Clean {
        let is_type = holds_others(symbol.kind) && symbol.kind != SymbolKind::Module;
        let parent = match symbol.path.0.rsplit_once('.') {
            _ if is_type => symbol.path.0.as_str(),
            Some((parent, _)) => parent,
            None => return Clean::default(),
        };
        let inside: Vec<&Outline> = self
            .children(parent)
            .filter(|one| {
                one.path != symbol.path
                    && one.kind.is_callable()
                    // What stands in the type itself is part of its source.
                    && !(is_type && symbol.range.contains(&one.range.start))
            })
            .collect();
        let at = inside.partition_point(|one| one.range.start < symbol.range.start);
        let from = at.saturating_sub(SIBLINGS / 2).min(inside.len().saturating_sub(SIBLINGS));
        let mut clean = Clean::default();
        for one in inside.into_iter().skip(from).take(SIBLINGS) {
            let signature = self.signature(one);
            clean.text.push_str(&signature.text);
            clean.text.push('\n');
            clean.secrets.extend(signature.secrets);
        }
        clean.text.truncate(clean.text.trim_end().len());
        clean
    }

    /// Signatures and first lines of what the symbol calls, in the same file first.
    pub(in crate::generate::prompt) fn callees(&self, symbol: &Symbol, others: &Around) -> Clean {
        let owner = symbol.owner.as_ref().map(|owner| owner.name.as_str());
        let mut seen = BTreeSet::new();
        let mut clean = Clean::default();
        for call in &symbol.body.calls {
            if seen.len() == CALLEES {
                break;
            }
            let Some(index) = self.resolve(&call.callee, symbol, owner) else { continue };
            let Some(one) = self.outline.get(index) else { continue };
            if one.path == symbol.path || !seen.insert(index) {
                continue;
            }
            let signature = self.signature(one);
            let known = self.known.get(&one.path).and_then(|known| known.existing.as_ref());
            let first = known.and_then(|existing| existing.text.trim().lines().next());
            let first = self.redactor.text(first.unwrap_or_default());
            let text = in_one_line(&first.text, SIGNATURE);
            clean.text.push_str(&documented(self.language(), &signature.text, &text));
            clean.text.push('\n');
            clean.secrets.extend(signature.secrets.into_iter().chain(first.secrets));
        }
        for other in others.callees.iter().take(CALLEES.saturating_sub(seen.len())) {
            clean.text.push_str(&other.text);
            clean.text.push('\n');
            clean.secrets.extend(other.secrets.iter().cloned());
        }
        clean.text.truncate(clean.text.trim_end().len());
        clean
    }

    /// The definition in this file that a callee names, if that is certain.
    fn resolve(&self, callee: &str, symbol: &Symbol, owner: Option<&str>) -> Option<usize> {
        let callee = callee.replace("::", ".");
        let receiver = symbol.signature.receiver.as_deref().unwrap_or("self");
        let receiver = receiver.trim_start_matches(['&', ' ']).trim_start_matches("mut ");
        let own = callee
            .split_once('.')
            .filter(|(first, _)| *first == receiver || matches!(*first, "self" | "cls" | "Self"));
        let Some((_, name)) = own else {
            return self.by_path.get(&SymbolPath(callee)).copied();
        };
        // An inherited one is found if no other has its name.
        let inherited = || match self.methods.get(name).map(Vec::as_slice) {
            Some([only]) => owner.and_then(|owner| self.may_inherit(owner, *only)).map(|()| *only),
            _ => None,
        };
        self.by_path.get(&SymbolPath(format!("{}.{name}", owner?))).copied().or_else(inherited)
    }

    /// Whether a method of the file may be one that a class inherits. In Python its class
    /// has to be a base; in Rust a trait's method needs no more than the trait.
    fn may_inherit(&self, owner: &str, method: usize) -> Option<()> {
        let method = self.outline.get(method)?;
        let (class, _) = method.path.0.rsplit_once('.')?;
        if self.language() == Language::Rust {
            return Some(());
        }
        let mut classes = vec![owner.to_owned()];
        let mut index = 0;
        while let Some(class_path) = classes.get(index).cloned() {
            let known = self.known.get(&SymbolPath(class_path));
            for base in known.map(|known| known.bases.as_slice()).unwrap_or_default() {
                let base = base.split('[').next().unwrap_or_default().trim();
                if base == class {
                    return Some(());
                }
                if classes.len() < BASES && classes.iter().all(|known| known != base) {
                    classes.push(base.to_owned());
                }
            }
            index += 1;
        }
        None
    }

    /// Lines around the first calls of a symbol, elsewhere in the file and then in others.
    pub(in crate::generate::prompt) fn callers(&self, symbol: &Symbol, others: &Around) -> Clean {
        let is_constructor = matches!(symbol.name.as_str(), "__init__" | "__new__");
        let owner = symbol.owner.as_ref().map(|owner| owner.name.as_str());
        let name = if is_constructor { owner.unwrap_or_default() } else { symbol.name.as_str() };
        let is_method = symbol.kind == SymbolKind::Method && !is_constructor;
        let mut clean = Clean::default();
        let mut shown: Vec<Range<usize>> = Vec::new();
        for at in self.calls.get(name).map(Vec::as_slice).unwrap_or_default() {
            if symbol.range.contains(at) && !holds_others(symbol.kind) {
                continue;
            }
            let before = self.text().get(..*at).unwrap_or_default();
            if is_method && !is_call_of(before, name, owner) {
                continue;
            }
            let index = self.lines.partition_point(|start| start <= at).saturating_sub(1);
            if self.line(index).trim_start().starts_with(['#', '/', '*']) {
                continue;
            }
            let range = index.saturating_sub(AROUND)..index + AROUND + 1;
            if shown.iter().any(|other| other.start < range.end && range.start < other.end) {
                continue;
            }
            let start = self.lines.get(range.start).copied().unwrap_or_default();
            let end = self.lines.get(range.end).copied().unwrap_or(self.text().len());
            let part = cleaned(&self.redactor, self.text(), start..end, &[]);
            if !clean.text.is_empty() {
                clean.text.push_str("\n\n");
            }
            clean.text.push_str(&part.text);
            clean.secrets.extend(part.secrets);
            shown.push(range);
            if shown.len() == CALLERS {
                break;
            }
        }
        for other in others.callers.iter().take(CALLERS.saturating_sub(shown.len())) {
            if !clean.text.is_empty() {
                clean.text.push_str("\n\n");
            }
            clean.text.push_str(&other.text);
            clean.secrets.extend(other.secrets.iter().cloned());
        }
        clean
    }

    /// The lines of `range`, if nothing else is in them.
    fn whole_lines(&self, range: &Range<usize>) -> Range<usize> {
        let text = self.text();
        let before = text.get(..range.start).unwrap_or_default();
        let start = before.trim_end_matches([' ', '\t']).len();
        let after = text.get(range.end..).unwrap_or_default();
        let end = text.len() - after.trim_start_matches([' ', '\t', '\r']).len();
        let begins = start == 0 || text.get(..start).is_some_and(|text| text.ends_with('\n'));
        if begins && text.get(end..).is_some_and(|rest| rest.starts_with('\n')) {
            return start..end + 1;
        }
        range.clone()
    }

    /// What of a symbol's own range is not sent: its documentation, and the bodies of
    /// what is defined inside of a type or a module.
    pub(in crate::generate::prompt) fn holes(
        &self,
        symbol: &Symbol,
    ) -> Vec<(Range<usize>, &'static str)> {
        let mut holes = Vec::new();
        if let Some(existing) = &symbol.existing {
            holes.push((self.whole_lines(&existing.range), ""));
        }
        if holds_others(symbol.kind) {
            let mut end = 0;
            let from = self.outline.partition_point(|one| one.range.start < symbol.range.start);
            let inside = self.outline.iter().skip(from);
            for one in inside.take_while(|one| one.range.start < symbol.range.end) {
                let is_inside = one.range.start > symbol.range.start || symbol.path.0.is_empty();
                if one.path == symbol.path
                    || !is_inside
                    || one.range.end > symbol.range.end
                    || !(one.kind.is_callable() || symbol.kind == SymbolKind::Module)
                    || one.range.start < end
                    || one.header.end >= one.range.end
                {
                    continue;
                }
                holes.push((one.header.end..one.range.end, " ..."));
                end = one.range.end;
            }
        }
        holes.sort_by_key(|(range, _)| range.start);
        holes
    }
}

/// Whether what stands before a method's name shows that it is the method of `owner`.
fn is_call_of(before: &str, name: &str, owner: Option<&str>) -> bool {
    let Some(receiver) = before.strip_suffix('.').or_else(|| before.strip_suffix("::")) else {
        return false;
    };
    let is_own = ["self", "cls", "Self"].into_iter().chain(owner).any(|own| {
        receiver.strip_suffix(own).is_some_and(|rest| {
            !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.')
        })
    });
    // A name such as `get` is that of many methods.
    is_own || name.trim_matches('_').contains('_') || name.len() >= 10
}
