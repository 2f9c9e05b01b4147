//! From what was made to what stands in the editor.
//!
//! Each try works on the newest text: symbols are found again, edits are moved or given
//! up, and everything is proven. Edits of one document take turns. An editor that refuses
//! because the text moved is asked again; one that refuses for another reason is not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Task;
use super::place::{self, Place};
use crate::docstring::{Edit, Symbol, SymbolPath, apply};
use crate::server::document::Snapshot;
use crate::server::edits::{confirmed_edit, workspace_edit};
use crate::server::panics;
use crate::server::session::{Ready, Session};
use crate::syntax::Source;

/// How long the user may take to confirm an edit.
const CONFIRM: Duration = Duration::from_mins(2);
/// How long an editor is asked again to take an edit while its text changes.
const PATIENCE: Duration = Duration::from_secs(30);
/// The first pause between two tries, and the longest.
const PAUSE: Duration = Duration::from_millis(25);
const LONGEST: Duration = Duration::from_secs(1);
/// How long code may be broken before what cannot be placed in it is given up.
const MENDED: Duration = Duration::from_secs(10);
/// Edits that are made in vain because the text changed meanwhile, before one is sent all
/// the same.
const FUTILE: usize = 3;
/// Looks for a newer version: how often, and how far apart.
const LOOKS: usize = 20;
const LOOK: Duration = Duration::from_millis(25);
/// Bytes that may be parsed to prove edits one by one.
const PROOF: usize = 8 * 1024 * 1024;

/// A docstring that was made, and for what.
pub(super) struct Made {
    pub(super) place: Place,
    pub(super) change: Change,
}

/// What it does to the text.
pub(super) enum Change {
    /// It is put where there is none.
    Insert {
        /// The rendered docstring.
        text: String,
        /// The change of the text that it was made for.
        edit: Edit,
    },
    /// It changes the one that is there.
    Rewrite {
        /// Where that one begins.
        start: usize,
        /// The changes of the text that it was made for.
        edits: Vec<Edit>,
    },
}

impl Change {
    /// A change of the docstring that `symbol` has, or a new one.
    pub(super) fn of(symbol: Option<usize>, text: String, edit: Edit) -> Self {
        match symbol {
            Some(start) => Self::Rewrite { start, edits: vec![edit] },
            None => Self::Insert { text, edit },
        }
    }

    fn edits(&self) -> Vec<Edit> {
        match self {
            Self::Insert { edit, .. } => vec![edit.clone()],
            Self::Rewrite { edits, .. } => edits.clone(),
        }
    }

    /// The same change in `now`, where its symbol is `symbol`.
    fn moved(&self, base: &str, now: &Source, symbol: &Symbol) -> Option<Vec<Edit>> {
        match self {
            Self::Insert { text, .. } => match symbol.existing {
                Some(_) => None,
                None => Some(vec![now.insertion(symbol, text).ok()?]),
            },
            Self::Rewrite { start, edits } => {
                let to = symbol.existing.as_ref()?.range.start;
                let window = window(base, *start, edits)?;
                let shift = |at: usize| (at + to).checked_sub(*start);
                let there = shift(window.start)?..shift(window.end)?;
                // A docstring that was touched meanwhile belongs to who touched it.
                if base.get(window)? != now.text().get(there)? {
                    return None;
                }
                let shifted = edits.iter().map(|edit| {
                    let range = shift(edit.range.start)?..shift(edit.range.end)?;
                    Some(Edit { range, text: edit.text.clone() })
                });
                shifted.collect()
            }
        }
    }
}

/// The lines that `edits` change.
fn window(text: &str, start: usize, edits: &[Edit]) -> Option<std::ops::Range<usize>> {
    let first = edits.iter().map(|edit| edit.range.start).min()?.min(start);
    let last = edits.iter().map(|edit| edit.range.end).max()?.max(start);
    let begin = text.get(..first)?.rfind(['\n', '\r']).map_or(0, |newline| newline + 1);
    let end = text.get(last..)?.find(['\n', '\r']).map_or(text.len(), |newline| last + newline);
    Some(begin..end)
}

/// What became of what was made.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    pub(super) applied: usize,
    /// The code changed too much.
    pub(super) dropped: Vec<SymbolPath>,
    /// The editor did not take the rest, and perhaps said why.
    pub(super) refused: Option<String>,
}

/// Brings docstrings into one document.
pub(super) struct Delivery {
    pub(super) session: Arc<Session>,
    /// The text that they were made for.
    pub(super) ready: Ready,
    pub(super) task: Task,
    /// The user wants to confirm each.
    pub(super) confirm: bool,
}

/// Edits that are proven, and which of what was made they are.
#[derive(Default)]
struct Proven {
    kept: Vec<usize>,
    edits: Vec<Edit>,
    /// The text has syntax errors.
    is_broken: bool,
}

