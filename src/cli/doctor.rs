//! `docstring-ls doctor`: whether everything that is needed is in place.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use futures_util::future::join_all;

use super::installed;
use super::output::plain;
use super::probe::{self, Probe};
use super::{Choices, Color, Output};
use crate::config::{Config, passed_over};
use crate::docstring::Language;
use crate::orchestrator::Matrix;
use crate::provider::{
    Capabilities, KeySource, Provider, ProviderId, Settings, Structured, models,
};
use crate::syntax::Source;

/// Arguments of `docstring-ls doctor`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Ask each remote provider one tiny question (a real call, far below a cent)
    #[arg(long)]
    probe: bool,
    #[command(flatten)]
    choices: Choices,
}

/// Prints one line a finding; the exit status is 2 when something is wrong.
pub(super) fn run(arguments: &Arguments, env: &HashMap<String, String>) -> anyhow::Result<u8> {
    let mut out = Output::new(Color::Never, env);
    let mut is_well = true;
    out.line(concat!("docstring-ls ", env!("CARGO_PKG_VERSION")))?;
    out.line("program")?;
    for line in installed::program(env) {
        out.line(&format!("  {}", plain(&line)))?;
    }
    out.line("grammars")?;
    for language in [Language::Python, Language::Rust] {
        let state = match Source::parse(language, "", "".into()) {
            Ok(_) => "loaded".to_owned(),
            Err(violation) => {
                is_well = false;
                format!("broken: {violation}")
            }
        };
        out.line(&format!("  {:8} {}", language.id(), plain(&state)))?;
    }
    out.line("configuration")?;
    let cwd = std::env::current_dir()?;
    let config = match Config::load(&arguments.choices.sources(env, &cwd)) {
        Ok(config) => config,
        Err(errors) => {
            is_well = false;
            for line in errors.to_string().lines() {
                out.line(&format!("  {}", plain(line)))?;
            }
            Config::default()
        }
    };
    let mut files = config.files().peekable();
    if is_well && files.peek().is_none() {
        out.line("  no file, the defaults hold")?;
    }
    for file in files {
        out.line(&format!("  {}", plain(&file.display().to_string())))?;
    }
    for line in beside(&arguments.choices, &cwd, env) {
        out.line(&format!("  {}", plain(&line)))?;
    }
    out.line("log of the server")?;
    for line in installed::logs(env) {
        out.line(&format!("  {}", plain(&line)))?;
    }
    out.line("providers")?;
    let providers = config.connect();
    let orchestrator = config.orchestrator();
    let probes = if arguments.probe { ask(&providers, &config)? } else { HashMap::new() };
    let width = providers.iter().map(|provider| provider.id().0.len()).max().unwrap_or(0).max(8);
    for provider in &providers {
        let id = provider.id();
        let mark = match &*config.provider().0 {
            "auto" => " (may be chosen)",
            chosen if chosen == &*id.0 => " (in use)",
            _ => "",
        };
        let Some(settings) = config.providers().iter().find(|settings| settings.id == *id) else {
            let state = "ready: embedded, needs no key and no network";
            out.line(&format!("  {id:width$} {state}{mark}", id = plain(&id.0)))?;
            continue;
        };
        let model = &settings.capabilities.model;
        let life = models::lifecycle(model).map(|life| format!(" ({life})")).unwrap_or_default();
        let mut lines = vec![
            format!("{}, {model}{life}{mark}", settings.dialect.id()),
            settings.base_url.clone(),
            format!("key: {}", key(settings)),
            capabilities(provider.capabilities(), settings.effort.as_deref()),
        ];
        lines.extend(styles(orchestrator.matrix(), id));
        if settings.key.as_ref().is_some_and(KeySource::is_missing) && config.provider() == id {
            is_well = false;
        }
        if let Some(probe) = probes.get(id) {
            is_well &= probe.is_good;
            let mark = if probe.is_good { "probe" } else { "probe failed" };
            lines.push(format!("{mark}: {}", probe.message));
        }
        for (index, line) in lines.iter().enumerate() {
            let name = if index == 0 { &*id.0 } else { "" };
            out.line(&format!("  {name:width$} {}", plain(line)))?;
        }
    }
    if arguments.probe && probes.is_empty() {
        out.line("  no remote provider is enabled: there is nothing to probe")?;
    }
    out.flush()?;
    Ok(if is_well { 0 } else { 2 })
}

