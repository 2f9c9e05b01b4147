//! Tables of remote providers in, settings or sentences out.

use std::fmt::Write;
use std::fs;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{env, project, summary};
use crate::config::{CachePlace, Config, Overrides, Sources};
use crate::orchestrator::{Choice, Fallback, Hedge};
use crate::provider::{Auth, KeySource, models};

/// No part of this may ever be seen.
const KEY: &str = "sk-ant-api03-0123456789abcdef";

/// The sources with this text as the user's file, which is handed to `read`.
fn with_user_file<T>(text: &str, pairs: &[(&str, &str)], read: impl Fn(&Sources) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    fs::write(&path, text).unwrap();
    read(&Sources { user_file: Some(path), env: env(pairs), ..Sources::default() })
}

/// The remote providers, one a line, or the errors; the folder of the file shown as `~`.
fn resolved(text: &str, pairs: &[(&str, &str)]) -> String {
    with_user_file(text, pairs, |sources| {
        let folder = sources.user_file.as_ref().unwrap().parent().unwrap();
        describe(sources).replace(&folder.display().to_string(), "~")
    })
}

fn describe(sources: &Sources) -> String {
    let config = match Config::load(sources) {
        Ok(config) => config,
        Err(errors) => {
            let shown = format!("{errors}{errors:?}");
            assert!(!shown.contains("0123456789"), "{shown}");
            let presets: Vec<_> =
                models::presets().iter().map(|preset| format!("\"{}\"", preset.name)).collect();
            return errors.to_string().replace(&presets.join(", "), "<presets>");
        }
    };
    let listing: Vec<_> = config.settings().collect();
    let debug = format!("{:?}{:?}{listing:?}{sources:?}", config.providers(), config.cache());
    assert!(!debug.contains("0123456789"), "{debug}");
    let mut out = String::new();
    for settings in config.providers() {
        let capabilities = &settings.capabilities;
        let _ = write!(
            out,
            "{}: {} {} at {}",
            settings.id,
            settings.dialect.id(),
            capabilities.model,
            settings.base_url
        );
        match &settings.key {
            None => {}
            Some(KeySource::Environment { variable, value }) => {
                let state = if value.is_some() { "set" } else { "not set" };
                let _ = write!(out, ", ${variable} {state}");
            }
            Some(KeySource::Command(words)) => {
                let _ = write!(out, ", `{}`", words.join(" "));
            }
            Some(KeySource::Editor) => out.push_str(", editor"),
            Some(KeySource::Keyring) => out.push_str(", keyring"),
        }
        match settings.auth {
            None => {}
            Some(Auth::Bearer) => out.push_str(", bearer"),
            Some(Auth::Header(name)) => {
                let _ = write!(out, ", {name}");
            }
        }
        for (name, value) in &settings.headers {
            let _ = write!(out, ", {name}: {value}");
        }
        out.push('\n');
    }
    out
}

#[test]
fn a_preset_works_with_its_key_alone() {
    let key = [("ANTHROPIC_API_KEY", KEY)];
    insta::assert_snapshot!(resolved("provider = 'claude'\n", &key), @"claude: anthropic claude-haiku-5-5 at https://api.anthropic.com, $ANTHROPIC_API_KEY set");
    insta::assert_snapshot!(resolved("provider = 'claude'\n", &[("ANTHROPIC_API_KEY", "  ")]), @"claude: anthropic claude-haiku-5-5 at https://api.anthropic.com, $ANTHROPIC_API_KEY not set");
    assert_eq!(resolved("", &key), "", "a key alone sends nothing anywhere");
    assert_eq!(resolved("provider = 'auto'\n", &key), "", "neither does `auto`");
    let both = [key[0], ("DOCSTRING_LS_PROVIDER", "claude")];
    assert!(resolved("", &both).starts_with("claude: "));
}

#[test]
fn the_key_is_the_variable_without_blanks() {
    let env = [("ANTHROPIC_API_KEY", " sk-ant-x\n")];
    with_user_file("provider = 'claude'\n", &env, |sources| {
        let config = Config::load(sources).unwrap();
        let Some(KeySource::Environment { value: Some(value), .. }) = &config.providers()[0].key
        else {
            panic!("no key");
        };
        assert_eq!(value.expose_secret(), "sk-ant-x");
    });
}

