//! Whole-tree generation beside the bare parse of the same bytes, on one thread.
//!
//! ```text
//! cargo bench                                  # the sources of this repository
//! DOCSTRING_LS_CORPUS=path cargo bench         # any tree of Python and Rust files
//! ```

#![allow(clippy::unwrap_used, reason = "a bench that cannot run has to stop")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use docstring_ls::docstring::Language;
use docstring_ls::generate::{self, Options, Scope};
use docstring_ls::orchestrator::Orchestrator;
use docstring_ls::provider::Offline;
use docstring_ls::style;
use docstring_ls::syntax::{Source, language_of};
use futures_util::FutureExt;

/// The allocator of the program.
#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() {
    divan::main();
}

struct File {
    language: Language,
    name: String,
    text: Arc<str>,
}

#[expect(clippy::disallowed_methods, reason = "a bench is configured by its environment")]
static CORPUS: LazyLock<Vec<File>> = LazyLock::new(|| {
    let root = std::env::var_os("DOCSTRING_LS_CORPUS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !hidden && entry.file_name() != "target" => {
                    folders.push(path);
                }
                Ok(kind) if kind.is_file() => files.extend(read(&path)),
                _ => {}
            }
        }
    }
    files
});

fn read(path: &Path) -> Option<File> {
    let language = language_of(path)?;
    let text = fs::read_to_string(path).ok()?;
    Some(File { language, name: path.display().to_string(), text: text.into() })
}

fn of(language: Language) -> (Vec<&'static File>, BytesCount) {
    let files: Vec<&File> = CORPUS.iter().filter(|file| file.language == language).collect();
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    (files, BytesCount::new(bytes))
}

fn parse(file: &File) -> Source {
    Source::parse(file.language, &file.name, Arc::clone(&file.text)).unwrap()
}

const LANGUAGES: [Language; 2] = [Language::Python, Language::Rust];

/// The floor: tree-sitter alone.
#[divan::bench(args = LANGUAGES, sample_count = 7, sample_size = 1)]
fn a_parse(bencher: Bencher<'_, '_>, language: Language) {
    let (files, bytes) = of(language);
    bencher.counter(bytes).bench_local(|| {
        for file in &files {
            black_box(parse(file));
        }
    });
}

/// Parse and read the facts of every undocumented symbol.
#[divan::bench(args = LANGUAGES, sample_count = 7, sample_size = 1)]
fn b_facts(bencher: Bencher<'_, '_>, language: Language) {
    let (files, bytes) = of(language);
    bencher.counter(bytes).bench_local(|| {
        for file in &files {
            black_box(parse(file).symbols(|outline| !outline.documented));
        }
    });
}

/// Everything: parse, facts, words, layout, guard.
#[divan::bench(args = LANGUAGES, sample_count = 7, sample_size = 1)]
fn c_generate(bencher: Bencher<'_, '_>, language: Language) {
    let (files, bytes) = of(language);
    let orchestrator = Orchestrator::new(vec![Arc::new(Offline::default())]);
    let id = if language == Language::Python { "google" } else { "rustdoc" };
    let options = Options { scope: Scope::All, ..Options::new(style::by_id(id).unwrap()) };
    bencher.counter(bytes).bench_local(|| {
        for file in &files {
            black_box(generate::file(&parse(file), &options, &orchestrator).now_or_never());
        }
    });
}
