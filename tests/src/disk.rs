//! What a disk may hold after the power was lost, worked out from the fault library's log: all that was synced, and of every
//! write after that, by chance, all, nothing, or some of its sectors. A name that came, went or changed hands counts for certain once
//! the folder was synced; a rename happens whole or not at all.

use std::collections::BTreeMap;
use std::path::Path;

use crate::faults::{Event, HEAD_BYTES};
use crate::random::Random;

/// The database's main file.
pub const MAIN_FILE: &str = "friminutt.db";
/// The file with the keys of what people write.
const CONTENT_KEYS_FILE: &str = "friminutt.content-keys.db";
/// What a disk writes whole or not at all.
const SECTOR_BYTES: usize = 512;
/// In how many steps the share of writes that arrived is chosen.
const SHARES: usize = 8;

/// Which file has which name.
type Names = BTreeMap<String, usize>;

/// The disk at one place of the log.
#[derive(Default)]
pub struct Disk {
    /// All that there ever was; names refer to their places.
    files: Vec<File>,
    now: Names,
    /// As of the folder's last sync.
    synced: Names,
    /// Since then, in order.
    unsynced: Vec<Naming>,
    failed_syncs: u64,
}

/// What happened to a folder.
enum Naming {
    Add {
        name: String,
        file: usize,
    },
    Remove {
        name: String,
    },
    Rename {
        from: String,
        to: String,
        file: usize,
    },
}

impl Naming {
    fn apply(&self, names: &mut Names) {
        match self {
            Naming::Add { name, file } => {
                names.insert(name.clone(), *file);
            }
            Naming::Remove { name } => {
                names.remove(name);
            }
            Naming::Rename { from, to, file } => {
                names.remove(from);
                names.insert(to.clone(), *file);
            }
        }
    }
}

#[derive(Clone, Default)]
struct File {
    synced: Vec<u8>,
    /// Since the last sync, in order.
    unsynced: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Resize(usize),
}

/// The log, a record at a time.
pub struct Log<'a> {
    bytes: &'a [u8],
    /// How much of it was read.
    pub read: usize,
}

/// One record.
pub struct Record<'a> {
    pub event: Event,
    pub name: &'a str,
    offset: usize,
    bytes: &'a [u8],
}

impl<'a> Log<'a> {
    pub fn new(bytes: &'a [u8]) -> Log<'a> {
        Log { bytes, read: 0 }
    }
}

impl<'a> Iterator for Log<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let (head, rest) = self.bytes[self.read..].split_at_checked(HEAD_BYTES)?;
        let number = |at: usize| {
            let eight = head[at..at + 8].try_into().expect("eight bytes");
            u64::from_le_bytes(eight) as usize
        };
        let (name, rest) = rest.split_at_checked(head[1].into())?;
        let bytes = rest.get(..number(10))?;
        self.read += HEAD_BYTES + name.len() + bytes.len();
        Some(Record {
            event: event(head[0]),
            name: plain(name),
            offset: number(2),
            bytes,
        })
    }
}

fn plain(name: &[u8]) -> &str {
    std::str::from_utf8(name).expect("the server's names are plain")
}

fn event(number: u8) -> Event {
    let all = [
        Event::Created,
        Event::Written,
        Event::Resized,
        Event::Removed,
        Event::Synced,
        Event::SyncFailed,
        Event::FolderSynced,
        Event::Linked,
        Event::Renamed,
    ];
    let found = all.into_iter().find(|event| *event as u8 == number);
    found.expect("an event that the library writes")
}

impl Record<'_> {
    /// The database's main file reached the disk: SQLite moved commits there from the file beside it.
    pub fn is_checkpoint(&self) -> bool {
        self.event == Event::Synced && self.name == MAIN_FILE
    }
}

impl Disk {
    /// A disk that has these files and is at rest.
    pub fn with(files: &BTreeMap<String, Vec<u8>>) -> Disk {
        let file = |content: &Vec<u8>| File {
            synced: content.clone(),
            unsynced: Vec::new(),
        };
        let names: Names = files.keys().cloned().zip(0..).collect();
        Disk {
            files: files.values().map(file).collect(),
            now: names.clone(),
            synced: names,
            ..Disk::default()
        }
    }

