//! What is said in one notation is said in the other.
