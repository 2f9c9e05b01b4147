//! Every function of the sources below in every style, its signature changed in every way:
//! the docstring agrees again, and no line of another entry has changed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops there")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use docstring_ls::docstring::Language;
use docstring_ls::orchestrator::Orchestrator;
use docstring_ls::provider::Offline;
use docstring_ls::syntax::Source;

mod mutation;

use mutation::{Dice, MUTATIONS, Verdict, judge, mutate, options};

const NAMES: [&str; 8] = ["path", "mode", "size", "timeout", "names", "strict", "_hidden", "key"];
const TYPES: [&str; 5] = ["str", "int", "list[str]", "dict[str, int]", "bool | None"];

/// A function with a docstring in a style, put together at random.
fn function(dice: &mut Dice, index: usize) -> String {
    let count = 1 + dice.below(5);
    let start = dice.below(NAMES.len());
    let names: Vec<&str> = (0..count).map(|at| NAMES[(start + at) % NAMES.len()]).collect();
    let types: Vec<&str> = names.iter().map(|_| TYPES[dice.below(TYPES.len())]).collect();
    let defaults = dice.below(count + 1);
    let is_annotated = dice.below(2) == 0;
    let has_types = dice.below(2) == 0;
    let is_spaced = dice.below(4) == 0;
    let is_long = dice.below(2) == 0;
    let params = names.iter().zip(&types).enumerate().map(|(at, (name, ty))| {
        let annotation = if is_annotated { format!(": {ty}") } else { String::new() };
        let default = if at >= defaults { " = None" } else { "" };
        format!("{name}{annotation}{default}")
    });
    let mut text = format!("def f{index}({}):\n", params.collect::<Vec<_>>().join(", "));
    let quotes = if dice.below(3) == 0 { "'''" } else { "\"\"\"" };
    let prefix = if dice.below(4) == 0 { "r" } else { "" };
    let _ = write!(text, "    {prefix}{quotes}Do  it -- with \"care\".\n\n    - a list\n\n");
    let style = dice.below(5);
    let gap = if is_spaced { "\n" } else { "" };
    let more = if is_long { "\n            and:\n\n            more." } else { "." };
    match style {
        0 => text.push_str("    Args:\n"),
        1 => text.push_str("    Parameters\n    ----------\n"),
        _ => {}
    }
    for (at, (name, ty)) in names.iter().zip(&types).enumerate() {
        if at > 0 {
            text.push_str(gap);
        }
        let ty = Some(ty).filter(|_| has_types);
        let _ = match (style, ty) {
            (0, Some(ty)) => writeln!(text, "        {name} ({ty}): The {name}{more}"),
            (0, None) => writeln!(text, "        {name}: The {name}{more}"),
            (1, Some(ty)) => writeln!(text, "    {name} : {ty}\n        The {name}{more}"),
            (1, None) => writeln!(text, "    {name}\n        The {name}{more}"),
            (2, Some(ty)) => writeln!(text, "    :param {ty} {name}: The {name}{more}"),
            (3, Some(ty)) => {
                writeln!(text, "    :param {name}: The {name}{more}\n    :type {name}: {ty}")
            }
            (2 | 3, None) => writeln!(text, "    :param {name}: The {name}{more}"),
            (_, Some(ty)) => {
                writeln!(text, "    @param {name}: The {name}{more}\n    @type {name}: {ty}")
            }
            (_, None) => writeln!(text, "    @param {name}: The {name}{more}"),
        };
    }
    text.push_str(match style {
        0 => "\n    Raises:\n        OSError: If.\n",
        1 => "\n    Raises\n    ------\n    OSError\n        If.\n",
        2 | 3 => "    :raises OSError: If.\n",
        _ => "    @raise OSError: If.\n",
    });
    let close = if dice.below(3) == 0 { "" } else { "    " };
    if close.is_empty() {
        text.truncate(text.trim_end().len());
    }
    let _ = writeln!(text, "{close}{quotes}\n    open({})\n\n", names[0]);
    text
}

#[test]
fn every_mutation_of_every_function_is_followed() {
    let options = options();
    let orchestrator = Orchestrator::new(vec![Arc::new(Offline::default())]);
    let mut dice = Dice::new(7);
    let mut good: BTreeMap<String, usize> = BTreeMap::new();
    let mut bad = Vec::new();
    for index in 0..120 {
        let newline = if index % 5 == 0 { "\r\n" } else { "\n" };
        let text = function(&mut dice, index).replace('\n', newline);
        let source = Source::parse(Language::Python, "m.py", text.as_str().into()).unwrap();
        let symbol = source.symbols(|outline| outline.documented).remove(0);
        for mutation in MUTATIONS {
            let Some(mutated) = mutate(&text, &symbol, mutation, &mut dice) else { continue };
            match judge(&mutated, &options, &orchestrator) {
                Some(Verdict::Good(_)) => *good.entry(format!("{mutation:?}")).or_default() += 1,
                Some(verdict) => bad.push(format!("{verdict:?}\n{}", mutated.text)),
                None => {}
            }
        }
    }
    assert!(bad.is_empty(), "{} are not good, the first:\n{}", bad.len(), bad[0]);
    assert_eq!(good.len(), MUTATIONS.len(), "{good:?}");
    assert!(good.values().sum::<usize>() > 300, "{good:?}");
}
