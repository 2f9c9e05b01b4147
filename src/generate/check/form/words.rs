//! Near misses: words that were meant to be others.

/// The candidate that `word` was meant to be: one slip away for short words, two for others,
/// with the same first letter.
pub(super) fn meant<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    // Longer than any of ours, and costly to compare.
    if word.len() > 24 || candidates.contains(&word) {
        return None;
    }
    let slips = if word.chars().count() < 6 { 1 } else { 2 };
    let first = word.chars().next()?;
    candidates
        .iter()
        .filter(|candidate| candidate.starts_with(first))
        .map(|candidate| (distance(word, candidate), *candidate))
        .filter(|(cost, _)| *cost <= slips)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let at = |row: Option<&Vec<usize>>, column: usize| {
                row.and_then(|row| row.get(column)).copied().unwrap_or(usize::MAX / 2)
            };
            let mut cost = (at(rows.get(i), j) + usize::from(a != b))
                .min(at(rows.get(i), j + 1) + 1)
                .min(row.get(j).map_or(usize::MAX / 2, |cost| cost + 1));
            let is_swap =
                i > 0 && j > 0 && left.get(i - 1) == Some(b) && right.get(j - 1) == Some(a);
            if is_swap && a != b {
                cost = cost.min(at(rows.get(i - 1), j - 1) + 1);
            }
            row.push(cost);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn finds_what_was_meant() {
        let words = ["param", "raises", "returns", "return", "rtype", "type", "Args"];
        assert_eq!(meant("parm", &words), Some("param"));
        assert_eq!(meant("params", &words), Some("param"));
        assert_eq!(meant("retruns", &words), Some("returns"));
        assert_eq!(meant("rasies", &words), Some("raises"));
        assert_eq!(meant("Arg", &words), Some("Args"));
        assert_eq!(meant("raises", &words), None);
        assert_eq!(meant("since", &words), None);
        assert_eq!(meant("tyre", &["tree"]), None);
    }
}
