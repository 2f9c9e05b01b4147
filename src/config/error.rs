//! What is wrong with a configuration, said so that it can be put right.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Where a value comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Nobody set it.
    #[default]
    Default,
    /// The user's own file.
    User(Arc<PathBuf>, usize),
    /// A file of the project, or one named with `--config`.
    Project(Arc<PathBuf>, usize),
    /// The editor's settings.
    Editor,
    /// A variable of the environment.
    Environment(String),
    /// A switch of the command line.
    Flag(String),
}

impl Origin {
    /// Whether both are the same source, at whatever line.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        match (self, other) {
            (Origin::User(left, _), Origin::User(right, _))
            | (Origin::Project(left, _), Origin::Project(right, _)) => left == right,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::User(file, line) | Origin::Project(file, line) => {
                write!(f, "{}:{line}", file.display())
            }
            Origin::Editor => f.write_str("editor settings"),
            Origin::Environment(name) => write!(f, "environment variable {name}"),
            Origin::Flag(name) => f.write_str(name),
        }
    }
}

/// One thing that is wrong: where, and what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {message}")]
pub struct ConfigError {
    /// Where it stands.
    pub origin: Origin,
    /// One sentence without a full stop.
    pub message: String,
}

/// Everything that is wrong with a configuration, at least one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errors(pub Vec<ConfigError>);

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}
