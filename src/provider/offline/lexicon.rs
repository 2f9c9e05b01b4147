//! Abbreviations and acronyms.

/// How English writes acronyms. Sorted.
#[rustfmt::skip]
static ACRONYMS: &[(&str, &str)] = &[
    ("ansi", "ANSI"), ("api", "API"), ("ascii", "ASCII"), ("asgi", "ASGI"), ("ast", "AST"),
    ("bom", "BOM"), ("cgi", "CGI"), ("cidr", "CIDR"), ("cli", "CLI"), ("cors", "CORS"),
    ("cpu", "CPU"), ("crlf", "CRLF"), ("csrf", "CSRF"), ("css", "CSS"), ("csv", "CSV"),
    ("dfa", "DFA"), ("dns", "DNS"), ("dom", "DOM"), ("eof", "EOF"), ("ftp", "FTP"), ("gid", "GID"),
    ("gil", "GIL"), ("gmt", "GMT"), ("gpu", "GPU"), ("gui", "GUI"), ("html", "HTML"),
    ("http", "HTTP"), ("http1", "HTTP/1"), ("http2", "HTTP/2"), ("https", "HTTPS"), ("id", "ID"),
    ("ids", "IDs"), ("imap", "IMAP"), ("imap4", "IMAP4"), ("io", "I/O"), ("ip", "IP"),
    ("ipv4", "IPv4"), ("ipv6", "IPv6"), ("iso", "ISO"), ("json", "JSON"), ("jwt", "JWT"),
    ("ldap", "LDAP"), ("lzma", "LZMA"), ("mime", "MIME"), ("mro", "MRO"), ("nfa", "NFA"),
    ("nntp", "NNTP"), ("pdf", "PDF"), ("pem", "PEM"), ("pep", "PEP"), ("pid", "PID"),
    ("posix", "POSIX"), ("ram", "RAM"), ("rfc", "RFC"), ("rgb", "RGB"), ("rpc", "RPC"),
    ("sdk", "SDK"), ("sku", "SKU"), ("skus", "SKUs"), ("smtp", "SMTP"), ("spi", "SPI"),
    ("sql", "SQL"), ("ssl", "SSL"), ("svg", "SVG"), ("svn", "SVN"), ("tcp", "TCP"), ("tls", "TLS"),
    ("toml", "TOML"), ("tty", "TTY"), ("udp", "UDP"), ("ui", "UI"), ("uid", "UID"), ("uri", "URI"),
    ("uris", "URIs"), ("url", "URL"), ("urls", "URLs"), ("usb", "USB"), ("utc", "UTC"),
    ("utf", "UTF"), ("utf8", "UTF-8"), ("uuid", "UUID"), ("wsgi", "WSGI"), ("xhtml", "XHTML"),
    ("xml", "XML"), ("yaml", "YAML"),
];

