//! What a disk may hold after the power was lost, worked out from the fault library's log: all that was synced, and of every
//! write after that, by chance, all, nothing, or some of its sectors. A name that came or went counts for certain once the
//! folder was synced.

use std::collections::BTreeMap;

use crate::faults::{Event, HEAD_BYTES, MAIN_FILE};
use crate::random::Random;

/// How the name of the file with the keys of what people write ends.
const KEYS_FILE: &str = "content-keys.db";
/// What a disk writes whole or not at all.
const SECTOR_BYTES: usize = 512;
/// In how many steps the share of writes that arrived is chosen.
const SHARES: usize = 8;

/// The disk at one place of the log.
#[derive(Default)]
pub struct Disk {
    files: BTreeMap<String, File>,
    /// Removed, but the folder may not know it yet.
    removed: BTreeMap<String, File>,
    failed_syncs: u64,
}

#[derive(Clone, Default)]
struct File {
    synced: Vec<u8>,
    /// Since the last sync, in order.
    unsynced: Vec<Change>,
    is_name_synced: bool,
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
    name: &'a str,
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
            name: std::str::from_utf8(name).expect("SQLite's names are plain"),
            offset: number(2),
            bytes,
        })
    }
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
    /// A disk that has these files, by the ends of their names, and is at rest.
    pub fn with(files: &BTreeMap<String, Vec<u8>>) -> Disk {
        let file = |content: &Vec<u8>| File {
            synced: content.clone(),
            unsynced: Vec::new(),
            is_name_synced: true,
        };
        Disk {
            files: files
                .iter()
                .map(|(name, content)| (name.clone(), file(content)))
                .collect(),
            ..Disk::default()
        }
    }

    pub fn apply(&mut self, record: &Record) {
        let name = record.name.to_owned();
        match record.event {
            Event::Created => drop(self.files.insert(name, File::default())),
            Event::Removed => {
                let file = self.files.remove(&name).expect("it was created");
                if file.is_name_synced {
                    self.removed.insert(name, file);
                }
            }
            Event::FolderSynced => {
                self.removed.clear();
                for file in self.files.values_mut() {
                    file.is_name_synced = true;
                }
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

    fn file(&mut self, record: &Record) -> &mut File {
        let file = self.files.get_mut(record.name);
        file.expect("it was created")
    }

    /// What is on the disk when the power comes back.
    pub fn after_power_loss(&self, chance: &mut Random) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        for (name, file) in &self.files {
            if file.is_name_synced || chance.once_in(2) {
                found.insert(name.clone(), file.after_power_loss(chance));
            }
        }
        for (name, file) in &self.removed {
            if !found.contains_key(name) && chance.once_in(2) {
                found.insert(name.clone(), file.after_power_loss(chance));
            }
        }
        found
    }

    /// What is there while the power is on.
    pub fn now(&self) -> BTreeMap<String, Vec<u8>> {
        let now = |file: &File| {
            let mut file = file.clone();
            file.sync();
            file.synced
        };
        let files = self.files.iter();
        files
            .map(|(name, file)| (name.clone(), now(file)))
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

/// Writes the files out; `stem` is how their names begin.
pub fn write_files(files: &BTreeMap<String, Vec<u8>>, stem: &str) {
    for (name, content) in files {
        std::fs::write(format!("{stem}{name}"), content).expect("a file of the database");
    }
}

/// The files of a database at rest.
pub fn read_files(stem: &str) -> BTreeMap<String, Vec<u8>> {
    let read = |name: &str| {
        let content = std::fs::read(format!("{stem}{name}")).expect("a file of the database");
        (name.to_owned(), content)
    };
    [MAIN_FILE, KEYS_FILE].map(read).into()
}
