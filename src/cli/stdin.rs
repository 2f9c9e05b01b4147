//! What stands on stdin, and what it is.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};

use super::files::{Configs, Target};
use super::read::LARGEST;
use crate::docstring::Language;
use crate::syntax::language_of;

/// What stands on stdin.
///
/// # Errors
///
/// When it cannot be read, or is too much.
pub(super) fn stdin() -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes).context("stdin")?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        bail!("stdin is larger than 10 MiB");
    }
    Ok(bytes)
}

/// stdin as a file of this name, or as Python without one.
///
/// # Errors
///
/// When the name is of no known language, or the configuration is wrong.
pub(super) fn stdin_target(
    name: Option<&Path>,
    cwd: &Path,
    configs: &mut Configs,
) -> anyhow::Result<Target> {
    let shown = name.unwrap_or(Path::new("-")).to_path_buf();
    let path = cwd.join(name.unwrap_or(Path::new("stdin.py")));
    let language = match name {
        None => Language::Python,
        Some(name) => language_of(name).with_context(|| {
            format!("{}: it is neither Python (.py, .pyi) nor Rust (.rs)", name.display())
        })?,
    };
    let config = configs.of(path.parent().unwrap_or(cwd))?;
    Ok(Target { path, shown, language, is_explicit: true, config })
}
