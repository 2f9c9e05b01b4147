//! Abbreviations and acronyms.

/// How English writes acronyms. Sorted.
#[rustfmt::skip]
static ACRONYMS: &[(&str, &str)] = &[
    ("ansi", "ANSI"), ("api", "API"), ("ascii", "ASCII"), ("asgi", "ASGI"), ("ast", "AST"),
    ("cgi", "CGI"), ("cidr", "CIDR"), ("cli", "CLI"), ("cpu", "CPU"), ("crlf", "CRLF"),
    ("css", "CSS"), ("csv", "CSV"), ("dfa", "DFA"), ("dns", "DNS"), ("dom", "DOM"), ("eof", "EOF"),
    ("ftp", "FTP"), ("gil", "GIL"), ("gmt", "GMT"), ("gpu", "GPU"), ("gui", "GUI"),
    ("html", "HTML"), ("http", "HTTP"), ("http1", "HTTP/1"), ("http2", "HTTP/2"),
    ("https", "HTTPS"), ("id", "ID"), ("ids", "IDs"), ("imap", "IMAP"), ("io", "I/O"), ("ip", "IP"),
    ("ipv4", "IPv4"), ("ipv6", "IPv6"), ("iso", "ISO"), ("json", "JSON"), ("mime", "MIME"),
    ("nfa", "NFA"), ("pdf", "PDF"), ("posix", "POSIX"), ("ram", "RAM"), ("rgb", "RGB"),
    ("rpc", "RPC"), ("sku", "SKU"), ("skus", "SKUs"), ("smtp", "SMTP"), ("sql", "SQL"), ("ssl", "SSL"), ("svg", "SVG"),
    ("tcp", "TCP"), ("tls", "TLS"), ("toml", "TOML"), ("tty", "TTY"), ("udp", "UDP"), ("ui", "UI"),
    ("uri", "URI"), ("uris", "URIs"), ("url", "URL"), ("urls", "URLs"), ("utc", "UTC"),
    ("utf", "UTF"), ("utf8", "UTF-8"), ("uuid", "UUID"), ("wsgi", "WSGI"), ("xml", "XML"),
    ("yaml", "YAML"),
];

/// What an abbreviation stands for; only those with one common reading. Sorted.
#[rustfmt::skip]
static EXPANSIONS: &[(&str, &str)] = &[
    ("addr", "address"), ("addrs", "addresses"), ("alloc", "allocation"), ("anno", "annotation"),
    ("app", "application"), ("arg", "argument"), ("args", "arguments"), ("arr", "array"),
    ("attr", "attribute"), ("attrs", "attributes"), ("auth", "authentication"), ("avg", "average"),
    ("bg", "background"), ("bool", "boolean"), ("buf", "buffer"), ("bufs", "buffers"),
    ("calc", "calculate"), ("cb", "callback"), ("cfg", "configuration"), ("char", "character"),
    ("chars", "characters"), ("cls", "class"), ("cmd", "command"), ("cmds", "commands"),
    ("cnt", "count"), ("col", "column"), ("cols", "columns"), ("cond", "condition"),
    ("conf", "configuration"), ("conn", "connection"), ("const", "constant"), ("coro", "coroutine"),
    ("ctx", "context"), ("cur", "current"), ("curr", "current"), ("db", "database"),
    ("decl", "declaration"), ("decls", "declarations"), ("def", "definition"),
    ("defs", "definitions"), ("deps", "dependencies"), ("desc", "description"),
    ("dest", "destination"), ("dir", "directory"), ("dirs", "directories"),
    ("doc", "documentation"), ("dst", "destination"), ("elem", "element"), ("elems", "elements"),
    ("elt", "element"), ("elts", "elements"), ("env", "environment"), ("err", "error"),
    ("errs", "errors"), ("exc", "exception"), ("excinfo", "exception information"),
    ("expr", "expression"), ("exprs", "expressions"), ("ext", "extension"),
    ("fd", "file descriptor"), ("fg", "foreground"), ("fmt", "format"), ("fn", "function"),
    ("freq", "frequency"), ("fs", "file system"), ("fullname", "full name"), ("func", "function"),
    ("funcs", "functions"), ("hdr", "header"), ("idx", "index"), ("img", "image"),
    ("impl", "implementation"), ("info", "information"), ("init", "initial"), ("int", "integer"),
    ("ints", "integers"), ("kw", "keyword argument"), ("kwarg", "keyword argument"),
    ("kwargs", "keyword arguments"), ("kwds", "keyword arguments"), ("lang", "language"),
    ("len", "length"), ("lhs", "left-hand side"), ("lib", "library"), ("libs", "libraries"),
    ("loc", "location"), ("max", "maximum"), ("mem", "memory"), ("meth", "method"),
    ("mgr", "manager"), ("min", "minimum"), ("misc", "miscellaneous"), ("mod", "module"),
    ("msg", "message"), ("msgs", "messages"), ("mut", "mutable"), ("ns", "namespace"),
    ("num", "number"), ("nums", "numbers"), ("obj", "object"), ("objs", "objects"),
    ("op", "operation"), ("ops", "operations"), ("opt", "option"), ("opts", "options"),
    ("orig", "original"), ("param", "parameter"), ("params", "parameters"), ("passwd", "password"),
    ("pkg", "package"), ("pkgs", "packages"), ("pos", "position"), ("pred", "predicate"),
    ("prev", "previous"), ("proc", "process"), ("prop", "property"), ("props", "properties"),
    ("ptr", "pointer"), ("pwd", "password"), ("rand", "random"), ("recv", "receive"),
    ("ref", "reference"), ("refs", "references"), ("req", "request"), ("resp", "response"),
    ("ret", "result"), ("rhs", "right-hand side"), ("sep", "separator"), ("seq", "sequence"),
    ("sig", "signature"), ("spec", "specification"), ("src", "source"),
    ("stdlib", "standard library"), ("stmt", "statement"), ("stmts", "statements"),
    ("str", "string"), ("strs", "strings"), ("sym", "symbol"), ("sys", "system"),
    ("tb", "traceback"), ("temp", "temporary"), ("tmp", "temporary"), ("tok", "token"),
    ("toks", "tokens"), ("txt", "text"), ("typ", "type"), ("usr", "user"), ("util", "utility"),
    ("utils", "utilities"), ("val", "value"), ("vals", "values"), ("var", "variable"),
    ("vars", "variables"), ("vec", "vector"),
];

/// The spelling of an acronym that is given in lower case.
pub(super) fn acronym(lower: &str) -> Option<&'static str> {
    find(ACRONYMS, lower)
}

/// The word that an abbreviation stands for.
pub(super) fn expansion(word: &str) -> Option<&'static str> {
    find(EXPANSIONS, word)
}

fn find(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    let index = table.binary_search_by(|(short, _)| (*short).cmp(word)).ok()?;
    table.get(index).map(|(_, long)| *long)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_for_the_binary_search() {
        for table in [ACRONYMS, EXPANSIONS] {
            assert!(table.windows(2).all(|pair| matches!(pair, [a, b] if a.0 < b.0)));
        }
    }
}
