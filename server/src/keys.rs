//! The installation's secrets: a file beside the data and never in the database or its backups. From it come the keys that items are
//! sealed to, the signature on receipts and leases, each device's credential, and the halves that open what a device keeps.
//! Every server process of an installation has the same file.

use std::fmt::Write;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use hkdf::Hkdf;
use p256::ecdsa::SigningKey;
use sha2::Sha256;
use shared::audit::{SignedHead, fingerprint_of};
use shared::domain::{DeviceId, SchoolId, StaffId};
use shared::sync::Hex;
use shared::sync::lease::Lease;
use shared::sync::sealing::{OpeningKey, SealError, Sealed, SealingKeys, public_of};
use shared::sync::signing::{Purpose, sign, sign_keys, verifying_of};
use thiserror::Error;

use crate::durable;

/// Bytes of a secret.
const SECRET_BYTES: usize = 32;
/// Beside the file: held by who changes it, and what will be put in its place.
const LOCK_EXTENSION: &str = "lock";
const DRAFT_EXTENSION: &str = "new";
const FILE_HEAD: &str = "# Friminutt's secrets. Keep a copy apart from the database's backups: without this file nothing that phones\n\
    # have not sent yet can be opened, and with it and a phone's disk everything can. One line a generation, the oldest first.\n";

/// The secrets, oldest first; the first signs, the last is sealed to, and all of them open.
pub struct Keys {
    generations: Vec<Generation>,
}

struct Generation {
    id: u32,
    secret: [u8; SECRET_BYTES],
    sealing_seed: [u8; SECRET_BYTES],
    opening: OpeningKey,
}

/// What of a device's vault the server has: without it a phone that has forgotten its PIN opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Given to whoever has a session on the device.
    Session,
    /// Given only with a new sign-in.
    SignIn,
}

/// Why there are no secrets; the words are for the one who runs the server.
#[derive(Debug, Error)]
pub enum KeysError {
    #[error("the file of secrets {path} cannot be read or made: {cause}")]
    File { path: PathBuf, cause: io::Error },
    #[error(
        "the file of secrets {0} is not one: each line is a number and 64 hexadecimal digits, the numbers rising"
    )]
    Unreadable(PathBuf),
    #[error("the machine gives no random numbers")]
    NoRandomness,
}

