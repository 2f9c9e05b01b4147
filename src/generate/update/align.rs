//! Which documented name is which name of the code.
//!
//! A name that only the docstring has, and one that only the code has, may be the same
//! thing under another name: they are, when they stand at the same place among the names
//! that both have, unless their types or the names beside them speak against it.

use std::collections::HashMap;

use super::types::{Likeness, likeness};

/// A name of the docstring.
#[derive(Clone, Copy, Debug)]
pub(super) struct Documented<'a> {
    pub(super) name: &'a str,
    pub(super) ty: Option<&'a str>,
    /// `*args`, `**kwargs`: with how many stars it is documented.
    pub(super) stars: usize,
}

/// A name of the code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) name: &'a str,
    pub(super) ty: Option<&'a str>,
    pub(super) stars: usize,
    /// It cannot be left out by a caller.
    pub(super) is_needed: bool,
}

/// The outcome: indices into both lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Alignment {
    /// In the docstring only.
    pub(super) extra: Vec<usize>,
    /// In the code only.
    pub(super) missing: Vec<usize>,
    /// Under another name in the docstring than in the code.
    pub(super) renamed: Vec<(usize, usize)>,
}

/// Compares the documented names with those of the code. With `is_open` the code takes more
/// than it names (`**kwargs`), so that place alone proves nothing of an optional parameter.
pub(super) fn align(
    documented: &[Documented<'_>],
    known: &[Known<'_>],
    is_open: bool,
) -> Alignment {
    let in_code: HashMap<&str, usize> =
        known.iter().enumerate().map(|(index, known)| (known.name, index)).collect();
    let in_text: HashMap<&str, usize> =
        documented.iter().enumerate().map(|(index, one)| (one.name, index)).collect();
    // The names in common around each name that is not.
    let mut places: HashMap<Neighbours<'_>, (Vec<usize>, Vec<usize>)> = HashMap::new();
    let names: Vec<&str> = documented.iter().map(|one| one.name).collect();
    for (index, place) in between(&names, |name| in_code.contains_key(name)) {
        places.entry(place).or_default().0.push(index);
    }
    let names: Vec<&str> = known.iter().map(|one| one.name).collect();
    for (index, place) in between(&names, |name| in_text.contains_key(name)) {
        places.entry(place).or_default().1.push(index);
    }
    let is_apart = !documented.iter().any(|one| in_code.contains_key(one.name));
    let mut found = Alignment::default();
    for (extra, missing) in places.into_values() {
        pair(&extra, &missing, documented, known, (is_open, is_apart), &mut found);
    }
    anywhere(documented, known, &mut found);
    found.extra.sort_unstable();
    found.missing.sort_unstable();
    found.renamed.sort_unstable();
    found
}

/// The shared names before and after another one.
type Neighbours<'a> = (Option<&'a str>, Option<&'a str>);

/// The names that are not shared, each with the shared ones before and after it.
fn between<'a>(
    names: &[&'a str],
    is_shared: impl Fn(&str) -> bool,
) -> Vec<(usize, Neighbours<'a>)> {
    let mut after = Vec::with_capacity(names.len());
    let mut next = None;
    for name in names.iter().rev() {
        after.push(next);
        if is_shared(name) {
            next = Some(*name);
        }
    }
    after.reverse();
    let mut before = None;
    let mut found = Vec::new();
    for (index, (name, after)) in names.iter().zip(after).enumerate() {
        if is_shared(name) {
            before = Some(*name);
        } else {
            found.push((index, (before, after)));
        }
    }
    found
}

/// Most names at one place that are compared with each other.
const MOST: usize = 24;

fn pair(
    extra: &[usize],
    missing: &[usize],
    documented: &[Documented<'_>],
    known: &[Known<'_>],
    (is_open, is_apart): (bool, bool),
    found: &mut Alignment,
) {
    let of =
        |extra: usize, missing: usize| Some(evidence(documented.get(extra)?, known.get(missing)?));
    let mut free: Vec<usize> = missing.to_vec();
    let mut left: Vec<usize> = Vec::new();
    // What the names themselves or their types say.
    for one in extra {
        let near = free.iter().copied().take(MOST);
        let best = near
            .filter_map(|other| Some((of(*one, other)?, other)))
            .filter(|(evidence, _)| *evidence >= STRONG)
            .max_by_key(|(evidence, other)| (*evidence, usize::MAX - other));
        if let Some((_, other)) = best {
            found.renamed.push((*one, other));
            free.retain(|free| *free != other);
        } else {
            left.push(*one);
        }
    }
    // One name for one name at the same place.
    if let ([one], [other]) = (left.as_slice(), free.as_slice())
        && let Some(evidence) = of(*one, *other)
        && evidence > AGAINST
        && !(is_open && known.get(*other).is_some_and(|known| !known.is_needed))
        && (!is_apart || documented.len() == 1 && known.len() == 1)
    {
        found.renamed.push((*one, *other));
        return;
    }
    found.extra.extend(left);
    found.missing.extend(free);
}

/// Pairs the names that are left and differ in a letter or two, wherever they stand.
fn anywhere(documented: &[Documented<'_>], known: &[Known<'_>], found: &mut Alignment) {
    if found.extra.len() > MOST || found.missing.len() > MOST {
        return;
    }
    found.extra.sort_unstable();
    for one in std::mem::take(&mut found.extra) {
        let best = found.missing.iter().copied().filter_map(|other| {
            let evidence = evidence(documented.get(one)?, known.get(other)?);
            (evidence >= ALIKE).then_some((evidence, usize::MAX - other))
        });
        if let Some((_, other)) = best.max() {
            let other = usize::MAX - other;
            found.renamed.push((one, other));
            found.missing.retain(|missing| *missing != other);
        } else {
            found.extra.push(one);
        }
    }
}

/// Not the same.
const AGAINST: u32 = 0;
/// The same, whatever else there is.
const STRONG: u32 = 50;
/// The same, even at another place.
const ALIKE: u32 = 80;

/// How much speaks for two names being one thing.
fn evidence(documented: &Documented<'_>, known: &Known<'_>) -> u32 {
    let names = similarity(documented.name, known.name);
    let is_unlike = documented.stars == 0 && known.stars > 0 && names < 70;
    if is_unlike || documented.stars > 0 && documented.stars != known.stars {
        return AGAINST;
    }
    let types = documented.ty.zip(known.ty).map(|(one, other)| likeness(one, other));
    match types {
        Some(Likeness::Different) if names < 60 => AGAINST,
        Some(Likeness::Different) => names / 2,
        Some(Likeness::Same) => names.max(10) + 10,
        _ => names.max(10),
    }
}

/// How alike two names are, in percent.
pub(super) fn similarity(one: &str, other: &str) -> u32 {
    let (one, other) = (one.trim_matches('_'), other.trim_matches('_'));
    let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    if one.is_empty() || other.is_empty() || one.len().max(other.len()) > 80 {
        return 0;
    }
    let squeezed = |name: &str| name.replace('_', "");
    if squeezed(&one) == squeezed(&other) {
        return 100;
    }
    // A word in common: `timeout`, `read_timeout`.
    let words: Vec<&str> = one.split('_').filter(|word| word.len() > 2).collect();
    let shared = other.split('_').filter(|word| words.contains(word)).count();
    let is_abbreviated =
        one.len().min(other.len()) >= 3 && (one.starts_with(&other) || other.starts_with(&one));
    let by_words = if shared > 0 || is_abbreviated { 60 } else { 0 };
    let length = one.chars().count().max(other.chars().count());
    let distance = distance(&one, &other);
    let share = (length.saturating_sub(distance)) * 100 / length;
    // Short names are alike by chance.
    let by_letters = if length < 4 { 0 } else { u32::try_from(share).unwrap_or(0) };
    by_words.max(if by_letters >= 60 { by_letters } else { by_letters / 2 })
}

/// Letters that have to change, come or go (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, c) in one.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, d) in row.iter_mut().skip(1).zip(&other) {
            let replaced = diagonal + usize::from(c != *d);
            diagonal = *cell;
            left = replaced.min(left + 1).min(diagonal + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Alignment, Documented, Known, align, similarity};

    /// Names with a type behind a colon.
    fn check(documented: &[&str], known: &[&str], expected: &str) {
        fn parts(text: &str) -> (&str, Option<&str>, usize) {
            let (name, ty) = text.split_once(':').map_or((text, None), |(n, t)| (n, Some(t)));
            let bare = name.trim_start_matches('*');
            (bare, ty, name.len() - bare.len())
        }
        let one: Vec<Documented<'_>> = documented
            .iter()
            .map(|text| parts(text))
            .map(|(name, ty, stars)| Documented { name, ty, stars })
            .collect();
        let other: Vec<Known<'_>> = known
            .iter()
            .map(|text| parts(text))
            .map(|(name, ty, stars)| Known { name, ty, stars, is_needed: true })
            .collect();
        let Alignment { extra, missing, renamed } = align(&one, &other, false);
        let extra = extra.iter().map(|at| format!("-{}", one[*at].name));
        let missing = missing.iter().map(|at| format!("+{}", other[*at].name));
        let renamed = renamed.iter().map(|(a, b)| format!("{}>{}", one[*a].name, other[*b].name));
        let all: Vec<String> = extra.chain(missing).chain(renamed).collect();
        assert_eq!(all.join(" "), expected);
    }

    #[test]
    fn place_and_likeness_tell_a_new_name() {
        check(&["a", "b", "c"], &["a", "x", "c"], "b>x");
        check(&["a"], &["b"], "a>b");
        check(&["a", "time_out"], &["timeout", "a"], "time_out>timeout");
        check(&["a", "size"], &["length", "a"], "-size +length");
        check(
            &["a", "timeout", "size"],
            &["a", "read_timeout", "length"],
            "timeout>read_timeout size>length",
        );
    }

    #[test]
    fn what_speaks_against_it_is_heard() {
        check(&["a", "b:int", "c"], &["a", "x:str", "c"], "-b +x");
        check(&["a", "b"], &["a", "*args"], "-b +args");
        check(&["a", "b", "c"], &["a", "c", "x"], "-b +x");
        check(&["x", "y"], &["count", "names"], "-x -y +count +names");
    }

    #[test]
    fn likeness_of_names() {
        assert_eq!(similarity("fileName", "file_name"), 100);
        assert!(similarity("timeout", "read_timeout") >= 50);
        assert!(similarity("encoding", "encodings") >= 50);
        assert!(similarity("path", "limit") < 50);
    }
}
