//! Runs the real binary in a folder of its own, far from the user's configuration.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

pub mod batches;
pub mod chat;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder with a project, below a home folder that is empty.
pub struct Project {
    home: tempfile::TempDir,
}

/// What a run said.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Run {
    pub fn out(&self) -> String {
        String::from_utf8(self.stdout.clone()).unwrap()
    }

    pub fn lines(&self) -> Vec<serde_json::Value> {
        self.out().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Project {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let project = Self { home: tempfile::tempdir().unwrap() };
        fs::create_dir(project.path("")).unwrap();
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    /// The home folder; the user's file is `home/.config/docstring-ls/config.toml`.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join("project").join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docstring-ls"));
        self.prepare(command.args(arguments));
        command
    }

    fn prepare(&self, command: &mut Command) {
        #[expect(clippy::disallowed_methods, reason = "git is found through it")]
        let path = std::env::var_os("PATH").unwrap();
        command
            .current_dir(self.path(""))
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.home())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::null());
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        self.finished(self.command(arguments).output().unwrap())
    }

    pub fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin).unwrap();
        self.finished(child.wait_with_output().unwrap())
    }

    /// The home folder is shown as `~`, and times are left out.
    pub fn finished(&self, output: Output) -> Run {
        let stderr = String::from_utf8(output.stderr).unwrap();
        let stderr = stderr.replace(&self.home().display().to_string(), "~");
        let lines = stderr.lines().map(|line| match line.rsplit_once(" (") {
            Some((before, time)) if time.ends_with(" s)") => before.to_owned(),
            _ => line.to_owned(),
        });
        Run {
            code: output.status.code().unwrap(),
            stdout: output.stdout,
            stderr: lines.collect::<Vec<_>>().join("\n"),
        }
    }

    pub fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        self.prepare(&mut command);
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
        let output = command.args(identity).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