impl Keys {
    /// Reads the file; makes one with a first generation when there is none.
    pub fn open(path: &Path) -> Result<Keys, KeysError> {
        let failed = |cause| KeysError::File {
            path: path.to_owned(),
            cause,
        };
        let read = || {
            let text = fs::read_to_string(path).map_err(failed)?;
            bring_name_to_disk(path);
            Keys::parse(&text).ok_or_else(|| KeysError::Unreadable(path.to_owned()))
        };
        match read() {
            Err(KeysError::File { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => {
                let keys = Keys::of(&[(1, random()?)]);
                match keys.write_new(path) {
                    Ok(()) => Ok(keys),
                    // Another process was first.
                    Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => read(),
                    Err(cause) => Err(failed(cause)),
                }
            }
            read => read,
        }
    }

    /// Secrets from these generations, the oldest first; at least one.
    pub fn of(generations: &[(u32, [u8; SECRET_BYTES])]) -> Keys {
        let generation = |(id, secret): &(u32, [u8; SECRET_BYTES])| {
            let sealing_seed = derive(secret, "sealing", &[]);
            Generation {
                id: *id,
                secret: *secret,
                sealing_seed,
                opening: OpeningKey::of(&sealing_seed),
            }
        };
        Keys {
            generations: generations.iter().map(generation).collect(),
        }
    }

    /// Adds a generation to the file: from now on phones seal to it. What was sealed to an earlier one is opened as before. Whoever
    /// adds at the same time waits: each generation is another, and none is put in another's place.
    pub fn add_generation(path: &Path) -> Result<u32, KeysError> {
        Keys::open(path)?;
        let failed = |cause| KeysError::File {
            path: path.to_owned(),
            cause,
        };
        // A symbolic link stays one.
        let file = fs::canonicalize(path).map_err(failed)?;
        let _turn = take_turn(&file.with_extension(LOCK_EXTENSION)).map_err(failed)?;
        let text = fs::read_to_string(&file).map_err(failed)?;
        let keys = Keys::parse(&text).ok_or_else(|| KeysError::Unreadable(path.to_owned()))?;
        let id = keys.newest().id + 1;
        let text = format!("{}\n{}", text.trim_end_matches('\n'), line(id, &random()?));
        replace(&file, &text).map_err(failed)?;
        Ok(id)
    }

    fn parse(text: &str) -> Option<Keys> {
        let lines = text.lines().map(str::trim);
        let generations = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| {
                let (id, secret) = line.split_once(' ')?;
                Some((id.parse().ok()?, Hex::parse(secret.trim())?.0))
            })
            .collect::<Option<Vec<_>>>()?;
        let rises = generations.windows(2).all(|two| two[0].0 < two[1].0);
        (!generations.is_empty() && rises).then(|| Keys::of(&generations))
    }

    /// Whole and on the disk, or not at all: what was sealed to secrets that a power loss then took would be lost.
    fn write_new(&self, path: &Path) -> io::Result<()> {
        let folder = durable::folder_of(path);
        durable::create_folder(folder)?;
        let mut text = FILE_HEAD.to_owned();
        for generation in &self.generations {
            text.push_str(&line(generation.id, &generation.secret));
        }
        let draft = path.with_extension(self.fingerprint());
        let written = write_private(&draft, &text)
            // Unlike a rename this puts nothing in the place of what another process was first with.
            .and_then(|()| fs::hard_link(&draft, path));
        fs::remove_file(&draft)?;
        written.and_then(|()| durable::sync_folder(folder))
    }

    fn oldest(&self) -> &Generation {
        &self.generations[0]
    }

    fn newest(&self) -> &Generation {
        &self.generations[self.generations.len() - 1]
    }

    fn signing_seed(&self) -> [u8; SECRET_BYTES] {
        derive(&self.oldest().secret, "signing", &[])
    }

    /// The id of the key that new items are sealed to.
    pub fn key_id(&self) -> u32 {
        self.newest().id
    }

    /// What the database remembers, to tell these secrets from others.
    pub fn fingerprint(&self) -> String {
        fingerprint_of(&self.verifying()).to_string()
    }

    /// What a device seals with.
    pub fn sealing_keys(&self, device: DeviceId) -> SealingKeys {
        let newest = self.newest();
        let mut keys = SealingKeys {
            key_id: newest.id,
            sealing: Hex(public_of(&newest.sealing_seed)),
            verifying: self.verifying(),
            credential: Hex(credential(newest, device)),
            signature: Hex([0; 64]),
        };
        sign_keys(&mut keys, &self.signing_seed());
        keys
    }

    /// What is in a sealed item, if the device that it names sealed it.
    pub fn open_item(&self, sealed: &Sealed) -> Result<Vec<u8>, SealError> {
        let generation = self
            .generations
            .iter()
            .find(|generation| generation.id == sealed.key_id)
            .ok_or(SealError::DoesNotOpen)?;
        sealed.open(&generation.opening, &credential(generation, sealed.device))
    }

    /// The signature on receipts.
    pub fn sign_receipts(&self, receipts: &[u8]) -> Hex<64> {
        sign(Purpose::Receipts, receipts, &self.signing_seed())
    }

    /// What anybody checks our signatures with.
    pub fn verifying(&self) -> Hex<32> {
        verifying_of(&self.signing_seed())
    }

    /// The signature on how far a school's record goes: the number and the hash of its last row.
    pub fn sign_head(&self, school: SchoolId, last: (i64, Hex<32>), at_ms: i64) -> SignedHead {
        SignedHead::sign(school, last, at_ms, &self.signing_seed())
    }

    /// What a thing is counted under in the database, which does not show what it was; stays the same when generations are added.
    pub fn blind(&self, what: &str, bytes: &[u8]) -> [u8; 32] {
        derive(&self.oldest().secret, what, bytes)
    }

    /// No longer than the account is open.
    pub fn lease(&self, device: DeviceId, ends_at_ms: Option<i64>, now_ms: i64) -> Lease {
        Lease::grant(device, ends_at_ms, now_ms, &self.signing_seed())
    }

    /// Names a sender among the reports to an owner: nobody who has the database alone finds out whose they are.
    pub fn owner_tag(&self, staff: StaffId) -> Vec<u8> {
        derive(&self.oldest().secret, "owner tag", staff.0.as_bytes()).to_vec()
    }

    /// What push services know this installation by (RFC 8292); stays the same when generations are added: browsers subscribe to it.
    pub fn push_key(&self) -> SigningKey {
        // Of 2^32 draws one is no secret of the curve.
        let drawn = |n| SigningKey::from_slice(&derive(&self.oldest().secret, "push", &[n])).ok();
        (0..=u8::MAX)
            .find_map(drawn)
            .expect("a secret among so many")
    }

    /// The server's half of what opens a device's vault; stays the same when generations are added.
    pub fn share(&self, share: Share, device: DeviceId) -> Hex<32> {
        let label = match share {
            Share::Session => "vault session",
            Share::SignIn => "vault sign-in",
        };
        Hex(derive(&self.oldest().secret, label, device.0.as_bytes()))
    }
}

/// Whoever made the file, or put another in its place, may have died before its name was on the disk. Where its folder may be passed
/// through and not looked into, whoever put it there has seen to it.
fn bring_name_to_disk(file: &Path) {
    let real = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    if let Err(error) = durable::sync_folder(durable::folder_of(&real)) {
        tracing::warn!(%error, "the folder with the file of secrets could not be synced");
    }
}

/// Held until it is dropped.
fn take_turn(lock: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(lock)?;
    file.lock()?;
    Ok(file)
}

/// Whole in the place of the file as it was: a line that a power loss cuts would make all of it unreadable. One at a time.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let draft = file.with_extension(DRAFT_EXTENSION);
    // Left by somebody who died here.
    match fs::remove_file(&draft) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
        _ => {}
    }
    let written = write_private(&draft, text)
        .and_then(|()| belong_as(&draft, file))
        .and_then(|()| fs::rename(&draft, file));
    if let Err(cause) = written {
        // What was wrong is told, not that its draft stayed too.
        let _ = fs::remove_file(&draft);
        return Err(cause);
    }
    durable::sync_folder(durable::folder_of(file))
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Gives a file the owner and the rights of another: who adds a generation may be root, and the server is not.
fn belong_as(file: &Path, other: &Path) -> io::Result<()> {
    let other = fs::metadata(other)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        let own = fs::metadata(file)?;
        if (own.uid(), own.gid()) != (other.uid(), other.gid()) {
            chown(file, Some(other.uid()), Some(other.gid()))?;
        }
    }
    fs::set_permissions(file, other.permissions())
}

