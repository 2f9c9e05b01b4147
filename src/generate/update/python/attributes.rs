//! The attributes of a class.

use super::Comparison;
use crate::docstring::{Drift, Member, SectionKind};
use crate::generate::update::align::{Documented, Known, align};
use crate::generate::update::reading::has_word;
use crate::style::{MappedSection, Name};

impl Comparison<'_> {
    pub(super) fn attributes(&mut self) {
        let reading = self.reading;
        let Some(sections) = reading.clear(&SectionKind::Attributes) else { return };
        let items = || sections.iter().flat_map(|section| &section.items);
        let names: Vec<&str> = items().flat_map(|item| &item.names).map(Name::bare).collect();
        let mut seen = names.clone();
        seen.sort_unstable();
        if names.is_empty() || seen.windows(2).any(|pair| pair.first() == pair.last()) {
            return;
        }
        let documented: Vec<Documented<'_>> = items()
            .flat_map(|item| item.names.iter().map(move |name| (item, name)))
            .map(|(item, name)| Documented {
                name: name.bare(),
                ty: item.ty.as_ref().and_then(|ty| reading.text(ty)),
                stars: 0,
            })
            .collect();
        // What is inherited, computed or set elsewhere is an attribute as well: a name is
        // gone when it stands nowhere in the class any more.
        let is_gone = |name: &str| !self.is_in_class(name) && self.has_plain_bases();
        let members: Vec<&Member> = self.symbol.members.iter().collect();
        let known: Vec<Known<'_>> = members
            .iter()
            .map(|member| Known {
                name: &member.name,
                ty: member.ty.as_deref(),
                stars: 0,
                is_needed: true,
            })
            .collect();
        let aligned = align(&documented, &known, false);
        let kind = || SectionKind::Attributes;
        let mut found = Vec::new();
        let mut missing = aligned.missing.clone();
        for (from, to) in &aligned.renamed {
            let (Some(name), Some(member)) = (names.get(*from), members.get(*to)) else { continue };
            if is_gone(name) && self.is_declared(member) {
                let (from, to) = ((*name).to_owned(), member.name.clone());
                found.push(Drift::Renamed { kind: kind(), from, to });
            } else {
                missing.push(*to);
            }
        }
        for extra in &aligned.extra {
            let Some(name) = names.get(*extra).filter(|name| is_gone(name)) else { continue };
            found.push(Drift::Extra { kind: kind(), name: Some((*name).to_owned()) });
        }
        missing.sort_unstable();
        // A list that leaves declared attributes out on purpose has none of them.
        let tells_declared = documented.iter().any(|one| {
            members.iter().any(|member| member.name == one.name && self.is_declared(member))
        });
        for member in missing.iter().filter_map(|index| members.get(*index)) {
            let is_told = member.comment.is_some() || self.is_parameter(&member.name);
            if tells_declared && self.is_declared(member) && !is_told {
                found.push(Drift::Missing { kind: kind(), name: Some(member.name.clone()) });
            }
        }
        for item in items() {
            let [name] = item.names.as_slice() else { continue };
            let member = members.iter().find(|member| member.name == name.bare());
            let actual = member.and_then(|member| member.ty.as_deref());
            let documented = item.ty.as_ref().and_then(|ty| reading.text(ty));
            if let (Some(documented), Some(actual)) = (documented, actual)
                && self.differs(documented, actual)
            {
                found.push(Drift::Retyped {
                    kind: kind(),
                    name: Some(name.text.clone()),
                    documented: documented.to_owned(),
                    actual: crate::generate::types::printed(actual),
                });
            }
        }
        self.found.extend(found);
    }

    /// Declared in the body of the class (pydoclint looks at no others).
    fn is_declared(&self, member: &Member) -> bool {
        !member.from_init && (member.ty.is_some() || self.symbol.flags.is_enum)
    }

    /// Whether the docstring describes it among the parameters.
    fn is_parameter(&self, name: &str) -> bool {
        let mut names =
            self.reading.map.of(&SectionKind::Parameters).flat_map(MappedSection::names);
        names.any(|known| known.bare() == name)
    }

    /// Whether a name stands in the class outside of its docstring.
    fn is_in_class(&self, name: &str) -> bool {
        let text = self.source.text();
        let whole = self.symbol.range.clone();
        let hole =
            self.symbol.existing.as_ref().map_or(whole.start..whole.start, |one| one.range.clone());
        let parts = [whole.start..hole.start, hole.end..whole.end];
        parts.into_iter().any(|part| text.get(part).is_some_and(|part| has_word(part, name)))
    }
}
