//! A ring buffer of fixed size.

use std::fmt;
use std::num::ParseIntError;

#[derive(Debug)]
pub enum RingError {
    Full,
    Parse(ParseIntError),
}

impl fmt::Display for RingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RingError::Full => f.write_str("the ring is full"),
            RingError::Parse(error) => write!(f, "not a number: {error}"),
        }
    }
}

impl std::error::Error for RingError {}

impl From<ParseIntError> for RingError {
    fn from(error: ParseIntError) -> Self {
        RingError::Parse(error)
    }
}

#[derive(Debug, Default)]
pub struct Ring {
    pub name: String,
    slots: Vec<i64>,
    capacity: usize,
}

impl Ring {
    pub const MAX_CAPACITY: usize = 1 << 16;

    pub fn with_capacity(capacity: usize) -> Self {
        assert!(capacity > 0 && capacity <= Self::MAX_CAPACITY, "capacity out of range");
        Self { name: String::new(), slots: Vec::with_capacity(capacity), capacity }
    }

    pub fn push(&mut self, value: i64) -> Result<(), RingError> {
        if self.is_full() {
            return Err(RingError::Full);
        }
        self.slots.push(value);
        Ok(())
    }

    pub fn push_str(&mut self, text: &str) -> Result<i64, RingError> {
        let value = text.trim().parse()?;
        self.push(value)?;
        Ok(value)
    }

    pub fn is_full(&self) -> bool {
        self.slots.len() == self.capacity
    }

    pub fn newest(&self) -> i64 {
        *self.slots.last().expect("the ring is not empty")
    }

    #[must_use]
    pub fn iter(&self) -> impl Iterator<Item = i64> + '_ {
        self.slots.iter().copied()
    }
}
