//! A bucket of tokens that is filled by events and not by time: what may be spent on
//! second calls in proportion to first ones.

use std::sync::{Mutex, PoisonError};

/// Earned by each question, spent by each second call for one.
#[derive(Debug)]
pub(crate) struct Allowance {
    most: f64,
    left: Mutex<f64>,
}

impl Allowance {
    /// A full bucket.
    pub(crate) fn full(most: f64) -> Self {
        Self { most, left: Mutex::new(most) }
    }

    /// Puts something in.
    pub(crate) fn earn(&self, amount: f64) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + amount).min(self.most);
    }

    /// Takes a token; whether there was one.
    pub(crate) fn spend(&self) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let has = *left >= 1.0;
        if has {
            *left -= 1.0;
        }
        has
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spends_what_was_earned_and_no_more() {
        let allowance = Allowance::full(2.0);
        assert!(allowance.spend() && allowance.spend() && !allowance.spend());
        for _ in 0..9 {
            allowance.earn(0.2);
        }
        assert!(allowance.spend() && !allowance.spend());
        for _ in 0..1_000 {
            allowance.earn(0.2);
        }
        assert!(allowance.spend() && allowance.spend() && !allowance.spend());
    }
}
