//! What the library and the tests share, compiled into both: the sheet of orders and how the log is written.

/// Names the sheet: a file of `WORDS` numbers of eight bytes, in the machine's order. Without it the library does nothing.
pub const ORDERS_SETTING: &str = "FRIMINUTT_FAULTS_ORDERS";
/// Names the server's folder: all that it writes there is meddled with, the databases and the file of secrets.
pub const FOLDER_SETTING: &str = "FRIMINUTT_FAULTS_FOLDER";
/// Names the log, if one is to be kept.
pub const LOG_SETTING: &str = "FRIMINUTT_FAULTS_LOG";

/// Which fault is ordered.
pub const FAULT: usize = 0;
/// From which call on, counted from 1.
pub const FROM: usize = 1;
/// Calls that the fault concerns, since it was ordered.
pub const COUNT: usize = 2;
/// Faults that happened since.
pub const DONE: usize = 3;
pub const WORDS: usize = 4;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Fault {
    None,
    /// The process ends before the call is done; any call counts.
    Die,
    /// The process ends before a sync; only syncs count.
    DieAtSync,
    /// The process ends when half of what a call writes or sends is done; no others count.
    DieHalfway,
    /// Writes fail: no space left on device.
    NoRoom,
    /// Writes fail: input/output error.
    BrokenWrites,
    /// Syncs fail: input/output error. What was to be synced may be lost for good, as on Linux.
    BrokenSyncs,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Event {
    Created = 1,
    Written,
    /// Cut or filled up with zeros to the length that `offset` tells.
    Resized,
    Removed,
    Synced,
    SyncFailed,
    /// The folder: which names there are.
    FolderSynced,
    /// The file has the name that the bytes say, besides.
    Linked,
    /// The file has the name that the bytes say, instead; whatever had it is gone.
    Renamed,
}

/// What a record of the log begins with: the event, the length of a name, an offset and the number of bytes, the latter two in
/// eight bytes each, the lowest first. The name, as the folder has it, and the bytes come after it.
pub const HEAD_BYTES: usize = 1 + 1 + 8 + 8;
