//! What is a secret, and what is not.

use super::{Redactor, redact, secrets};

fn cut(text: &str) -> String {
    redact(text).0
}

#[test]
fn values_of_names_that_hold_secrets() {
    for (text, expected) in [
        ("API_KEY = \"correct-horse\"", "API_KEY = \"[redacted]\""),
        ("API_KEY_2 = 'abcd'", "API_KEY_2 = '[redacted]'"),
        ("SIGNING_KEY: Final[str] = \"s3cr3tvalue\"", "SIGNING_KEY: Final[str] = \"[redacted]\""),
        (
            "const API_KEY: &'static str = \"abcdef\";",
            "const API_KEY: &'static str = \"[redacted]\";",
        ),
        ("connect(user='bob', password='hunter2')", "connect(user='bob', password='[redacted]')"),
        ("conf = {\"password\": \"hunter2\"}", "conf = {\"password\": \"[redacted]\"}"),
        (
            "headers['Authorization'] = 'Bearer abcdef123456'",
            "headers['Authorization'] = 'Bearer [redacted]'",
        ),
        (
            "env.setdefault(\"CLIENT_SECRET\", \"hunter2\")",
            "env.setdefault(\"CLIENT_SECRET\", \"[redacted]\")",
        ),
        (".password(\"hunter2\")", ".password(\"[redacted]\")"),
        ("if password == b'hunter2':", "if password == b'[redacted]':"),
        ("dbPassword := \"hunter2\"", "dbPassword := \"[redacted]\""),
        (
            "# export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI7K7MDENG",
            "# export AWS_SECRET_ACCESS_KEY=[redacted]",
        ),
        ("STRIPE_KEY = \"correcthorsebattery\"", "STRIPE_KEY = \"[redacted]\""),
        ("token = 'a8f5f167f44f4964e6c998dee827110c'", "token = '[redacted]'"),
    ] {
        assert_eq!(cut(text), expected);
    }
}

#[test]
fn values_that_show_themselves() {
    for (text, expected) in [
        ("x('sk-ant-api03-Abc123Def456Ghi789Jkl')", "x('[redacted]')"),
        ("# ghp_16C7e42F292c6912E7710c838347Ae178B4a", "# [redacted]"),
        ("id = AKIAIOSFODNN7EXAMPLE", "id = [redacted]"),
        ("t: xoxb-1234567890-abcdef", "t: [redacted]"),
        ("k = AIzaSyD4iE2xVSpkLLOXoyqT-RuPwURN3ddScAI", "k = [redacted]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmN", "[redacted]"),
        ("open('postgres://bob:hunter2@db/x')", "open('postgres://bob:[redacted]@db/x')"),
        ("https://:pw@example.org", "https://:[redacted]@example.org"),
        ("seed = 'q7Rt2LmX9vB4nZ1kW8pD3sHf'", "seed = '[redacted]'"),
        (
            "K = '''-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAn1a9ZP6sQXr3\nb7c8d9e0f1a2b3c4d5e6f7a8\n-----END RSA PRIVATE KEY-----'''",
            "K = '''-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----'''",
        ),
    ] {
        assert_eq!(cut(text), expected);
    }
}

#[test]
fn ordinary_code_stays() {
    for text in [
        "password = getpass(\"Enter your password: \")",
        "PASSWORD_FIELD = \"password\"",
        "parser.add_argument(\"--api-key\", help=\"The key of the service.\")",
        "token_type = \"bearer\"",
        "key = \"name\"",
        "SESSION_KEY = \"user_id\"",
        "for token in text.split(' '):",
        "if token == \"IDENT\":",
        "password=password, token=None",
        "api_key=os.environ[\"API_KEY\"]",
        "password: str = \"\"",
        "secret = \"${SECRET}\"",
        "assert digest == 'd41d8cd98f00b204e9800998ecf8427e'",
        "ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/'",
        "name = 'TestSomethingVeryLongWithCamelCase2'",
        "url = 'https://example.org:8080/a@b'",
        "x = 'user@example.org'",
        "f\"https://{user}:{password}@{host}\"",
        "id = '123e4567-e89b-12d3-a456-426614174000'",
        "class_name = 'sk-estimator-doc-link-element-1'",
        "if line.startswith('-----BEGIN RSA PRIVATE KEY-----'): pass",
        "https://user:pass@host:port/path",
        "__slots__ = ('user', 'password', 'host_name', 'port')",
        "x = 'PytestRemovedIn10Warning'",
        "it's a don't and it isn't",
        "fn f<'a>(x: &'a str) -> &'a str",
        "path = 'src/generate/prompt/templates/system_python_jinja2'",
    ] {
        assert_eq!(redact(text), (text.to_owned(), 0));
    }
}

#[test]
fn parts_of_a_file_and_texts_made_of_it_are_clean() {
    let text = "A = 1\nAPI_KEY = 'hunter22'\nB = 2\n";
    let redactor = Redactor::new(text);
    let all = redactor.slice(0..text.len());
    assert_eq!(all.text, "A = 1\nAPI_KEY = '[redacted]'\nB = 2\n");
    assert_eq!(all.secrets.len(), 1);
    // A part that begins or ends inside of the secret.
    assert_eq!(redactor.slice(20..text.len()).text, "[redacted]'\nB = 2\n");
    assert_eq!(redactor.slice(0..20).text, "A = 1\nAPI_KEY = '[redacted]");
    assert!(redactor.slice(0..6).secrets.is_empty());
    assert_eq!(redactor.text("if x == 'hunter22'").text, "if x == '[redacted]'");
    assert_eq!(redactor.value("password", "'other-one'").text, "'[redacted]'");
    assert_eq!(redactor.value("timeout", "'other-one'").text, "'other-one'");
}

#[test]
fn any_text_is_read_in_time() {
    let unit = [
        "'",
        "\"",
        "=",
        "://a:b@",
        "-----BEGIN PRIVATE KEY-----",
        "password='",
        "\\",
        "é",
        "sk-",
        "eyJ",
        ".",
        "key=\"",
        "-----",
    ];
    for part in unit {
        let text = part.repeat(200_000 / part.len());
        let started = std::time::Instant::now();
        let found = secrets(&text);
        assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start), "{part}");
        assert!(started.elapsed().as_secs() < 5, "{part}: {:?}", started.elapsed());
    }
}
