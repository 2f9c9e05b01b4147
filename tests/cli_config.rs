//! The configuration as the command line sees it, and what follows for files.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod support;

use support::Project;

const PYTHON: &str = "def load(path, size=1):\n    return open(path, size)\n";

/// The lines of `docstring-ls config` that are not defaults.
fn config(project: &Project, arguments: &[&str], env: &[(&str, &str)]) -> String {
    let mut command = project.command(&[&["config"], arguments].concat());
    let output = command.envs(env.iter().copied()).output().unwrap();
    let text = if output.status.success() { output.stdout } else { output.stderr };
    let text = String::from_utf8(text).unwrap().replace(&project.home().display().to_string(), "~");
    let lines: Vec<_> = text.lines().filter(|line| !line.ends_with("# default")).collect();
    lines.join("\n")
}

/// The style that the function of a file is documented in.
fn style(project: &Project, file: &str) -> String {
    let run = project.run(&["generate", "--output-format", "json", "--kind", "function", file]);
    run.lines()[0]["style"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn each_value_names_its_origin() {
    let project = Project::new(&[("docstring-ls.toml", "scope = \"all\"\nline-length = 99\n")]);
    project.write(
        "../.config/docstring-ls/config.toml",
        "line-length = 70\nstyle = \"numpy\"\npython.asserts = true\n",
    );
    let env = [("DOCSTRING_LS_PYTHON_INIT_DOCS", "class")];
    insta::assert_snapshot!(config(&project, &["--style", "sphinx"], &env), @r#"
    line-length = 99                      # ~/project/docstring-ls.toml:2
    python.asserts = true                 # ~/.config/docstring-ls/config.toml:3
    python.init-docs = "class"            # environment variable DOCSTRING_LS_PYTHON_INIT_DOCS
    scope = "all"                         # ~/project/docstring-ls.toml:1
    style.python = "sphinx"               # --style
    "#);
    insta::assert_snapshot!(config(&project, &["--isolated"], &[]), @"");
    let moved = [("XDG_CONFIG_HOME", "/nonexistent")];
    insta::assert_snapshot!(config(&project, &[], &moved), @r#"
    line-length = 99                      # ~/project/docstring-ls.toml:2
    scope = "all"                         # ~/project/docstring-ls.toml:1
    "#);
}

#[test]
fn wrong_values_stop_everything_before_anything_is_written() {
    let project = Project::new(&[
        ("a.py", PYTHON),
        ("sub/b.py", PYTHON),
        ("sub/pyproject.toml", "[tool.docstring-ls]\nstyle = \"gogle\"\nunknown = 1\n"),
    ]);
    let run = project.run(&["generate", "--write"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.stderr, @r#"
    error: ~/project/sub/pyproject.toml:2: `style` is "gogle"; allowed: "auto", "google", "numpy", "sphinx", "epytext", "pep257", "rustdoc"; did you mean "google"?
    error: ~/project/sub/pyproject.toml:3: unknown key `unknown`; `docstring-ls config` lists the keys
    "#);
    assert_eq!(project.read("a.py"), PYTHON);
    let isolated = project.run(&["generate", "--write", "--isolated"]);
    assert_eq!(isolated.code, 0);
    let provider = project.run(&["generate", "--isolated", "--provider", "clade"]);
    assert_eq!(provider.code, 2);
    assert!(
        provider
            .stderr
            .starts_with("error: --provider: `provider` is \"clade\"; allowed: \"offline\", ")
            && provider.stderr.trim_end().ends_with("; did you mean \"claude\"?"),
        "{}",
        provider.stderr
    );
}

#[test]
fn a_hostile_project_is_refused() {
    let text = "[tool.docstring-ls]\nprovider = \"x\"\n\n[tool.docstring-ls.providers.x]\nbase-url = \"http://127.0.0.1:9\"\n";
    let project = Project::new(&[("a.py", PYTHON), ("pyproject.toml", text)]);
    for arguments in
        [&["generate", "--write"] as &[&str], &["generate", "--config", "pyproject.toml"]]
    {
        let run = project.run(arguments);
        assert_eq!((run.code, run.out().as_str()), (2, ""));
        assert_eq!(run.stderr.matches("may not be set in a project's file").count(), 2);
    }
    assert_eq!(project.read("a.py"), PYTHON);
}

#[test]
fn the_style_follows_our_settings_then_linters_then_the_majority() {
    let ruff = "[tool.ruff.lint.pydocstyle]\nconvention = \"numpy\"\n";
    let project = Project::new(&[("a.py", PYTHON)]);
    assert_eq!(style(&project, "a.py"), "google");

    let sphinx = "def other(x):\n    \"\"\"Return x.\n\n    :param x: The x.\n    :returns: It.\n    \"\"\"\n    return x\n";
    project.write("other.py", sphinx);
    project.write("setup.py", "");
    assert_eq!(style(&project, "a.py"), "sphinx", "the majority of the project");
    project.write(
        "b.py",
        format!(
            "{}\n\n{PYTHON}",
            sphinx.replace(
                "    :param x: The x.\n    :returns: It.\n",
                "    Args:\n        x: The x.\n"
            )
        ),
    );
    assert_eq!(style(&project, "b.py"), "google", "the majority of the file");

    for (name, text, expected) in [
        ("pyproject.toml", "[tool.numpydoc_validation]\nchecks = [\"all\"]\n", "numpy"),
        ("pyproject.toml", "[tool.pydocstyle]\nconvention = \"pep257\"\n", "pep257"),
        ("pyproject.toml", "[tool.pydoclint]\nstyle = \"sphinx\"\n", "sphinx"),
        ("pyproject.toml", "[tool.ruff.pydocstyle]\nconvention = \"google\"\n", "google"),
        ("pyproject.toml", ruff, "numpy"),
        ("ruff.toml", "[lint.pydocstyle]\nconvention = \"google\"\n", "google"),
        (".ruff.toml", "[lint.pydocstyle]\nconvention = \"pep257\"\n", "pep257"),
        ("docstring-ls.toml", "style = { python = \"epytext\" }\n", "epytext"),
    ] {
        project.write(name, text);
        assert_eq!(style(&project, "b.py"), expected, "{name}: {text}");
    }
    let isolated = project.run(&["generate", "--isolated", "--output-format", "json", "b.py"]);
    assert_eq!(isolated.lines()[0]["style"], "google");
}

#[test]
fn every_folder_has_its_nearest_configuration() {
    let project = Project::new(&[
        ("pyproject.toml", "[tool.docstring-ls]\nstyle = \"numpy\"\nexclude = [\"a/skip/\"]\n"),
        ("a/m.py", PYTHON),
        ("a/skip/m.py", PYTHON),
        ("b/docstring-ls.toml", "style = \"sphinx\"\nexclude = [\"skip/\"]\n"),
        ("b/deep/m.py", PYTHON),
        ("b/skip/m.py", PYTHON),
    ]);
    let run = project.run(&["generate", "--output-format", "json", "--kind", "function"]);
    let found: Vec<_> = run
        .lines()
        .iter()
        .map(|line| {
            format!("{} {}", line["path"].as_str().unwrap(), line["style"].as_str().unwrap())
        })
        .collect();
    assert_eq!(found, ["a/m.py numpy", "b/deep/m.py sphinx"]);
}

#[test]
fn lines_are_as_long_as_the_formatter_says() {
    let names = (0..12).map(|n| format!("the_very_long_name_of_parameter_{n}")).collect::<Vec<_>>();
    let code = format!(
        "def combine_all_the_parameters_that_there_are(\n    {},\n):\n    return 1\n",
        names.join(",\n    ")
    );
    let project = Project::new(&[("a.py", &code)]);
    let longest = |text: &str| {
        project.write("pyproject.toml", text);
        let run = project.run(&["generate", "--quiet"]);
        run.out().lines().filter(|l| l.starts_with('+')).map(|l| l.len() - 1).max().unwrap()
    };
    assert!(longest("[tool.ruff]\nline-length = 120\n") > 60);
    assert!(longest("[tool.ruff]\nline-length = 60\n") <= 60);
    assert!(longest("[tool.black]\nline-length = 60\n") <= 60);
    assert!(
        longest("[tool.docstring-ls]\nline-length = 56\n[tool.black]\nline-length = 90\n") <= 56
    );
}

#[test]
fn the_other_commands_answer() {
    let project = Project::new(&[(
        "pyproject.toml",
        "[tool.ruff.lint.pydocstyle]\nconvention = \"numpy\"\n",
    )]);
    assert!(config(&project, &[], &[]).starts_with("# Python files here are in style numpy: ruff's lint.pydocstyle.convention in ~/project/pyproject.toml"));
    let schema: serde_json::Value =
        serde_json::from_str(&project.run(&["config", "--schema"]).out()).unwrap();
    assert_eq!(schema["properties"]["scope"]["enum"], serde_json::json!(["public", "all"]));
    let doctor = project.run(&["doctor"]);
    assert_eq!(doctor.code, 0);
    assert!(doctor.out().contains("  python   loaded\n  rust     loaded\n"));
    project.write("docstring-ls.toml", "scope = 'all'\n");
    project.write("pyproject.toml", "[tool.docstring-ls]\nscope = 'public'\n");
    let doctor = project.run(&["doctor"]);
    assert!(doctor.out().contains("pyproject.toml does not count: a nearer file is read\n"));
    project.write("docstring-ls.toml", "scope = 1\n");
    let doctor = project.run(&["doctor"]);
    assert_eq!(doctor.code, 2);
    assert!(
        doctor.out().contains("docstring-ls.toml:1: `scope` is 1; allowed: \"public\", \"all\"")
    );
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(project.run(&["completions", shell]).out().contains("stdin-filename"), "{shell}");
    }
    let version = project.run(&["--version"]).out();
    assert_eq!(version, concat!("docstring-ls ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(project.run(&["generate", "--help"]).code, 0);
}

const USER_FILE: &str = "../.config/docstring-ls/config.toml";

/// What the doctor says about providers.
fn providers(project: &Project, arguments: &[&str], env: &[(&str, &str)]) -> (i32, String) {
    let mut command = project.command(&[&["doctor"], arguments].concat());
    let output = command.envs(env.iter().copied()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let text = text.split("providers\n").nth(1).unwrap_or_default().to_owned();
    (output.status.code().unwrap(), text)
}

#[test]
fn the_doctor_names_every_provider_and_whether_its_key_is_there() {
    let project = Project::new(&[]);
    project.write(
        USER_FILE,
        r#"provider = "claude"
[providers.cellar]
dialect = "openai-chat"
base-url = "http://cellar:8080/v1"
model = "qwen"
context = 32000
max-output = 4000
structured = "object"
preferred-styles = ["numpy", "google"]
prices = { input = 0.1, output = 0.5 }
concurrency = 2
"#,
    );
    let key = [("ANTHROPIC_API_KEY", "sk-ant-secret-secret")];
    let (code, text) = providers(&project, &[], &key);
    assert_eq!(code, 0, "{text}");
    let facts = |text: &str| {
        let lines = text.lines().filter(|line| !line.contains(" calls at a time"));
        lines.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(facts(&text), @r"
    claude   anthropic, claude-haiku-5-5 (in use)
             https://api.anthropic.com
             key: environment variable ANTHROPIC_API_KEY, set
             styles: epytext, google, numpy, pep257, rustdoc, sphinx
    cellar   openai-chat, qwen
             http://cellar:8080/v1
             key: none
             styles: epytext, google, numpy, pep257, rustdoc, sphinx
    offline  ready: embedded, needs no key and no network
    ");
    let line = text.lines().find(|line| line.contains("context 32000")).unwrap_or_default();
    insta::assert_snapshot!(line, @"           context 32000, output 4000, JSON objects, $0.1 in, $0.1 cached, $0.5 out per million tokens, 2 calls at a time, preferred for numpy, google");
    let narrow = [("DOCSTRING_LS_PROVIDERS_CELLAR_CONTEXT", "1200"), key[0]];
    let (code, text) = providers(&project, &[], &narrow);
    assert_eq!(code, 0, "{text}");
    let styles = text.lines().skip_while(|line| !line.contains("cellar"));
    let styles: Vec<_> = styles.skip_while(|line| !line.contains("styles:")).collect();
    insta::assert_snapshot!(styles.join("\n"), @r"
             styles: none
             not pep257: it reads at most 1200 tokens, and this style needs 1700
             not epytext, google, numpy, rustdoc, sphinx: it reads at most 1200 tokens, and this style needs 2100
    offline  ready: embedded, needs no key and no network
    ");
    let (code, text) = providers(&project, &[], &[]);
    assert_eq!(code, 2, "the provider in use has no key");
    assert!(text.contains("key: environment variable ANTHROPIC_API_KEY, not set"), "{text}");
    let (code, text) = providers(&project, &["--provider", "cellar"], &[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("openai-chat, qwen (in use)"), "{text}");
    let (code, text) = providers(&Project::new(&[]), &["--probe"], &key);
    assert_eq!((code, text.lines().count()), (0, 2), "{text}");
    assert!(text.contains("no remote provider is enabled"));
}

/// Answers one request for chat completions with `content`, and returns what came.
fn chat_server(content: &'static str) -> (u16, std::thread::JoinHandle<Vec<String>>) {
    use std::io::{BufRead, BufReader, Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = move || {
        let mut requests = Vec::new();
        for stream in listener.incoming().take(1) {
            let mut reader = BufReader::new(stream.unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).unwrap() > 2 {}
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()
            });
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body).unwrap();
            requests.push(head + &String::from_utf8(body).unwrap());
            let body = serde_json::json!({
                "model": "tiny-1",
                "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
                "usage": {"prompt_tokens": 31, "completion_tokens": 5},
            })
            .to_string();
            write!(
                reader.get_mut(),
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
        }
        requests
    };
    (port, std::thread::spawn(serve))
}

#[test]
fn a_probe_is_one_small_call_to_each_remote_provider() {
    let project = Project::new(&[]);
    let table = |id: &str, port: u16| {
        format!(
            "[providers.{id}]\ndialect = \"openai-chat\"\nmodel = \"tiny\"\napi-key-env = \"K\"\n\
             base-url = \"http://127.0.0.1:{port}/v1\"\nstructured = \"object\"\n"
        )
    };
    let millis = |text: &str| {
        let lines = text.lines().filter_map(|line| line.split_once("probe"));
        let words = lines.map(|(_, line)| match line.split_once(" in ") {
            Some((before, after)) => format!("{before} in … {}", after.split_once(' ').unwrap().1),
            None => line.to_owned(),
        });
        words.collect::<Vec<_>>().join("\n")
    };
    let (good, requests) = chat_server("{\"ok\":true}");
    project.write(USER_FILE, table("good", good));
    let (code, text) = providers(&project, &["--probe"], &[("K", "0123456789")]);
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("0123456789"));
    insta::assert_snapshot!(millis(&text), @": answered in … ms by tiny-1, 31 + 5 tokens; JSON objects works");
    let requests = requests.join().unwrap();
    assert!(requests[0].starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{requests:?}");
    assert!(requests[0].contains("authorization: Bearer 0123456789\r\n"), "{requests:?}");

    let (chatty, requests) = chat_server("I would love to!");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    project.write(USER_FILE, table("chatty", chatty) + &table("closed", closed));
    let (code, text) = providers(&project, &["--probe"], &[("K", "0123456789")]);
    assert_eq!(code, 2, "{text}");
    insta::assert_snapshot!(millis(&text), @r#"
    failed: answered in … ms by tiny-1, 31 + 5 tokens; JSON objects does not work: the answer is not {"ok":true}; try a lower `structured`, or another model
    failed: no connection could be made: check `base-url`, the proxy and the certificates
    "#);
    requests.join().unwrap();
}

#[test]
fn both_spellings_start_the_server() {
    let project = Project::new(&[]);
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}"#;
    let exit = r#"{"jsonrpc":"2.0","method":"exit"}"#;
    let frame = |body: &str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
    let input = format!("{}{}", frame(body), frame(exit));
    for arguments in [&["--stdio"] as &[&str], &["serve"], &["serve", "--stdio", "--isolated"]] {
        let run = project.run_with(arguments, input.as_bytes());
        assert_eq!(run.code, 1, "exit without shutdown: {}", run.stderr);
        assert!(run.out().starts_with("Content-Length: "), "{}", run.out());
        assert!(run.out().contains("\"serverInfo\":{\"name\":\"docstring-ls\""));
    }
}

#[test]
fn a_project_words_the_prompts() {
    let project = Project::new(&[
        ("a.py", "def load(path):\n    return open(path)\n"),
        (
            "docstring-ls.toml",
            "[prompts]\ninstructions = \"Write in Esperanto.\"\ntemplates = \"docs/prompts\"\n",
        ),
        ("docs/prompts/user.class.jinja", "The class {{ facts }}."),
        ("docs/prompts/README.md", "Not a template."),
    ]);
    let ask = || {
        project.run(&[
            "generate",
            "--dry-run",
            "--provider",
            "llamacpp",
            "--kind",
            "function",
            "a.py",
        ])
    };
    let shown = ask();
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(shown.out().contains("Write in Esperanto."), "{}", shown.out());
    assert!(shown.out().contains("Source:"), "{}", shown.out());
    project.write("docs/prompts/user.function.jinja", "Only this about {{ kind }}.");
    let shown = ask();
    assert!(shown.out().contains("Only this about function."), "{}", shown.out());
    assert!(!shown.out().contains("Source:"), "{}", shown.out());
}

#[test]
fn templates_that_cannot_be_used_are_named_with_their_line() {
    let project = Project::new(&[("a.py", "def f(): ...\n")]);
    let said = |folder: &str| {
        project.write("docstring-ls.toml", format!("[prompts]\ntemplates = \"{folder}\"\n"));
        let run = project.run(&["generate", "a.py"]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        run.stderr
    };
    let lost = said("nowhere");
    assert!(lost.contains("docstring-ls.toml:2") && lost.contains("cannot be opened"), "{lost}");
    project.write("p/system.jinja", "one\n{{ no_such_name }}\n");
    let unknown = said("p");
    assert!(unknown.contains("prompt template `system`, line 2"), "{unknown}");
    project.write("q/sistem.jinja", "one\n");
    assert!(said("q").contains("known are `house`, `system`"));
    let outside = said("../..");
    assert!(outside.contains("outside of the project"), "{outside}");
    #[cfg(unix)]
    {
        project.write("r/note.txt", "");
        std::os::unix::fs::symlink("/etc/hostname", project.path("r/user.jinja")).unwrap();
        assert!(said("r").contains("outside of the project"));
    }
}