impl Delivery {
    /// Sends one edit; `on_its_way` is called when it has left.
    pub(super) async fn send(&self, made: Vec<Made>, on_its_way: impl FnOnce()) -> Delivered {
        let made = Arc::new(made);
        let mut on_its_way = Some(on_its_way);
        let mut delivered = Delivered::default();
        let uri = &self.ready.snapshot.uri;
        let began = Instant::now();
        let (mut pause, mut futile) = (PAUSE, 0);
        loop {
            let mut turn = self.session.jobs.turn(uri).await;
            // A document that was closed needs nothing, and nobody wants to hear of it.
            let Some(mut now) = self.session.snapshot(uri) else { return Delivered::default() };
            while turn.is_unsettled(now.version) {
                tokio::time::sleep(LOOK).await;
                let Some(newer) = self.session.snapshot(uri) else { return Delivered::default() };
                now = newer;
            }
            let Proven { kept, edits, is_broken } = self.edits(&now, &made).await;
            // Somebody is in the middle of a line.
            if kept.len() < made.len() && is_broken && began.elapsed() < MENDED {
                drop(turn);
                self.moves_on(&now).await;
                continue;
            }
            if kept.is_empty() {
                delivered.dropped = made.iter().map(|made| made.place.path().clone()).collect();
                delivered.refused = None;
                return delivered;
            }
            if futile < FUTILE && !self.is_newest(&now) {
                futile += 1;
                continue;
            }
            futile = 0;
            let params = self.params(&now, &made, &kept, &edits);
            let sent = || {
                if let Some(on_its_way) = on_its_way.take() {
                    on_its_way();
                }
            };
            let client = &self.session.client;
            match client.request("workspace/applyEdit", params, CONFIRM, sent).await {
                Ok(answer) if answer.get("applied") == Some(&Value::Bool(true)) => {
                    turn.applied(now.version);
                    delivered.refused = None;
                    delivered.applied = kept.len();
                    let is_dropped = |(at, _): &(usize, &Made)| !kept.contains(at);
                    let dropped = made.iter().enumerate().filter(is_dropped);
                    delivered.dropped =
                        dropped.map(|(_, made)| made.place.path().clone()).collect();
                    return delivered;
                }
                Ok(answer) => {
                    let why = answer.get("failureReason").and_then(Value::as_str);
                    delivered.refused = Some(why.unwrap_or_default().to_owned());
                }
                Err(error) => {
                    delivered.refused = Some(error.to_string());
                    return delivered;
                }
            }
            drop(turn);
            if began.elapsed() >= PATIENCE || !self.moves_on(&now).await {
                return delivered;
            }
            // Some editors tell their user of each refusal.
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    fn is_newest(&self, snapshot: &Snapshot) -> bool {
        let newest = self.session.snapshot(&snapshot.uri);
        newest.is_none_or(|newest| newest.version == snapshot.version)
    }

    /// Whether there is a newer version than `snapshot`, or will be in a moment.
    async fn moves_on(&self, snapshot: &Snapshot) -> bool {
        for _ in 0..LOOKS {
            match self.session.snapshot(&snapshot.uri) {
                Some(now) if now.version == snapshot.version => tokio::time::sleep(LOOK).await,
                _ => return true,
            }
        }
        false
    }

    /// The edits for the text as it is now.
    async fn edits(&self, now: &Snapshot, made: &Arc<Vec<Made>>) -> Proven {
        let base = self.ready.source.clone();
        let source = if Arc::ptr_eq(now.text(), base.text()) {
            base.clone()
        } else {
            match now.source(&self.session.workshop).await {
                Some(source) => source,
                None => return Proven::default(),
            }
        };
        let made = Arc::clone(made);
        let proven = panics::blocking(move || proven(&source, candidates(&base, &source, &made)));
        proven.await.unwrap_or_default()
    }

    fn params(&self, now: &Snapshot, made: &[Made], kept: &[usize], edits: &[Edit]) -> Value {
        let verb = self.task.verb();
        let label = match kept {
            [one] => {
                let path = made.get(*one).map(|made| made.place.path().to_string());
                format!("{verb} docstring of {}", path.unwrap_or_default())
            }
            _ => format!("{verb} {} docstrings", kept.len()),
        };
        let features = self.session.features();
        let edit = if self.confirm {
            confirmed_edit(now, features, edits, &label)
        } else {
            workspace_edit(now, features, edits)
        };
        json!({"label": label, "edit": edit})
    }
}

/// The edits of each of `made` in `source`, those left out that cannot be moved there.
fn candidates(base: &Source, source: &Source, made: &[Made]) -> Vec<(usize, Vec<Edit>)> {
    if Arc::ptr_eq(base.text(), source.text()) {
        return made.iter().map(|made| made.change.edits()).enumerate().collect();
    }
    let places: Vec<&Place> = made.iter().map(|made| &made.place).collect();
    let symbols = place::find(source, &places);
    let mut taken = std::collections::HashSet::new();
    let moved = made.iter().zip(&symbols).enumerate().filter_map(|(index, (made, symbol))| {
        let symbol = symbol.as_ref()?;
        let edits = made.change.moved(base.text(), source, symbol)?;
        taken.insert(&symbol.path).then_some((index, edits))
    });
    moved.collect()
}

/// Those that the edit guard lets pass: all together if it can be, else one by one. The
/// latter also finds a way in a file that somebody is typing in.
fn proven(source: &Source, candidates: Vec<(usize, Vec<Edit>)>) -> Proven {
    let edits: Vec<Edit> = candidates.iter().flat_map(|(_, edits)| edits.clone()).collect();
    let is_broken = source.has_errors();
    if source.verify(&edits).is_ok() {
        let kept = candidates.into_iter().map(|(index, _)| index).collect();
        return Proven { kept, edits, is_broken };
    }
    let mut order = candidates;
    // From the end: what comes before stays where it is.
    let begin = |edits: &[Edit]| edits.iter().map(|edit| edit.range.start).min();
    order.sort_by_key(|(_, edits)| std::cmp::Reverse(begin(edits)));
    let most = PROOF / source.text().len().max(1);
    let mut now = source.clone();
    let mut proven = Proven { is_broken, ..Proven::default() };
    for (index, edits) in order.into_iter().take(most.clamp(1, 256)) {
        let Some(after) = spanning(now.text(), &edits).and_then(|edit| now.verify(&[edit]).ok())
        else {
            continue;
        };
        let Ok(next) = Source::parse(source.language(), source.name(), after.into()) else {
            break;
        };
        now = next;
        proven.kept.push(index);
        proven.edits.extend(edits);
    }
    proven
}

/// One edit that does what `edits` do: it is proven in its own surroundings.
fn spanning(text: &str, edits: &[Edit]) -> Option<Edit> {
    let start = edits.iter().map(|edit| edit.range.start).min()?;
    let end = edits.iter().map(|edit| edit.range.end).max()?;
    let within = text.get(start..end)?;
    let shifted: Option<Vec<Edit>> = edits
        .iter()
        .map(|edit| {
            let range = edit.range.start - start..edit.range.end.checked_sub(start)?;
            Some(Edit { range, text: edit.text.clone() })
        })
        .collect();
    Some(Edit { range: start..end, text: apply(within, &shifted?)? })
}

#[cfg(test)]
mod tests {
    use super::{Change, Made, Place, candidates, proven};
    use crate::docstring::{Edit, Language, SymbolPath, apply};
    use crate::syntax::Source;

    fn parse(text: &str) -> Source {
        Source::parse(Language::Python, "m.py", text.into()).unwrap()
    }

    /// `Do.` for each of `paths`, made in `before` and brought into `after`.
    fn brought(before: &str, paths: &[&str], after: &str) -> String {
        let (base, source) = (parse(before), parse(after));
        let made: Vec<Made> = paths
            .iter()
            .map(|path| {
                let symbol = base.symbol(&SymbolPath((*path).to_owned())).unwrap();
                let edit = base.replacement(&symbol, "Do.").unwrap();
                let start = symbol.existing.as_ref().map(|existing| existing.range.start);
                let place = Place::of(&base, &symbol);
                Made { place, change: Change::of(start, "Do.".to_owned(), edit) }
            })
            .collect();
        let edits: Vec<Edit> = proven(&source, candidates(&base, &source, &made)).edits;
        apply(after, &edits).unwrap()
    }

    #[test]
    fn an_insertion_follows_its_symbol() {
        let before = "def f(a):\n    return a\n\n\ndef g():\n    pass\n";
        let after = "def g():\n    pass\n\n\nx = 1\n\n\ndef f(a):\n    y = 2\n    return y\n";
        insta::assert_snapshot!(brought(before, &["f", "g"], after), @r#"
        def g():
            """Do."""
            pass


        x = 1


        def f(a):
            """Do."""
            y = 2
            return y
        "#);
    }

    #[test]
    fn what_is_documented_meanwhile_is_left_alone() {
        let after = "def f():\n    'Mine.'\n";
        assert_eq!(brought("def f():\n    pass\n", &["f"], after), after);
        let before = "def f():\n    '''Old.'''\n    pass\n";
        let touched = "x = 1\ndef f():\n    '''Older.'''\n    pass\n";
        assert_eq!(brought(before, &["f"], touched), touched);
        let moved = "x = 1\ndef f():\n    '''Old.'''\n    return 5\n";
        let expected = "x = 1\ndef f():\n    \"\"\"Do.\"\"\"\n    return 5\n";
        assert_eq!(brought(before, &["f"], moved), expected);
    }

    #[test]
    fn broken_code_elsewhere_does_not_stop_it() {
        let before = "def f(a):\n    return a\n\n\ndef g():\n    pass\n\n\ndef h():\n    pass\n";
        let after = "def f(a):\n    return (a\n\n\ndef g():\n    pass\n\n\ndef h():\n    pass\n";
        let text = brought(before, &["f", "g", "h"], after);
        assert!(text.starts_with("def f(a):\n    return (a\n\n\ndef g():\n"), "{text}");
        assert!(text.matches("\"\"\"Do.\"\"\"").count() >= 1, "{text}");
    }
}