#[test]
fn tables_stand_in_the_order_of_preference_with_the_chosen_one_first() {
    let text = r#"
        provider = "cellar"
        [providers.openai]
        model = "gpt-6.1-terra"
        [providers.claude]
        dialect = "anthropic"
        api-key-command = ["pass", "show", "anthropic"]
        auth = "bearer"
        headers = { Anthropic-Beta = "x-2026" }
        [providers.cellar]
        dialect = "openai-chat"
        base-url = "http://cellar:8080/v1/"
        model = "qwen"
        [providers.gemini]
        enabled = false
    "#;
    insta::assert_snapshot!(resolved(text, &[("OPENAI_API_KEY", KEY)]), @"
    cellar: openai-chat qwen at http://cellar:8080/v1
    openai: openai-responses gpt-6.1-terra at https://api.openai.com/v1, $OPENAI_API_KEY set
    claude: anthropic claude-haiku-5-5 at https://api.anthropic.com, `pass show anthropic`, bearer, anthropic-beta: x-2026
    ");
}

#[test]
fn every_preset_needs_no_more_than_its_key_or_says_what() {
    let env: Vec<_> = models::presets()
        .iter()
        .filter_map(|preset| Some((preset.key_env.as_deref()?, KEY)))
        .collect();
    let lines = models::presets().iter().map(|preset| {
        let found = resolved(&format!("provider = '{}'\n", preset.name), &env);
        found.trim_end().to_owned()
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    claude: anthropic claude-haiku-5-5 at https://api.anthropic.com, $ANTHROPIC_API_KEY set
    openai: openai-responses gpt-6-luna at https://api.openai.com/v1, $OPENAI_API_KEY set
    gemini: gemini gemini-3.5-flash-lite at https://generativelanguage.googleapis.com, $GEMINI_API_KEY set
    ~/config.toml:1: `providers.ollama` needs a `model`: set it in the table [providers.ollama] or with DOCSTRING_LS_PROVIDERS_OLLAMA_MODEL
    llamacpp: openai-chat default at http://127.0.0.1:8080/v1
    ~/config.toml:1: `providers.lmstudio` needs a `model`: set it in the table [providers.lmstudio] or with DOCSTRING_LS_PROVIDERS_LMSTUDIO_MODEL
    ~/config.toml:1: `providers.vllm` needs a `model`: set it in the table [providers.vllm] or with DOCSTRING_LS_PROVIDERS_VLLM_MODEL
    ~/config.toml:1: `providers.openrouter` needs a `model`: set it in the table [providers.openrouter] or with DOCSTRING_LS_PROVIDERS_OPENROUTER_MODEL
    groq: openai-chat openai/gpt-oss-20b at https://api.groq.com/openai/v1, $GROQ_API_KEY set
    mistral: openai-chat mistral-small-latest at https://api.mistral.ai/v1, $MISTRAL_API_KEY set
    deepseek: openai-chat deepseek-v4-flash at https://api.deepseek.com/v1, $DEEPSEEK_API_KEY set
    ~/config.toml:1: `providers.azure` needs a `base-url`, such as "https://{resource}.openai.azure.com/openai/v1"
    ~/config.toml:1: `providers.bedrock` needs a `base-url`, such as "https://bedrock-runtime.{region}.amazonaws.com/openai/v1"
    xai: openai-chat grok-4-1-fast-non-reasoning at https://api.x.ai/v1, $XAI_API_KEY set
    ~/config.toml:1: `providers.together` needs a `model`: set it in the table [providers.together] or with DOCSTRING_LS_PROVIDERS_TOGETHER_MODEL
    ~/config.toml:1: `providers.litellm` needs a `model`: set it in the table [providers.litellm] or with DOCSTRING_LS_PROVIDERS_LITELLM_MODEL
    "#);
}

#[test]
fn the_readme_lists_the_presets() {
    let table: Vec<_> = models::presets()
        .iter()
        .map(|preset| {
            let code = |text: &Option<String>, none: &str| {
                text.as_ref().map_or_else(|| none.to_owned(), |text| format!("`{text}`"))
            };
            let mut key = code(&preset.key_env, "none");
            if preset.base_url.contains('{') {
                key += ", and `base-url`";
            }
            let model = code(&preset.model, "to be set");
            format!("| `{}` | `{}` | {model} | {key} |", preset.name, preset.dialect.id())
        })
        .collect();
    let table = table.join("\n");
    let readme = include_str!("../../../README.md");
    assert!(readme.contains(&format!("|---|---|---|---|\n{table}\n\n")), "{table}");
}

#[test]
fn the_example_of_the_readme_is_a_configuration() {
    let readme = include_str!("../../../README.md");
    let providers = readme.split("## Providers").nth(1).unwrap();
    let example = providers.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    insta::assert_snapshot!(resolved(example, &[("COMPANY_KEY", KEY), ("HOME", "/home/me")]), @r"
    claude: anthropic claude-sonnet-5-5 at https://api.anthropic.com, `pass show anthropic`
    cellar: openai-chat default at http://cellar:8080/v1
    company: openai-chat gpt-6-luna at https://gateway.example/v1, $COMPANY_KEY set, x-gateway-key, x-team: docs
    ");
}

#[test]
fn a_preset_whose_address_has_a_gap_gets_its_key_where_the_gap_is_filled() {
    let azure = |url: &str| {
        let text = format!("[providers.azure]\nmodel = 'm'\nbase-url = '{url}'\n");
        resolved(&text, &[("AZURE_OPENAI_API_KEY", KEY)]).contains("$AZURE_OPENAI_API_KEY set")
    };
    assert!(azure("https://Mine.openai.azure.com/openai/v1/"));
    assert!(!azure("https://openai.azure.com/openai/v1"));
    assert!(!azure("https://a.b.openai.azure.com/openai/v1"));
    assert!(!azure("https://mine.openai.azure.com.evil.example/openai/v1"));
    let here = |url: &str| {
        let text = format!("[providers.litellm]\nmodel = 'm'\nbase-url = '{url}'\n");
        resolved(&text, &[("LITELLM_API_KEY", KEY)]).contains("$LITELLM_API_KEY set")
    };
    assert!(here("http://localhost:5000/v1"));
    assert!(!here("https://litellm.example/v1"));
    assert!(!resolved("[providers.litellm]\nmodel = 'm'\n", &[]).contains("LITELLM_API_KEY"));
}

#[test]
fn a_key_of_a_preset_goes_to_its_host_only() {
    let key = [("ANTHROPIC_API_KEY", KEY)];
    let gateway = "[providers.claude]\nbase-url = 'https://gateway.example/anthropic'\n";
    insta::assert_snapshot!(resolved(gateway, &key), @"claude: anthropic claude-haiku-5-5 at https://gateway.example/anthropic");
    let named = format!("{gateway}api-key-env = 'ANTHROPIC_API_KEY'\nauth = 'X-Gateway-Key'\n");
    insta::assert_snapshot!(resolved(&named, &key), @"claude: anthropic claude-haiku-5-5 at https://gateway.example/anthropic, $ANTHROPIC_API_KEY set, x-gateway-key");
}

#[test]
fn a_key_does_not_travel_in_clear() {
    let table = |host: &str| {
        format!(
            "[providers.lab]\npreset = 'openai'\napi-key-env = 'LAB_KEY'\nbase-url = 'http://{host}/v1'\n"
        )
    };
    insta::assert_snapshot!(resolved(&table("10.0.0.7:8080"), &[]), @"~/config.toml:4: `providers.lab` has a key and an address that begins with http://: a key must not travel in clear; use https://, or remove the source of the key");
    insta::assert_snapshot!(resolved(&table("127.0.0.1:8080"), &[]), @"lab: openai-responses gpt-6-luna at http://127.0.0.1:8080/v1, $LAB_KEY not set");
}

#[test]
fn a_key_in_a_configuration_is_refused_and_not_repeated() {
    let text = format!(
        "api-key = '{KEY}'\n[providers.a]\napi-key = '{KEY}'\nAPI_KEY = '{KEY}'\n\
         api-key-env = '{KEY}'\napi-key-command = ['echo', '{KEY}']\nmodel = ['{KEY}']\n\
         auth = '{KEY}'\neffort = '{KEY}'\nbase-url = 'https://u:{KEY}@h/?key={KEY}'\n\
         headers = {{ Authorization = 'Bearer {KEY}', x-note = '{KEY}', a-b = 1 }}\n"
    );
    insta::assert_snapshot!(resolved(&text, &[]), @r#"
    ~/config.toml:1: `api-key` is refused: a key does not belong in a configuration: put it into an environment variable and name that with `api-key-env`, fetch it with `api-key-command`, or keep it in the editor or the keyring with `api-key-from`
    ~/config.toml:3: `providers.a.api-key` is refused: a key does not belong in a configuration: put it into an environment variable and name that with `api-key-env`, fetch it with `api-key-command`, or keep it in the editor or the keyring with `api-key-from`
    ~/config.toml:4: `providers.a.API_KEY` is refused: a key does not belong in a configuration: put it into an environment variable and name that with `api-key-env`, fetch it with `api-key-command`, or keep it in the editor or the keyring with `api-key-from`
    ~/config.toml:5: `providers.a.api-key-env` is a text that is not shown; allowed: the name of an environment variable such as "ANTHROPIC_API_KEY", not the key itself
    ~/config.toml:6: `providers.a.api-key-command` is a list that is not shown; allowed: a program and its arguments such as ["pass", "show", "anthropic"], not the key itself
    ~/config.toml:7: `providers.a.model` is ["(not shown: it looks like a key)"]; allowed: one line of text
    ~/config.toml:8: `providers.a.auth` is a text that is not shown; allowed: "bearer" or the name of the header that carries the key, such as "x-api-key"
    ~/config.toml:9: `providers.a.effort` is "(not shown: it looks like a key)"; allowed: "none", "minimal", "low", "medium", "high", "xhigh", "max"
    ~/config.toml:10: `providers.a.base-url` is "https://***@h/?***"; allowed: an address that begins with https:// or http://, without user, password, query or fragment
    ~/config.toml:11: `providers.a.headers.Authorization` is refused: this header carries a secret: name it with `auth`, and give the key with `api-key-env` or `api-key-command`
    ~/config.toml:11: `providers.a.headers.x-note` is a text that is not shown; allowed: a text of visible ASCII that is no key
    ~/config.toml:11: `providers.a.headers.a-b` is a number; allowed: a text of visible ASCII that is no key
    "#);
    let pairs = [("DOCSTRING_LS_PROVIDERS_MY_OWN_API_KEY", KEY), ("DOCSTRING_LS_PROVIDER", KEY)];
    insta::assert_snapshot!(resolved("[providers.my_own]\n", &pairs), @"environment variable DOCSTRING_LS_PROVIDERS_MY_OWN_API_KEY: `providers.my_own.api-key` is refused: a key does not belong in a configuration: put it into an environment variable and name that with `api-key-env`, fetch it with `api-key-command`, or keep it in the editor or the keyring with `api-key-from`");
    insta::assert_snapshot!(resolved("", &pairs[1..]), @r#"environment variable DOCSTRING_LS_PROVIDER: `provider` is "(not shown: it looks like a key)"; allowed: "offline", "auto", <presets>"#);
}

#[test]
fn wrong_tables_are_told_with_what_is_allowed() {
    let text = r#"
[providers.Claude]
model = "x"
[providers.a]
dialect = "antropic"
modle = "x"
base-url = "ftp://h"
context = 12
prices = { input = "cheap", outptu = 1 }
preferred-styles = ["gogle"]
quirks = true
structured = "yes"
[providers.gpt-4.1]
model = "gpt-4.1"
[provider.claude]
model = "x"
[orchestrator]
timeout = "30"
cache = "radis://h"
hedge = "adaptiv"
daily-budget-usd = -1
max-retry = 3
"#;
    insta::assert_snapshot!(resolved(text, &[]), @r#"
    ~/config.toml:3: `providers.Claude` is no name for a provider; allowed: lower-case letters, digits, `-` and `_` after a letter, but not `auto` or `none`
    ~/config.toml:5: `providers.a.dialect` is "antropic"; allowed: "anthropic", "openai-responses", "openai-chat", "gemini", "ollama", "offline"; did you mean "anthropic"?
    ~/config.toml:6: unknown key `providers.a.modle`; did you mean `model`?
    ~/config.toml:7: `providers.a.base-url` is "ftp://h"; allowed: an address that begins with https:// or http://, without user, password, query or fragment
    ~/config.toml:8: `providers.a.context` is 12; allowed: a number from 512 to 100000000
    ~/config.toml:9: `providers.a.prices.input` is "cheap"; allowed: US dollars per million tokens, from 0 to 10000
    ~/config.toml:9: unknown key `providers.a.prices.outptu`; did you mean `prices.output`?
    ~/config.toml:10: `providers.a.preferred-styles` is ["gogle"]; allowed: a list of "google", "numpy", "sphinx", "epytext", "pep257", "rustdoc"
    ~/config.toml:11: `providers.a.quirks` is true; allowed: a table
    ~/config.toml:12: `providers.a.structured` is "yes"; allowed: "schema", "object", "prompted", "none"
    ~/config.toml:14: unknown key `providers.gpt-4.1.model`; a provider's name has no dot
    ~/config.toml:15: unknown key `provider.claude`; did you mean `providers.claude`?
    ~/config.toml:18: `orchestrator.timeout` is "30"; allowed: a duration such as "30s", from 1s to 1h
    ~/config.toml:19: `orchestrator.cache` is "radis://h"; allowed: "memory", "disk" or an address such as "redis://127.0.0.1:6379/0"
    ~/config.toml:20: `orchestrator.hedge` is "adaptiv"; allowed: "adaptive", "off", "race"; did you mean "adaptive"?
    ~/config.toml:21: `orchestrator.daily-budget-usd` is -1; allowed: US dollars such as 5.0, or "none" for no limit
    ~/config.toml:22: unknown key `orchestrator.max-retry`; did you mean `orchestrator.max-retries`?
    "#);
}

#[test]
fn what_is_missing_or_contradicts_itself_is_told() {
    let text = r#"
[providers.a]
model = "x"
[providers.b]
dialect = "openai-chat"
[providers.c]
preset = "claude"
dialect = "gemini"
[providers.d]
preset = "claude"
api-key-env = "A"
api-key-command = ["a"]
[providers.e]
preset = "ollama"
model = "never-heard-of"
prices.input = 1
[providers.f]
dialect = "offline"
[providers.offline]
dialect = "offline"
model = "x"
"#;
    insta::assert_snapshot!(resolved(text, &[]), @r#"
    ~/config.toml:3: `providers.a` needs a `dialect` (one of "anthropic", "openai-responses", "openai-chat", "gemini", "ollama") or a `preset` (one of <presets>)
    ~/config.toml:5: `providers.b` needs a `model`: set it in the table [providers.b] or with DOCSTRING_LS_PROVIDERS_B_MODEL
    ~/config.toml:8: `providers.c` follows the preset "claude", whose dialect is "anthropic"
    ~/config.toml:12: `providers.d` has `api-key-env` and `api-key-command`: a key comes from one place
    ~/config.toml:16: `providers.e` has some prices only: nothing is known about this model, so `input` and `output` are both needed
    ~/config.toml:18: `providers.f` has the dialect "offline", which the embedded provider alone has; it is there without a table
    ~/config.toml:21: `providers.offline` is the embedded provider, where `model` cannot be set
    "#);
    assert_eq!(resolved("[providers.offline]\ndialect = 'offline'\nenabled = true\n", &[]), "");
}

#[test]
fn a_provider_that_is_none_is_told_with_those_that_are() {
    let text = "[providers.cellar]\npreset = 'openai'\n[providers.off]\nenabled = false\n";
    with_user_file(text, &[], |sources| {
        let flag = |id: &str| {
            let flags = Overrides { provider: Some(id.to_owned()), ..Overrides::default() };
            Sources { flags, ..sources.clone() }
        };
        insta::assert_snapshot!(describe(&flag("celar")), @r#"--provider: `provider` is "celar"; allowed: "offline", "auto", "cellar", <presets>; did you mean "cellar"?"#);
        insta::assert_snapshot!(describe(&flag("off")), @r#"--provider: `provider` is "off", which is switched off by `providers.off.enabled`"#);
        assert!(describe(&flag("auto")).starts_with("cellar: "));
        let choice = |id: &str| Config::load(&flag(id)).unwrap().choice();
        assert_eq!(choice("auto"), Choice::Auto);
        assert!(matches!(choice("cellar"), Choice::Preferred(id) if &*id.0 == "cellar"));
    });
}

#[test]
fn nearer_sources_lay_single_keys_over_a_table() {
    let text = "[providers.my_own]\ndialect = 'openai-chat'\nmodel = 'a'\napi-key-env = 'A'\n";
    let pairs = [
        ("DOCSTRING_LS_PROVIDERS_MY_OWN_MODEL", "b"),
        ("DOCSTRING_LS_PROVIDERS_MY_OWN_PRICES_INPUT", "0.5"),
        ("DOCSTRING_LS_PROVIDERS_MY_OWN_PRICES_OUTPUT", "2"),
        ("DOCSTRING_LS_PROVIDERS_MY_OWN_MAX_OUTPUT", "512"),
        ("DOCSTRING_LS_PROVIDERS_MY_OWN_API_KEY_ENV", "B"),
        ("DOCSTRING_LS_PROVIDERS_OPENAI_EFFORT", "low"),
        ("B", KEY),
    ];
    let editor = json!({"docstringLs": {"providers": {"my_own": {
        "baseUrl": "https://h", "headers": {"X-Title": "t"}, "apiKeyCommand": ["pass"],
        "quirks": {"maxTokens": true},
    }}}});
    with_user_file(text, &pairs, |sources| {
        let sources = Sources { editor: Some(editor.clone()), ..sources.clone() };
        insta::assert_snapshot!(describe(&sources), @"
        my_own: openai-chat b at https://h, $B set, x-title: t
        openai: openai-responses gpt-6-luna at https://api.openai.com/v1, $OPENAI_API_KEY not set
        ");
        let config = Config::load(&sources).unwrap();
        let [own, openai] = config.providers() else { panic!("two providers") };
        assert!(own.quirks.max_tokens && !own.quirks.no_store);
        assert_eq!(own.capabilities.max_output, 512);
        let prices = own.capabilities.prices.unwrap();
        let prices = [prices.input, prices.cached_input, prices.output];
        assert_eq!(prices.map(|price| price.to_string()), ["0.5", "0.5", "2"]);
        assert_eq!(openai.effort.as_deref(), Some("low"));
    });
}

#[test]
fn a_bundle_of_certificates_is_found_from_the_file_or_home() {
    let path = |name: &str| {
        let text = format!("[providers.openai]\nca-bundle = '{name}'\n");
        with_user_file(&text, &[("HOME", "/home/me")], |sources| {
            let config = Config::load(sources).unwrap();
            let path = config.providers()[0].ca_bundle.clone().unwrap();
            let folder = sources.user_file.as_ref().unwrap().parent().unwrap();
            path.strip_prefix(folder).map(std::path::Path::to_path_buf).unwrap_or(path)
        })
    };
    assert_eq!(path("company.pem").to_str(), Some("company.pem"));
    assert_eq!(path("~/company.pem").to_str(), Some("/home/me/company.pem"));
    assert_eq!(path("/etc/company.pem").to_str(), Some("/etc/company.pem"));
    let editor = json!({"providers": {"openai": {"ca-bundle": "company.pem"}}});
    let sources = Sources { editor: Some(editor), ..Sources::default() };
    insta::assert_snapshot!(describe(&sources), @"editor settings: `providers.openai` has a `ca-bundle` that is relative to nothing: name it from the root, or from `~/`");
}

#[test]
fn the_orchestrator_takes_every_choice() {
    let text = r#"
fallback = "none"
[orchestrator]
max-retries = 1
timeout = "1m30s"
bulk-timeout = "10m"
cache-ttl = "0s"
cache = "disk"
hedge = "race"
parallel-attempts = 3
daily-budget-usd = "none"
run-budget-usd = 0.5
"#;
    let pairs = [("XDG_CACHE_HOME", "/caches"), ("DOCSTRING_LS_ORCHESTRATOR_MAX_RETRIES", "0")];
    with_user_file(text, &pairs, |sources| {
        let config = Config::load(sources).unwrap();
        let made = config.generation();
        assert_eq!((made.max_retries, made.parallel_attempts), (0, 3));
        let seconds = [made.timeout, made.bulk_timeout, made.cache_ttl].map(|span| span.as_secs());
        assert_eq!(seconds, [90, 600, 0]);
        assert_eq!((made.hedge, made.fallback), (Hedge::Race, Fallback::None));
        assert_eq!((made.daily_budget_usd, made.run_budget_usd), (None, Some(0.5)));
        assert_eq!(*config.cache(), CachePlace::Disk("/caches/docstring-ls".into()));
    });
    let default = Config::default();
    assert_eq!(*default.generation(), crate::orchestrator::GenerationConfig::default());
    assert_eq!(*default.cache(), CachePlace::Memory);
}

#[test]
fn a_password_of_redis_is_not_shown() {
    let url = "redis://me:0123456789@cache.example:6379/1";
    let text = format!("orchestrator.cache = '{url}'\n");
    with_user_file(&text, &[], |sources| {
        let config = Config::load(sources).unwrap();
        assert_eq!(*config.cache(), CachePlace::Redis(url.to_owned()));
        let shown = summary(sources);
        assert!(
            shown.contains(r#"orchestrator.cache = "redis://***@cache.example:6379/1""#),
            "{shown}"
        );
        assert_eq!(format!("{:?}", config.cache()), r#"Redis("redis://***@cache.example:6379/1")"#);
    });
    insta::assert_snapshot!(resolved("orchestrator.cache = 'redis://me:0123456789@h/x'\n", &[]), @r#"~/config.toml:1: `orchestrator.cache` is "redis://***@h/x"; allowed: "memory", "disk" or an address such as "redis://127.0.0.1:6379/0""#);
}

#[test]
fn only_the_program_of_a_command_is_shown() {
    let editor =
        json!({"providers": {"claude": {"api-key-command": ["fetch", "--password", "x"]}}});
    let sources = Sources { editor: Some(editor), ..Sources::default() };
    let listed = Config::load(&sources).unwrap();
    let value: Value =
        listed.settings().find(|s| s.key == "providers.claude.api-key-command").unwrap().value;
    assert_eq!(value, json!(["fetch", "…"]));
}

#[test]
fn a_file_that_the_user_names_is_the_users_and_a_manifest_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let named = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        describe(&Sources { explicit: Some(path), ..Sources::default() })
    };
    assert!(named("mine.toml", "provider = 'claude'\n").starts_with("claude: anthropic"));
    let manifest = named("pyproject.toml", "[tool.docstring-ls]\nprovider = 'claude'\n");
    assert!(manifest.contains("may not be set in a project's file"), "{manifest}");
}

#[test]
fn a_project_may_not_touch_a_provider_of_the_user() {
    let text = "[providers.claude]\nbase-url = 'https://evil.example'\nheaders.x = 'y'\n[orchestrator]\ncache = 'redis://evil.example'\n[fallback]\n";
    insta::assert_snapshot!(project(&[("docstring-ls.toml", text)]), @r"
    ~/docstring-ls.toml:2: `providers` may not be set in a project's file, because opening a folder must not decide where code is sent; set it in your own configuration file, in the environment or by a switch
    ~/docstring-ls.toml:5: `orchestrator` may not be set in a project's file, because opening a folder must not decide where code is sent; set it in your own configuration file, in the environment or by a switch
    ~/docstring-ls.toml:6: `fallback` may not be set in a project's file, because opening a folder must not decide where code is sent; set it in your own configuration file, in the environment or by a switch
    ");
}

#[test]
fn vendors_take_batches_and_others_where_the_user_says_so() {
    let batches = |text: &str| {
        with_user_file(text, &[], |sources| {
            let config = Config::load(sources).map_err(|errors| errors.to_string())?;
            let providers = config.providers().iter();
            Ok::<Vec<bool>, String>(
                providers.map(|settings| settings.capabilities.has_batches).collect(),
            )
        })
    };
    let table = |dialect: &str, rest: &str| {
        format!("[providers.a]\ndialect = '{dialect}'\nmodel = 'm'\n{rest}\n")
    };
    for (dialect, rest, expected) in [
        ("anthropic", "", true),
        ("openai-responses", "", true),
        ("openai-chat", "", true),
        ("gemini", "", false),
        ("ollama", "", false),
        ("anthropic", "batches = false", false),
        ("openai-chat", "base-url = 'https://API.openai.com/v1'", true),
        ("openai-chat", "base-url = 'https://gateway.example/v1'", false),
        ("openai-chat", "base-url = 'https://gateway.example/v1'\nbatches = true", true),
    ] {
        assert_eq!(batches(&table(dialect, rest)), Ok(vec![expected]), "{dialect} {rest}");
    }
    let error = batches(&table("gemini", "batches = true")).unwrap_err();
    assert!(error.contains("has `batches`, which the dialect \"gemini\" has not"), "{error}");
}
