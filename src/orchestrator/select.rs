//! Who is asked: the arms in the order in which they should be.
//!
//! The score of an arm is a time in seconds: what it is expected to take to a success,
//! and what its price and the quality of its words are worth in time. Lowest is first.

use super::arm::View;
use super::clock::Random;

/// Seconds that a US dollar is worth: a docstring of a small model costs an eighth of
/// one, of a large model two.
const SECONDS_PER_DOLLAR: f64 = 500.0;
/// Seconds between the best and the worst words.
const SECONDS_PER_QUALITY: f64 = 4.0;
/// Seconds by which the provider that the user prefers may be slower.
const PREFERRED: f64 = 4.0;
/// Seconds by which one that prefers the style may be slower.
const STYLE: f64 = 0.25;
/// Chance may put an arm first only when its median is below this many times the best.
const FAR_SLOWER: f64 = 2.0;

/// An arm that could be asked.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// What is known about it.
    pub(crate) view: View,
    /// See `Capabilities::quality`.
    pub(crate) quality: f64,
    /// The user asks for this provider.
    pub(crate) is_preferred: bool,
    /// It is said to do this style well.
    pub(crate) likes_style: bool,
}

/// The candidates (their indices), best first.
pub(crate) fn rank(candidates: &[Candidate], random: &dyn Random) -> Vec<usize> {
    let fastest_but = |index: usize| {
        let others = candidates.iter().enumerate().filter(|(other, _)| *other != index);
        others.map(|(_, one)| one.view.p50).fold(f64::INFINITY, f64::min)
    };
    let scored = candidates.iter().enumerate();
    let scored = scored.map(|(index, one)| (score(one, fastest_but(index), random), index));
    let mut scored: Vec<(f64, usize)> = scored.collect();
    // Equal scores keep the order of the configuration.
    scored.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    scored.into_iter().map(|(_, index)| index).collect()
}

/// The score, given the median of the fastest of the others.
fn score(candidate: &Candidate, other: f64, random: &dyn Random) -> f64 {
    let View { mut p50, doubt, failing, beta: (good, bad), cost, .. } = candidate.view;
    let mut rate = good / (good + bad);
    // Chance may lift an arm that little is known of, so that it is tried now and then,
    // unless it is far slower.
    let drawn = (random.beta(good, bad), (doubt * normal(random)).exp());
    if p50 < FAR_SLOWER * other {
        rate = drawn.0;
        p50 *= drawn.1;
    }
    // A failure takes its own time and then another arm's, instead of this one's.
    let other = if other.is_finite() { other } else { p50 };
    let penalty = (failing + other - p50).clamp((other / 4.0).min(15.0), 15.0);
    let mut score = p50 + (1.0 - rate) * penalty;
    score += cost * SECONDS_PER_DOLLAR + (1.0 - candidate.quality) * SECONDS_PER_QUALITY;
    if candidate.is_preferred {
        score -= PREFERRED;
    }
    if candidate.likes_style {
        score -= STYLE;
    }
    score
}

/// About a standard normal draw, within three.
fn normal(random: &dyn Random) -> f64 {
    2.0 * (random.unit() + random.unit() + random.unit() - 1.5)
}

#[cfg(test)]
mod tests {
    use super::super::arm::Readiness;
    use super::super::clock::Seeded;
    use super::*;

    /// Says the mean: no chance at all.
    struct Mean;

    impl Random for Mean {
        fn unit(&self) -> f64 {
            0.5
        }

        fn beta(&self, a: f64, b: f64) -> f64 {
            a / (a + b)
        }
    }

    fn candidate(p50: f64, rate: f64, cost: f64) -> Candidate {
        let view = View {
            readiness: Readiness::Ready,
            p50,
            doubt: 0.0,
            p90: p50 * 1.6,
            hedge_after: p50 * 1.6,
            beta: (rate * 50.0, (1.0 - rate) * 50.0),
            cost,
            slack: 1.0,
            failing: p50,
            is_at_ease: true,
            is_due: false,
        };
        Candidate { view, quality: 0.6, is_preferred: false, likes_style: false }
    }

    #[test]
    fn the_fast_the_sound_and_the_cheap_come_first() {
        let fast = candidate(1.0, 0.95, 0.0);
        let slow = candidate(3.0, 0.95, 0.0);
        assert_eq!(rank(&[slow.clone(), fast.clone()], &Mean), [1, 0]);
        let shaky = candidate(1.0, 0.3, 0.0);
        assert_eq!(rank(&[shaky, candidate(1.6, 0.95, 0.0)], &Mean), [1, 0]);
        let dear = candidate(1.0, 0.95, 0.01);
        assert_eq!(rank(&[dear, slow], &Mean), [1, 0]);
    }

    #[test]
    fn a_preference_counts_but_is_no_trump() {
        let preferred = Candidate { is_preferred: true, ..candidate(3.0, 0.9, 0.0) };
        assert_eq!(rank(&[candidate(1.0, 0.9, 0.0), preferred], &Mean), [1, 0]);
        let hopeless = Candidate { is_preferred: true, ..candidate(20.0, 0.1, 0.0) };
        assert_eq!(rank(&[candidate(1.0, 0.9, 0.0), hopeless], &Mean), [0, 1]);
    }

    #[test]
    fn chance_explores_what_is_near_and_not_what_is_far() {
        let random = Seeded::new(7);
        let mut unknown = candidate(1.3, 0.9, 0.0);
        unknown.view.beta = (9.0, 1.0);
        let mut far = candidate(6.0, 0.9, 0.0);
        far.view.beta = (9.0, 1.0);
        let mut near_known = candidate(1.2, 0.8, 0.0);
        near_known.view.beta = (80.0, 20.0);
        let candidates = [near_known, unknown, far];
        let mut first = [0; 3];
        for _ in 0..300 {
            first[rank(&candidates, &random)[0]] += 1;
        }
        assert!(first[0] > 0 && first[1] > 0 && first[2] == 0, "{first:?}");
    }
}
