//! Changes the signatures of documented functions, brings the docstrings up to date, and
//! checks that they agree again and that nothing else of them has changed.
//!
//! Shared by the suite, which runs it over generated sources, and `benches/update.rs`,
//! which runs it over a folder of real ones.
#![allow(dead_code, unreachable_pub, reason = "each of the two uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use std::ops::Range;

use docstring_ls::docstring::{Drift, Language, ParamKind, SectionKind, Symbol, SymbolPath, apply};
use docstring_ls::generate::{self, Failure, Options, Skip};
use docstring_ls::orchestrator::Orchestrator;
use docstring_ls::style::{self, Map, STYLES};
use docstring_ls::syntax::Source;
use futures_util::FutureExt;

/// What is done to a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutation {
    Add,
    Remove,
    Rename,
    Reorder,
}

pub const MUTATIONS: [Mutation; 4] =
    [Mutation::Add, Mutation::Remove, Mutation::Rename, Mutation::Reorder];

/// A small generator of numbers: the same for the same seed on every machine.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn of(text: &str) -> Self {
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self::new(hash)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }
}

/// A parameter as it is written.
#[derive(Clone, Debug)]
struct Piece {
    /// The part between two commas.
    range: Range<usize>,
    name: String,
    has_default: bool,
}

/// The parameters of a function, receiver included.
fn pieces(text: &str, symbol: &Symbol) -> Option<Vec<Piece>> {
    let open = symbol.name_range.end + text.get(symbol.name_range.end..)?.find('(')?;
    // Not the brackets of type parameters in between.
    if text.get(symbol.name_range.end..open)?.trim() != "" {
        return None;
    }
    let (mut depth, mut start, mut quote) = (0usize, open + 1, None);
    let mut ranges = Vec::new();
    let mut end = None;
    for (at, c) in text.get(open..symbol.header.end)?.char_indices() {
        let at = open + at;
        match (quote, c) {
            (_, '#' | '\\') => return None,
            (Some(q), c) => quote = Some(q).filter(|q| *q != c),
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => {
                depth -= 1;
                if depth == 0 {
                    end = Some(at);
                    break;
                }
            }
            (None, ',') if depth == 1 => {
                ranges.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    let end = end?;
    if !text.get(start..end)?.trim().is_empty() {
        ranges.push(start..end);
    }
    let pieces = ranges.into_iter().map(|range| {
        let piece = text.get(range.clone()).unwrap_or_default().trim();
        let name = piece.split([':', '=']).next().unwrap_or_default().trim().to_owned();
        // The default stands behind an `=` outside of all brackets.
        let mut depth = 0i32;
        let has_default = piece.chars().any(|c| {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                _ => {}
            }
            c == '=' && depth == 0
        });
        Piece { range, name, has_default }
    });
    Some(pieces.collect())
}

fn is_plain(piece: &Piece) -> bool {
    let name = &piece.name;
    name.starts_with(|c: char| c.is_alphabetic())
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The names that a docstring documents as parameters, in order, without stars.
pub fn documented(map: &Map) -> Vec<String> {
    let sections = map.sections.iter().filter(|one| one.kind == SectionKind::Parameters);
    sections.flat_map(style::MappedSection::names).map(|name| name.bare().to_owned()).collect()
}

/// The names that a docstring has to document, in order.
fn wanted(symbol: &Symbol) -> Vec<String> {
    symbol.signature.params.iter().map(|param| param.name.clone()).collect()
}

/// The map of a docstring in the style that is written in.
pub fn map_of(text: &str) -> Map {
    let lines: Vec<&str> = text.split('\n').collect();
    let styles = STYLES.iter().filter(|style| style.language() == Language::Python);
    let best = styles.max_by_key(|style| style.score(text)).unwrap();
    best.map(&lines)
}

/// A function whose signature was changed.
pub struct Mutated {
    pub path: SymbolPath,
    pub mutation: Mutation,
    /// The parameter that it is about.
    pub name: String,
    pub before: String,
    pub text: String,
}

/// Changes the signature of `symbol`; `None` where that is not possible.
pub fn mutate(text: &str, symbol: &Symbol, mutation: Mutation, dice: &mut Dice) -> Option<Mutated> {
    let pieces = pieces(text, symbol)?;
    let known = documented(&map_of(&symbol.existing.as_ref()?.text));
    let plain: Vec<usize> = (0..pieces.len())
        .filter(|at| is_plain(&pieces[*at]) && known.contains(&pieces[*at].name))
        .collect();
    if plain.is_empty() {
        return None;
    }
    let chosen = plain[dice.below(plain.len())];
    let piece = &pieces[chosen];
    let raw = text.get(piece.range.clone())?;
    let lead = raw.len() - raw.trim_start().len();
    // Whatever is not among the parameters may still be meant for `**kwargs`.
    let is_open = symbol.signature.params.iter().any(|param| param.kind == ParamKind::VarKeyword);
    if is_open && matches!(mutation, Mutation::Remove | Mutation::Rename) {
        return None;
    }
    let new_name = ["fresh_setting", "limit_factor", "zeta"][dice.below(3)].to_owned();
    if pieces.iter().any(|piece| piece.name.trim_start_matches('*') == new_name) {
        return None;
    }
    let (range, new, name) = match mutation {
        Mutation::Rename => {
            let start = piece.range.start + lead;
            let new_name = match dice.below(2) {
                0 => format!("new_{}", piece.name),
                _ => new_name,
            };
            (start..start + piece.name.len(), new_name.clone(), new_name)
        }
        Mutation::Remove => {
            let end = pieces.get(chosen + 1).map_or(piece.range.end, |next| next.range.start);
            let start = if pieces.len() == chosen + 1 && chosen > 0 {
                pieces[chosen - 1].range.end
            } else {
                piece.range.start
            };
            // `/` and `*` must not be left alone.
            let is_marked = |at: Option<usize>| {
                at.and_then(|at| pieces.get(at)).is_some_and(|one| matches!(&*one.name, "/" | "*"))
            };
            if is_marked(chosen.checked_sub(1)) || is_marked(Some(chosen + 1)) {
                return None;
            }
            (start..end, String::new(), piece.name.clone())
        }
        Mutation::Add => {
            // Behind a parameter, where only such follow that have a default, too.
            let rest = pieces.iter().skip(chosen + 1);
            let mut rest = rest.take_while(|next| !next.name.starts_with('*'));
            if rest.any(|next| !next.has_default || next.name == "/") {
                return None;
            }
            let space =
                if text.get(piece.range.clone())?.contains('\n') { "\n        " } else { " " };
            (piece.range.end..piece.range.end, format!(",{space}{new_name}=None"), new_name)
        }
        Mutation::Reorder => {
            let other = plain.iter().copied().find(|at| *at > chosen)?;
            let between = &pieces[chosen..=other];
            let is_free =
                between.iter().all(|one| is_plain(one) && one.has_default == piece.has_default);
            if !is_free {
                return None;
            }
            let (one, two) = (pieces[chosen].range.clone(), pieces[other].range.clone());
            let (first, second) = (text.get(one.clone())?.trim(), text.get(two.clone())?.trim());
            let whole = text.get(one.start..two.end)?;
            let at = |range: &Range<usize>, part: &str| {
                let raw = text.get(range.clone()).unwrap_or_default();
                let lead = raw.len() - raw.trim_start().len();
                range.start + lead - one.start..range.start + lead - one.start + part.len()
            };
            let (a, b) = (at(&one, first), at(&two, second));
            let new = [&whole[..a.start], second, &whole[a.end..b.start], first, &whole[b.end..]];
            (one.start..two.end, new.concat(), piece.name.clone())
        }
    };
    let mut after = text.to_owned();
    after.replace_range(range, &new);
    Some(Mutated {
        path: symbol.path.clone(),
        mutation,
        name,
        before: text.to_owned(),
        text: after,
    })
}

/// How an update ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be; the file afterwards.
    Good(String),
    /// Refused, with the reason.
    Refused(String),
    /// The docstring does not agree with the signature.
    Disagrees(String),
    /// Something else changed, too.
    Touched(String),
    /// A second update changes something again.
    Restless(String),
}

/// Updates a mutated function and judges the outcome.
pub fn judge(mutated: &Mutated, options: &Options, orchestrator: &Orchestrator) -> Option<Verdict> {
    let source = Source::parse(Language::Python, "m.py", mutated.text.as_str().into()).ok()?;
    // Some mutations are no code (a default before none).
    source.verify(&[]).ok()?;
    let symbol = source.symbol(&mutated.path)?;
    let existing = symbol.existing.clone()?;
    let wanted = wanted(&symbol);
    let updated = generate::update(&source, symbol, options, orchestrator).now_or_never()?;
    let updated = match updated {
        Ok(updated) => updated,
        Err(Failure::Skipped(Skip::UpToDate)) => {
            return Some(Verdict::Disagrees("nothing was found".to_owned()));
        }
        Err(error) => return Some(Verdict::Refused(error.to_string())),
    };
    let after = apply(&mutated.text, &updated.edits).unwrap();
    let again = Source::parse(Language::Python, "m.py", after.as_str().into()).unwrap();
    let symbol = again.symbol(&mutated.path).unwrap();
    let text = symbol.existing.clone().unwrap();
    if text.text != updated.text {
        return Some(Verdict::Touched("the text is not the one that was announced".to_owned()));
    }
    let names = documented(&map_of(&text.text));
    let expected: Vec<String> =
        wanted.iter().filter(|name| names.contains(name)).cloned().collect();
    let is_there = names.contains(&mutated.name);
    let is_right = match mutated.mutation {
        Mutation::Remove => !is_there,
        _ => is_there,
    };
    let known: Vec<String> = names.iter().filter(|name| wanted.contains(name)).cloned().collect();
    if !is_right || known != expected {
        return Some(Verdict::Disagrees(format!("{names:?} for {wanted:?}")));
    }
    let old = &mutated.text[existing.range.clone()];
    let new = &after[text.range.clone()];
    if let Err(why) = untouched(old, new, &existing.text, mutated, &updated.drift) {
        return Some(Verdict::Touched(why));
    }
    let left = generate::drift(&again, &symbol, options);
    if !left.is_empty() {
        return Some(Verdict::Restless(format!("{left:?}")));
    }
    Some(Verdict::Good(after))
}

/// Whether every line that is not about the mutated parameter is there with every byte.
fn untouched(
    old: &str,
    new: &str,
    text: &str,
    mutated: &Mutated,
    drift: &[Drift],
) -> Result<(), String> {
    // More than the mutation was wrong: that is another test.
    if drift.iter().filter(|one| !matches!(one, Drift::Reordered { .. })).count() > 1 {
        return Ok(());
    }
    let before: Vec<&str> = old.split('\n').collect();
    let after: Vec<&str> = new.split('\n').collect();
    let missing = |from: &[&str], to: &[&str]| -> Vec<String> {
        let mut to: Vec<&str> = to.to_vec();
        let mut gone = Vec::new();
        for line in from {
            match to.iter().position(|other| other == line) {
                Some(at) => {
                    to.remove(at);
                }
                None => gone.push((*line).to_owned()),
            }
        }
        gone
    };
    let lines: Vec<&str> = text.split('\n').collect();
    let map = map_of(text);
    // The lines of the entry in the old docstring.
    let own = |name: &str| -> Vec<&str> {
        let items = map.sections.iter().filter(|one| one.kind == SectionKind::Parameters);
        let mut items = items.flat_map(|one| &one.items);
        let item = items.find(|item| item.names.iter().any(|one| one.bare() == name));
        let parts = item.map(|item| item.parts.clone()).unwrap_or_default();
        parts.into_iter().flatten().map(|line| lines[line].trim()).collect()
    };
    let gone = missing(&before, &after);
    let come = missing(&after, &before);
    match mutated.mutation {
        Mutation::Reorder => {
            if !gone.is_empty() || !come.is_empty() {
                return Err(format!("{gone:?} became {come:?}"));
            }
        }
        Mutation::Add => {
            if !gone.is_empty() {
                return Err(format!("{gone:?} went"));
            }
            subsequence(&before, &after)?;
        }
        Mutation::Remove => {
            let own = own(&mutated.name);
            // Escapes and quotes are not in the text that the entry is known by.
            let bare = |line: &str| line.replace(['\\', '"', '\'', '\r', ' '], "");
            let is_own = |line: &String| {
                bare(line).is_empty()
                    || own.iter().any(|own| bare(line) == bare(own))
                    || map
                        .sections
                        .iter()
                        .any(|one| one.heading.clone().any(|at| lines[at].trim() == line.trim()))
            };
            // Names that share an entry leave it to the others.
            let shares = map.sections.iter().flat_map(|one| &one.items).any(|item| {
                item.names.len() > 1 && item.names.iter().any(|one| one.bare() == mutated.name)
            });
            // What takes the place behind the opening quotes loses its margin.
            let is_moved = come.len() == 1 && come[0].starts_with("\"\"\"");
            if !shares && !is_moved && (!gone.iter().all(is_own) || !come.is_empty()) {
                return Err(format!("{gone:?} went for {own:?}, {come:?} came"));
            }
            if !shares && !is_moved {
                subsequence(&after, &before)?;
            }
        }
        Mutation::Rename => {
            if before.len() != after.len() || gone.len() != come.len() {
                return Err(format!("{gone:?} became {come:?}"));
            }
            for (one, other) in gone.iter().zip(&come) {
                if !other.contains(&mutated.name) || is_far(one, other, &mutated.name) {
                    return Err(format!("{one:?} became {other:?}"));
                }
            }
        }
    }
    Ok(())
}

/// Whether two lines differ in more than one word, or `name` is not what the new one has.
fn is_far(one: &str, other: &str, name: &str) -> bool {
    let start = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one.as_bytes()[start..], &other.as_bytes()[start..]);
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let changed = &other[..other.len() - end];
    changed.len() > name.len() + 1
}

fn subsequence(short: &[&str], long: &[&str]) -> Result<(), String> {
    let mut rest = long.iter();
    match short.iter().find(|line| !rest.any(|other| other == *line)) {
        Some(line) => Err(format!("{line:?} is not in its place")),
        None => Ok(()),
    }
}

/// Whether the docstring documents parameters, and agrees with the signature.
pub fn agrees(source: &Source, symbol: &Symbol, options: &Options) -> bool {
    let Some(existing) = &symbol.existing else { return false };
    let names = documented(&map_of(&existing.text));
    let mut unique = names.clone();
    unique.sort_unstable();
    unique.dedup();
    // Some docstrings describe one of many parameters on purpose, or one of them twice.
    let params = &symbol.signature.params;
    let is_partial = params.len() > 4 && names.len() * 3 < params.len();
    !names.is_empty()
        && unique.len() == names.len()
        && !is_partial
        && generate::drift(source, symbol, options).is_empty()
}

/// What an update is judged with.
pub fn options() -> Options {
    Options::new(style::by_id("google").unwrap())
}
