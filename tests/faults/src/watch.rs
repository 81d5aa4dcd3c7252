//! Which open files are in the server's folder, and the log of what happened to them.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString, OsString, c_int};
use std::os::unix::ffi::OsStringExt;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::orders::Orders;
use crate::real;
use crate::shared::{Event, FOLDER_SETTING, HEAD_BYTES, LOG_SETTING, ORDERS_SETTING};

/// SQLite's shared memory: it is made anew after a crash, and no disk needs to keep it.
const SHARED_MEMORY: &[u8] = b"-shm";

/// What stands behind a number of an open file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Open {
    /// One of the folder's files: its name there.
    File(Vec<u8>),
    Folder,
    /// A connection that the program opened.
    Connection,
}

pub struct Watch {
    pub orders: Orders,
    folder: Vec<u8>,
    open: BTreeMap<c_int, Open>,
    log: Option<c_int>,
}

impl Watch {
    /// Held while a call is done and written down, so that the log has the calls in their order. None when nothing is ordered.
    pub fn lock() -> Option<MutexGuard<'static, Watch>> {
        static WATCH: OnceLock<Option<Mutex<Watch>>> = OnceLock::new();
        let watch = WATCH.get_or_init(|| Watch::begin().map(Mutex::new));
        let locked = watch.as_ref()?.lock();
        Some(locked.unwrap_or_else(PoisonError::into_inner))
    }

    fn begin() -> Option<Watch> {
        let setting = |name: &str| std::env::var_os(name).map(OsString::into_vec);
        let path = |name: &str| CString::new(setting(name)?).ok();
        let log = path(LOG_SETTING).map(|log| {
            let append = libc::O_WRONLY | libc::O_CREAT | libc::O_APPEND | libc::O_CLOEXEC;
            // SAFETY: the path ends in a zero byte.
            unsafe { real::open(log.as_ptr(), append, 0o600) }
        });
        Some(Watch {
            orders: Orders::open(&path(ORDERS_SETTING)?)?,
            folder: setting(FOLDER_SETTING).unwrap_or_default(),
            open: BTreeMap::new(),
            log,
        })
    }

    /// What a path names, if it is the folder or a file in it.
    pub fn named(&self, path: &CStr) -> Option<Open> {
        let path = path.to_bytes();
        if self.folder.is_empty() {
            return None;
        }
        if path == self.folder {
            return Some(Open::Folder);
        }
        let name = path.strip_prefix(self.folder.as_slice())?;
        match name.strip_prefix(b"/")? {
            name if name.ends_with(SHARED_MEMORY) => None,
            name => Some(Open::File(name.to_vec())),
        }
    }

    /// The name of a file in the folder.
    pub fn file_named(&self, path: &CStr) -> Option<Vec<u8>> {
        match self.named(path)? {
            Open::File(name) => Some(name),
            _ => None,
        }
    }

    pub fn opened(&mut self, fd: c_int, what: Open) {
        self.open.insert(fd, what);
    }

    pub fn closed(&mut self, fd: c_int) {
        self.open.remove(&fd);
    }

    pub fn behind(&self, fd: c_int) -> Option<Open> {
        self.open.get(&fd).cloned()
    }

    /// The name, if it is one of the folder's files.
    pub fn file(&self, fd: c_int) -> Option<Vec<u8>> {
        match self.behind(fd)? {
            Open::File(name) => Some(name),
            _ => None,
        }
    }

    pub fn write_down(&self, event: Event, name: &[u8], offset: u64, bytes: &[u8]) {
        let Some(log) = self.log else { return };
        let mut record = Vec::with_capacity(HEAD_BYTES + name.len() + bytes.len());
        record.extend([event as u8, name.len() as u8]);
        record.extend(offset.to_le_bytes());
        record.extend((bytes.len() as u64).to_le_bytes());
        record.extend(name);
        record.extend(bytes);
        // SAFETY: the record is there until the call is done.
        let written = unsafe { real::write(log, record.as_ptr().cast(), record.len()) };
        // A log with a hole would show what did not happen.
        assert_eq!(written, record.len() as isize, "the log takes a record");
    }
}
