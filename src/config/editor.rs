//! What an editor shows: the keys of the table `editor`.

use serde_json::Value;

use crate::generate::Code;

/// How loudly an editor shows a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Three dots under the name.
    Hint,
    /// A note.
    Information,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

/// What an editor shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Editor {
    /// A docstring is offered where its quotes or slashes are typed.
    pub completion: bool,
    /// There are code lenses.
    pub code_lens: bool,
    /// For [`Code::Missing`]; `None` to show nothing.
    pub missing: Option<Severity>,
    /// For [`Code::OutOfDate`].
    pub out_of_date: Option<Severity>,
    /// For [`Code::Malformed`].
    pub malformed: Option<Severity>,
}

impl Editor {
    /// Reads the values of a checked configuration.
    pub(super) fn read<'a>(value: impl Fn(&str) -> Option<&'a Value>) -> Self {
        let flag = |name: &str| value(name).and_then(Value::as_bool) == Some(true);
        let severity = |name: &str| match value(name).and_then(Value::as_str)? {
            "hint" => Some(Severity::Hint),
            "information" => Some(Severity::Information),
            "warning" => Some(Severity::Warning),
            "error" => Some(Severity::Error),
            _ => None,
        };
        Self {
            completion: flag("editor.completion"),
            code_lens: flag("editor.code-lens"),
            missing: severity("editor.missing"),
            out_of_date: severity("editor.out-of-date"),
            malformed: severity("editor.malformed"),
        }
    }

    /// How a finding is shown; `None` when it is not.
    pub fn severity(&self, code: Code) -> Option<Severity> {
        match code {
            Code::Missing => self.missing,
            Code::OutOfDate => self.out_of_date,
            Code::Malformed => self.malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Severity;
    use crate::config::{Config, Sources};
    use crate::generate::Code;

    #[test]
    fn defaults_and_choices() {
        let editor = Config::default().editor();
        assert!(editor.completion && !editor.code_lens);
        assert_eq!(editor.severity(Code::Missing), Some(Severity::Hint));
        assert_eq!(editor.severity(Code::OutOfDate), Some(Severity::Warning));
        assert_eq!(editor.severity(Code::Malformed), Some(Severity::Warning));
        let settings = json!({"editor": {"codeLens": true, "completion": false, "missing": "off"}});
        let sources = Sources { isolated: true, editor: Some(settings), ..Sources::default() };
        let editor = Config::load(&sources).unwrap().editor();
        assert!(!editor.completion && editor.code_lens);
        assert_eq!(editor.severity(Code::Missing), None);
    }
}
