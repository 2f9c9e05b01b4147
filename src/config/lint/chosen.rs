//! What our own configuration says about which docstrings are looked for.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::config::error::Origin;
use crate::generate::{Checks, Profile, Scope};

/// The profile of this name; `None` for `auto`.
pub(in crate::config) fn profile(name: &str) -> Option<Profile> {
    match name {
        "common" => Some(Profile::Common),
        "ruff" => Some(Profile::Ruff),
        "pydoclint" => Some(Profile::Pydoclint),
        "numpydoc" => Some(Profile::Numpydoc),
        "clippy" => Some(Profile::Clippy),
        _ => None,
    }
}

/// `lint.missing`: which symbols a docstring is missed of.
#[derive(Clone, Copy)]
pub(super) enum Missing {
    /// Those that the linters, or else `scope`, say.
    Auto,
    /// None.
    Off,
    /// Those in this scope.
    In(Scope),
}

impl Missing {
    /// The scope that holds where `auto` means `usual`.
    pub(super) fn or(self, usual: Scope) -> Option<Scope> {
        match self {
            Missing::Auto => Some(usual),
            Missing::Off => None,
            Missing::In(scope) => Some(scope),
        }
    }
}

/// The keys of `[lint]`, and `scope`.
#[derive(Clone)]
pub(in crate::config) struct Chosen {
    pub(super) missing: Missing,
    pub(super) out_of_date: bool,
    pub(super) malformed: bool,
    /// `lint.short-docstrings`; `None` for `auto`.
    pub(super) short: Option<bool>,
    pub(super) ignore_decorators: Vec<String>,
    pub(super) property_decorators: Vec<String>,
    /// `scope`.
    pub(super) scope: Scope,
    /// `lint.profile`; `None` for `auto`.
    pub(super) profile: Option<Profile>,
}

impl Chosen {
    /// The values of a complete configuration.
    pub(in crate::config) fn new(values: &BTreeMap<String, (Value, Origin)>) -> Self {
        let value = |name: &str| values.get(name).map_or(&Value::Null, |(value, _)| value);
        let text = |name: &str| value(name).as_str().unwrap_or("auto");
        let flag = |name: &str| value(name).as_bool();
        let list = |name: &str| {
            let items = value(name).as_array().map(Vec::as_slice).unwrap_or_default();
            items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Self {
            missing: match text("lint.missing") {
                "off" => Missing::Off,
                "public" => Missing::In(Scope::Public),
                "all" => Missing::In(Scope::All),
                _ => Missing::Auto,
            },
            out_of_date: flag("lint.out-of-date") != Some(false),
            malformed: flag("lint.malformed") != Some(false),
            short: flag("lint.short-docstrings"),
            ignore_decorators: list("lint.ignore-decorators"),
            property_decorators: list("lint.property-decorators"),
            scope: if text("scope") == "all" { Scope::All } else { Scope::Public },
            profile: profile(text("lint.profile")),
        }
    }

    /// What is looked for in a text without a file, and so without linters.
    pub(in crate::config) fn checks(&self) -> Checks {
        Checks {
            missing: self.missing.or(self.scope),
            out_of_date: self.out_of_date,
            malformed: self.malformed,
            short: self.short.unwrap_or(false),
            ignore_decorators: self.ignore_decorators.iter().cloned().collect(),
            property_decorators: self.property_decorators.iter().cloned().collect(),
            ..Checks::default()
        }
    }
}