fn credential(generation: &Generation, device: DeviceId) -> [u8; SECRET_BYTES] {
    derive(&generation.secret, "device", device.0.as_bytes())
}

/// HKDF-SHA256 (RFC 5869): one secret for each use.
fn derive(secret: &[u8; SECRET_BYTES], label: &str, context: &[u8]) -> [u8; SECRET_BYTES] {
    let mut derived = [0; SECRET_BYTES];
    let info = [b"friminutt ", label.as_bytes(), b"\n", context];
    Hkdf::<Sha256>::new(None, secret)
        .expand_multi_info(&info, &mut derived)
        .expect("32 bytes are fewer than HKDF gives");
    derived
}

fn random() -> Result<[u8; SECRET_BYTES], KeysError> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| KeysError::NoRandomness)?;
    Ok(bytes)
}

fn line(id: u32, secret: &[u8; SECRET_BYTES]) -> String {
    let mut line = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(line, "{id} {}", Hex(*secret));
    line
}

#[cfg(test)]
mod tests {
    use shared::sync::sealing::seal;
    use shared::sync::signing::{are_vouched_for, verify};
    use uuid::Uuid;

    use super::*;

    fn device() -> DeviceId {
        Uuid::from_u128(9).into()
    }

    fn fill(bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }

    #[test]
    fn the_file_is_made_once_readable_by_its_owner_alone_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/keys");
        let made = Keys::open(&path).unwrap();
        assert_eq!(Keys::open(&path).unwrap().fingerprint(), made.fingerprint());
        let folder = fs::read_dir(path.parent().unwrap()).unwrap();
        assert_eq!(folder.count(), 1, "no draft is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }

    #[test]
    fn a_broken_file_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        for broken in ["", "1 abc", "2", "x y"] {
            fs::write(&path, broken).unwrap();
            assert!(matches!(Keys::open(&path), Err(KeysError::Unreadable(_))));
            assert_eq!(fs::read_to_string(&path).unwrap(), broken);
        }
    }

