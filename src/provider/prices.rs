//! What tokens cost: data, with the two ways in which vendors change a price by the kind
//! of question. A long one costs more from its first token on, and one that may wait for
//! a day costs less.

use serde::Deserialize;

use super::Usage;

/// US dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// Input that was not cached.
    pub input: f64,
    /// Input read from the provider's prompt cache.
    pub cached_input: f64,
    /// Output, reasoning included.
    pub output: f64,
    /// What the same costs in a batch, as a part of it: 0.5 is half.
    pub batch: f64,
    /// Prices of longer questions, in rising order of their length.
    pub above: &'static [LongPrice],
}

/// What questions cost that are longer than a limit: all of their tokens, not only those
/// above it.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongPrice {
    /// Holds for questions of more tokens than this, cached ones included.
    pub tokens: u64,
    /// As in [`Prices`].
    pub input: f64,
    /// As in [`Prices`].
    pub cached_input: f64,
    /// As in [`Prices`].
    pub output: f64,
}

impl Prices {
    /// Prices that are the same for every question.
    pub const fn flat(input: f64, cached_input: f64, output: f64) -> Self {
        Self { input, cached_input, output, batch: 1.0, above: &[] }
    }

    /// The price of one call in US dollars.
    #[expect(clippy::cast_precision_loss, reason = "token counts stay far below 2^52")]
    pub fn cost(&self, usage: Usage) -> f64 {
        let long = self.above.iter().rev().find(|long| usage.input > long.tokens);
        let (input, cached_input, output) = match long {
            Some(long) => (long.input, long.cached_input, long.output),
            None => (self.input, self.cached_input, self.output),
        };
        let fresh = usage.input.saturating_sub(usage.cached_input) as f64 * input;
        let cached = usage.cached_input as f64 * cached_input;
        (fresh + cached + usage.output as f64 * output) / 1e6
    }

    /// The price of one question of a batch in US dollars.
    pub fn batch_cost(&self, usage: Usage) -> f64 {
        self.cost(usage) * self.batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_question_costs_more_from_its_first_token_on() {
        const LONG: [LongPrice; 2] = [
            LongPrice { tokens: 1_000, input: 2.0, cached_input: 0.2, output: 20.0 },
            LongPrice { tokens: 5_000, input: 4.0, cached_input: 0.4, output: 40.0 },
        ];
        let prices = Prices { above: &LONG, batch: 0.5, ..Prices::flat(1.0, 0.1, 10.0) };
        let cost = |input, cached_input| {
            let usage = Usage { input, cached_input, output: 100 };
            format!("{:.0}", prices.cost(usage) * 1e6)
        };
        assert_eq!([cost(1_000, 0), cost(1_000, 400)], ["2000", "1640"]);
        // What was cached counts towards the length.
        assert_eq!([cost(1_001, 1), cost(5_001, 1)], ["4000", "24000"]);
        let usage = Usage { input: 1_000, cached_input: 0, output: 100 };
        assert!((prices.batch_cost(usage) * 2.0 - prices.cost(usage)).abs() < 1e-12);
        assert!((Prices::flat(1.0, 0.1, 10.0).batch_cost(usage) - 0.002).abs() < 1e-12);
    }
}
