//! A throw-away PostgreSQL on a free port, gone with the value that holds it. It is a child of ours, so that Ctrl-C
//! ends it too. PostgreSQL refuses to run as root: then it runs as the user `postgres`.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::command::{self, announce, is_on_path};
use crate::debian;

pub const URL_SETTING: &str = "FRIMINUTT_TEST_POSTGRES";
const FSYNC_SETTING: &str = "FRIMINUTT_TEST_FSYNC";
const START_LIMIT: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// Test programs run side by side, each with pools of its own.
const MAX_CONNECTIONS: usize = 300;

pub struct Postgres {
    url: String,
    cluster: Option<Cluster>,
}

impl Postgres {
    /// The database that the environment names, or a new one.
    pub fn start() -> Result<Self> {
        if let Ok(url) = env::var(URL_SETTING) {
            return Ok(Self { url, cluster: None });
        }
        let cluster = Cluster::start(&programs()?)?;
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", cluster.port);
        Ok(Self {
            url,
            cluster: Some(cluster),
        })
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(cluster) = &mut self.cluster {
            cluster.stop();
        }
    }
}

/// Installs PostgreSQL where it is missing, and returns the folder of its programs.
pub fn programs() -> Result<PathBuf> {
    if let Some(folder) = installed() {
        return Ok(folder);
    }
    debian::install("PostgreSQL", &["postgresql"])?;
    installed()
        .context("PostgreSQL is installed and its initdb is not found: put its folder on the PATH")
}

fn installed() -> Option<PathBuf> {
    if is_on_path("initdb") {
        return Some(PathBuf::new());
    }
    // Debian keeps the programs of each version apart, and off the PATH.
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let newest = versions
        .filter_map(|version| version.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .max()?;
    Some(PathBuf::from(format!("/usr/lib/postgresql/{newest}/bin")))
}

struct Cluster {
    folder: PathBuf,
    port: u16,
    server: Child,
    stop: Command,
}

impl Cluster {
    fn start(programs: &Path) -> Result<Self> {
        let folder = env::temp_dir().join(format!("friminutt-postgres-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let user = User::for_postgres()?;
        if let Some(user) = &user {
            chown(&folder, Some(user.id), Some(user.group))?;
        }
        let data = folder.join("data");
        let port = free_port()?;
        let program = |name: &str| {
            let mut program = Command::new(programs.join(name));
            program
                .arg("-D")
                .arg(&data)
                .current_dir(&folder)
                .stdin(Stdio::null());
            if let Some(user) = &user {
                program.uid(user.id).gid(user.group);
            }
            program
        };

        let fsync = env::var(FSYNC_SETTING).unwrap_or_else(|_| "on".to_owned());
        announce(&format!(
            "starting PostgreSQL on port {port} (fsync {fsync})"
        ));
        command::output(program("initdb").args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        ]))?;
        let log = fs::File::create(folder.join("log"))?;
        let server = program("postgres")
            .args(["-p", &port.to_string(), "-k"])
            .arg(&folder)
            .args(["-c", "listen_addresses=127.0.0.1"])
            .args(["-c", &format!("max_connections={MAX_CONNECTIONS}")])
            .args(["-c", &format!("fsync={fsync}")])
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot start PostgreSQL")?;
        let mut stop = program("pg_ctl");
        stop.args(["-m", "immediate", "stop"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());

        let mut cluster = Self {
            folder,
            port,
            server,
            stop,
        };
        cluster
            .wait_until_ready(&programs.join("pg_isready"))
            .inspect_err(|_| cluster.stop())?;
        Ok(cluster)
    }

    fn wait_until_ready(&mut self, pg_isready: &Path) -> Result<()> {
        let deadline = Instant::now() + START_LIMIT;
        let mut ask = Command::new(pg_isready);
        ask.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
        while !ask.status()?.success() {
            let has_ended = self.server.try_wait()?.is_some();
            if has_ended || Instant::now() > deadline {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL did not start. It says:\n{log}");
            }
            thread::sleep(POLL_INTERVAL);
        }
        Ok(())
    }

    /// What fails here fails because the server has ended already.
    fn stop(&mut self) {
        let _ = self.stop.status();
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

struct User {
    id: u32,
    group: u32,
}

impl User {
    /// Whom to run as: nobody else, unless we are root.
    fn for_postgres() -> Result<Option<Self>> {
        if number_by_id(&["-u"])? != 0 {
            return Ok(None);
        }
        let id = number_by_id(&["-u", "postgres"])
            .context("PostgreSQL will not run as root, and there is no user postgres")?;
        let group = number_by_id(&["-g", "postgres"])?;
        ensure!(id != 0, "the user postgres is root");
        Ok(Some(Self { id, group }))
    }
}

fn number_by_id(arguments: &[&str]) -> Result<u32> {
    Ok(command::output(Command::new("id").args(arguments))?
        .trim()
        .parse()?)
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_answers_and_leaves_nothing_behind() {
        let programs = programs().unwrap();
        let mut cluster = Cluster::start(&programs).unwrap();
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", cluster.port);
        let mut ask = Command::new(programs.join("psql"));
        ask.args([&url, "-Atc", "show fsync"]);
        assert_eq!(command::output(&mut ask).unwrap().trim(), "on");

        cluster.stop();
        assert!(!cluster.folder.exists());
        assert!(command::output(&mut ask).is_err());
    }
}