/// What the configuration files that are read do not tell: files that do not count, and
/// the environment.
fn beside(choices: &Choices, cwd: &Path, env: &HashMap<String, String>) -> Vec<String> {
    let is_searched = choices.config.is_none() && !choices.isolated;
    let files = if is_searched { passed_over(cwd, env) } else { Vec::new() };
    let files = files.iter();
    let files =
        files.map(|file| format!("{} does not count: a nearer file is read", file.display()));
    files.chain(installed::variables(env)).collect()
}

/// Asks every remote provider, all at the same time.
fn ask(
    providers: &[Arc<dyn Provider>],
    config: &Config,
) -> anyhow::Result<HashMap<ProviderId, Probe>> {
    let question = probe::question()?;
    let limit = config.generation().timeout;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let remote = providers.iter().filter(|provider| !provider.capabilities().is_immediate);
    let asked = remote.map(|provider| async {
        (provider.id().clone(), probe::probe(provider.as_ref(), &question, limit).await)
    });
    Ok(runtime.block_on(join_all(asked)).into_iter().collect())
}

/// Which styles a provider can do, and why not the others.
fn styles(matrix: &Matrix, id: &ProviderId) -> Vec<String> {
    let (mut able, mut obstacles) = (Vec::new(), BTreeMap::<&str, Vec<&str>>::new());
    for (style, obstacle) in matrix.rows().filter(|(row, _)| *row == id).flat_map(|(_, row)| row) {
        match obstacle {
            None => able.push(style),
            Some(reason) => obstacles.entry(reason).or_default().push(style),
        }
    }
    let able = if able.is_empty() { "none".to_owned() } else { able.join(", ") };
    let not = obstacles.iter().map(|(why, styles)| format!("not {}: {why}", styles.join(", ")));
    std::iter::once(format!("styles: {able}")).chain(not).collect()
}

/// Where the key comes from, never the key.
fn key(settings: &Settings) -> String {
    match &settings.key {
        None => "none".to_owned(),
        Some(KeySource::Environment { variable, value }) => {
            let state = if value.is_some() { "set" } else { "not set" };
            format!("environment variable {variable}, {state}")
        }
        Some(KeySource::Command(words)) => {
            format!("command {}", words.first().map_or("", String::as_str))
        }
        Some(KeySource::Editor) => "the editor's secret storage".to_owned(),
        Some(KeySource::Keyring) => "the platform's keyring".to_owned(),
    }
}

/// What a provider can do, in a line.
fn capabilities(known: &Capabilities, effort: Option<&str>) -> String {
    let json = match known.structured {
        Structured::Schema => "JSON by schema",
        Structured::Object => "JSON objects",
        Structured::Prompted => "JSON by prompt",
        Structured::None => "no JSON",
    };
    let price = match known.prices {
        Some(prices) => format!(
            "${} in, ${} cached, ${} out per million tokens",
            prices.input, prices.cached_input, prices.output
        ),
        None => "no known price".to_owned(),
    };
    let styles = match known.preferred_styles.as_slice() {
        [] => String::new(),
        styles => format!(", preferred for {}", styles.join(", ")),
    };
    let effort = effort.map(|effort| format!(", effort {effort}")).unwrap_or_default();
    format!(
        "context {}, output {}, {json}{effort}, {price}, {} calls at a time{styles}",
        known.context, known.max_output, known.concurrency
    )
}