    pub fn apply(&mut self, record: &Record) {
        let name = record.name.to_owned();
        match record.event {
            Event::Created => {
                self.files.push(File::default());
                let file = self.files.len() - 1;
                self.happens(Naming::Add { name, file });
            }
            Event::Linked => {
                let (file, name) = (self.now[&name], plain(record.bytes).to_owned());
                self.happens(Naming::Add { name, file });
            }
            Event::Renamed => {
                let (file, to) = (self.now[&name], plain(record.bytes).to_owned());
                self.happens(Naming::Rename {
                    from: name,
                    to,
                    file,
                });
            }
            Event::Removed => self.happens(Naming::Remove { name }),
            Event::FolderSynced => {
                self.synced = self.now.clone();
                self.unsynced.clear();
            }
            Event::Written => self.file(record).unsynced.push(Change::Write {
                offset: record.offset,
                bytes: record.bytes.to_vec(),
            }),
            Event::Resized => {
                let change = Change::Resize(record.offset);
                self.file(record).unsynced.push(change);
            }
            Event::Synced => self.file(record).sync(),
            // Linux calls the pages clean whether they were written or not: the next sync does not write them.
            Event::SyncFailed => {
                self.failed_syncs += 1;
                let mut chance = Random(self.failed_syncs);
                let file = self.file(record);
                file.synced = file.after_power_loss(&mut chance);
                file.unsynced.clear();
            }
        }
    }

    fn happens(&mut self, naming: Naming) {
        naming.apply(&mut self.now);
        self.unsynced.push(naming);
    }

    fn file(&mut self, record: &Record) -> &mut File {
        &mut self.files[self.now[record.name]]
    }

    /// What is on the disk when the power comes back.
    pub fn after_power_loss(&self, chance: &mut Random) -> BTreeMap<String, Vec<u8>> {
        let mut names = self.synced.clone();
        for naming in &self.unsynced {
            if chance.once_in(2) {
                naming.apply(&mut names);
            }
        }
        // A file with two names is still one.
        let mut found = BTreeMap::new();
        let mut content = |file: usize| {
            let content = found.entry(file);
            let lost = || self.files[file].after_power_loss(chance);
            content.or_insert_with(lost).clone()
        };
        let named = names.into_iter();
        named.map(|(name, file)| (name, content(file))).collect()
    }

    /// What is there while the power is on.
    pub fn now(&self) -> BTreeMap<String, Vec<u8>> {
        let now = |file: &File| {
            let mut file = file.clone();
            file.sync();
            file.synced
        };
        let named = self.now.iter();
        named
            .map(|(name, file)| (name.clone(), now(&self.files[*file])))
            .collect()
    }
}

impl File {
    fn sync(&mut self) {
        for change in self.unsynced.drain(..) {
            match change {
                Change::Write { offset, bytes } => write(&mut self.synced, offset, &bytes),
                Change::Resize(length) => self.synced.resize(length, 0),
            }
        }
    }

    fn after_power_loss(&self, chance: &mut Random) -> Vec<u8> {
        let mut content = self.synced.clone();
        // From almost all of it to almost nothing: else a long row of writes would never be whole but for the last.
        let share = chance.below(SHARES + 1);
        for change in &self.unsynced {
            let is_whole = chance.below(SHARES) < share;
            match change {
                Change::Write { offset, bytes } if is_whole => write(&mut content, *offset, bytes),
                Change::Write { offset, bytes } if chance.once_in(2) => {
                    write_some_sectors(&mut content, *offset, bytes, chance);
                }
                Change::Resize(length) if is_whole => content.resize(*length, 0),
                _ => {}
            }
        }
        content
    }
}

fn write(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(bytes);
}

fn write_some_sectors(content: &mut Vec<u8>, offset: usize, bytes: &[u8], chance: &mut Random) {
    let (mut at, end) = (offset, offset + bytes.len());
    while at < end {
        let next = end.min((at / SECTOR_BYTES + 1) * SECTOR_BYTES);
        if chance.once_in(2) {
            write(content, at, &bytes[at - offset..next - offset]);
        }
        at = next;
    }
}

/// Writes the files out.
pub fn write_files(files: &BTreeMap<String, Vec<u8>>, folder: &Path) {
    for (name, content) in files {
        std::fs::write(folder.join(name), content).expect("a file in the folder");
    }
}

/// The files of a database at rest.
pub fn read_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let read = |name: &str| {
        let content = std::fs::read(folder.join(name)).expect("a file of the database");
        (name.to_owned(), content)
    };
    [MAIN_FILE, CONTENT_KEYS_FILE].map(read).into()
}