    #[test]
    fn a_new_generation_is_sealed_to_and_the_old_ones_still_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let before = Keys::open(&path).unwrap();
        let old = before.sealing_keys(device());
        let sealed = seal(b"item", device(), &old, fill).unwrap();
        assert_eq!(Keys::add_generation(&path).unwrap(), 2);
        let after = Keys::open(&path).unwrap();
        let new = after.sealing_keys(device());
        assert_eq!((old.key_id, new.key_id), (1, 2));
        assert!(old.sealing != new.sealing && old.credential != new.credential);
        assert!(are_vouched_for(&new, &old.verifying));
        assert_eq!(
            after.open_item(&Sealed::read(&sealed).unwrap()).unwrap(),
            b"item"
        );
        let share = |keys: &Keys| keys.share(Share::SignIn, device());
        assert_eq!(share(&before), share(&after));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_generation_leaves_the_files_owner_rights_and_link_as_they_were() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, file) = (folder.path().join("keys"), folder.path().join("elsewhere"));
        Keys::open(&file).unwrap();
        symlink(&file, &path).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        // Only root can give a file away: for others it stays theirs.
        let _ = chown(&file, Some(12345), Some(54321));
        let of = || {
            let its = fs::metadata(&file).unwrap();
            (its.uid(), its.gid(), its.permissions().mode() & 0o777)
        };
        let before = of();
        assert_eq!(Keys::add_generation(&path).unwrap(), 2);
        assert_eq!((of(), before.2), (before, 0o640));
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        // Link, file and lock.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn who_adds_a_generation_at_the_same_time_adds_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        Keys::open(&path).unwrap();
        fs::write(path.with_extension(DRAFT_EXTENSION), "left behind").unwrap();
        let mut ids: Vec<u32> = std::thread::scope(|scope| {
            let adding: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| Keys::add_generation(&path).unwrap()))
                .collect();
            adding.into_iter().map(|it| it.join().unwrap()).collect()
        });
        ids.sort_unstable();
        assert_eq!(ids, (2..10).collect::<Vec<_>>());
        assert_eq!(Keys::open(&path).unwrap().generations.len(), 9);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        std::os::unix::fs::symlink(folder.path().join("gone"), &path).unwrap();
        assert!(matches!(Keys::open(&path), Err(KeysError::File { .. })));
    }

    #[test]
    fn each_use_and_each_device_has_a_secret_of_its_own() {
        let keys = Keys::of(&[(1, [7; 32])]);
        let other: DeviceId = Uuid::from_u128(8).into();
        let all = [
            keys.sealing_keys(device()).credential,
            keys.sealing_keys(other).credential,
            keys.share(Share::Session, device()),
            keys.share(Share::SignIn, device()),
            keys.share(Share::Session, other),
        ];
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        let signature = keys.sign_receipts(b"r");
        let key = keys.sealing_keys(device()).verifying;
        assert!(verify(Purpose::Receipts, b"r", &signature.0, &key));
    }
}