/// What an abbreviation stands for; only those with one common reading. Sorted.
#[rustfmt::skip]
static EXPANSIONS: &[(&str, &str)] = &[
    ("addr", "address"), ("addrs", "addresses"), ("alloc", "allocation"), ("anno", "annotation"),
    ("app", "application"), ("arg", "argument"), ("args", "arguments"), ("arr", "array"),
    ("attr", "attribute"), ("attrs", "attributes"), ("auth", "authentication"),
    ("authkey", "authentication key"), ("avg", "average"), ("basename", "base name"),
    ("bg", "background"), ("bgcolor", "background color"), ("bool", "boolean"), ("buf", "buffer"),
    ("bufs", "buffers"), ("bwd", "backward"), ("calc", "calculate"), ("cb", "callback"),
    ("cfg", "configuration"), ("char", "character"), ("chars", "characters"), ("cls", "class"),
    ("cmd", "command"), ("cmds", "commands"), ("cnt", "count"), ("coeff", "coefficient"),
    ("col", "column"), ("cols", "columns"), ("cond", "condition"), ("conf", "configuration"),
    ("conn", "connection"), ("const", "constant"), ("coro", "coroutine"), ("ctx", "context"),
    ("cur", "current"), ("curr", "current"), ("db", "database"), ("decl", "declaration"),
    ("decls", "declarations"), ("def", "definition"), ("defs", "definitions"),
    ("deps", "dependencies"), ("desc", "description"), ("dest", "destination"),
    ("dir", "directory"), ("dirname", "directory name"), ("dirs", "directories"),
    ("doc", "documentation"), ("dst", "destination"), ("elem", "element"), ("elems", "elements"),
    ("elt", "element"), ("elts", "elements"), ("env", "environment"),
    ("envvar", "environment variable"), ("envvars", "environment variables"), ("err", "error"),
    ("errs", "errors"), ("exc", "exception"), ("excinfo", "exception information"),
    ("expr", "expression"), ("exprs", "expressions"), ("ext", "extension"),
    ("fd", "file descriptor"), ("fg", "foreground"), ("fgcolor", "foreground color"),
    ("fmt", "format"), ("fn", "function"), ("freq", "frequency"), ("fs", "file system"),
    ("fullname", "full name"), ("func", "function"), ("funcs", "functions"), ("fut", "future"),
    ("futs", "futures"), ("fwd", "forward"), ("hdr", "header"), ("hostname", "host name"),
    ("ident", "identifier"), ("idx", "index"), ("img", "image"), ("impl", "implementation"),
    ("info", "information"), ("init", "initial"), ("int", "integer"), ("ints", "integers"),
    ("kw", "keyword argument"), ("kwarg", "keyword argument"), ("kwargs", "keyword arguments"),
    ("kwds", "keyword arguments"), ("lang", "language"), ("len", "length"),
    ("lhs", "left-hand side"), ("lib", "library"), ("libs", "libraries"), ("lineno", "line number"),
    ("loc", "location"), ("max", "maximum"), ("maxlen", "maximum length"), ("mem", "memory"),
    ("meth", "method"), ("mgr", "manager"), ("min", "minimum"), ("minlen", "minimum length"),
    ("misc", "miscellaneous"), ("mod", "module"), ("msg", "message"), ("msgs", "messages"),
    ("mut", "mutable"), ("nargs", "number of arguments"), ("ns", "namespace"), ("num", "number"),
    ("nums", "numbers"), ("obj", "object"), ("objs", "objects"), ("op", "operation"),
    ("ops", "operations"), ("opt", "option"), ("opts", "options"), ("orig", "original"),
    ("param", "parameter"), ("params", "parameters"), ("passwd", "password"), ("pkg", "package"),
    ("pkgs", "packages"), ("pos", "position"), ("pred", "predicate"), ("prev", "previous"),
    ("proc", "process"), ("prop", "property"), ("props", "properties"), ("proto", "protocol"),
    ("ptr", "pointer"), ("pwd", "password"), ("py", "Python"), ("qname", "qualified name"),
    ("rand", "random"), ("recv", "receive"), ("ref", "reference"), ("refs", "references"),
    ("req", "request"), ("resp", "response"), ("ret", "result"), ("rhs", "right-hand side"),
    ("rt", "runtime"), ("rx", "receiver"), ("sep", "separator"), ("seq", "sequence"),
    ("sig", "signature"), ("sock", "socket"), ("spec", "specification"), ("src", "source"),
    ("stdlib", "standard library"), ("stmt", "statement"), ("stmts", "statements"),
    ("str", "string"), ("strs", "strings"), ("subdir", "subdirectory"),
    ("subdirs", "subdirectories"), ("subproc", "subprocess"), ("sym", "symbol"), ("sys", "system"),
    ("tb", "traceback"), ("temp", "temporary"), ("tmp", "temporary"), ("tok", "token"),
    ("toks", "tokens"), ("tx", "sender"), ("txt", "text"), ("typ", "type"),
    ("username", "user name"), ("usr", "user"), ("util", "utility"), ("utils", "utilities"),
    ("val", "value"), ("vals", "values"), ("var", "variable"), ("vars", "variables"),
    ("vec", "vector"),
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
