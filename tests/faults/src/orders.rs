//! The sheet of orders, in memory that the tests share by way of a file.

use std::ffi::{CString, c_int};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::real;
use crate::shared::{COUNT, DONE, FAULT, FROM, Fault, WORDS};

/// What is about to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Write,
    Sync,
    /// A file is resized or removed, or named anew.
    Change,
    Send,
    Receive,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Done,
    Die,
    DieHalfway,
    Fail(c_int),
}

#[derive(Clone, Copy)]
pub struct Orders(&'static [AtomicU64; WORDS]);

impl Orders {
    /// None when there is no such file.
    pub fn open(path: &CString) -> Option<Orders> {
        // SAFETY: the path ends in a zero byte.
        let fd = unsafe { real::open(path.as_ptr(), libc::O_RDWR | libc::O_CLOEXEC, 0) };
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let length = size_of::<[AtomicU64; WORDS]>();
        // SAFETY: new memory is asked for; a `fd` that is none is answered with an error.
        let sheet = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                length,
                access,
                libc::MAP_SHARED,
                fd,
                0,
            )
        };
        if sheet == libc::MAP_FAILED {
            return None;
        }
        // SAFETY: the memory begins at a page, is as long as the words, and stays until the process ends; others who write to it
        // are why the words are atomic.
        Some(Orders(unsafe { &*sheet.cast() }))
    }

    /// Counts a call and says what becomes of it.
    pub fn judge(self, call: Call) -> Verdict {
        let fault = fault_of(self.0[FAULT].load(Ordering::SeqCst));
        let verdict = match (fault, call) {
            (Fault::None, _) => Verdict::Done,
            (Fault::Die, _) => Verdict::Die,
            (Fault::DieAtSync, Call::Sync) => Verdict::Die,
            (Fault::DieHalfway, Call::Write | Call::Send) => Verdict::DieHalfway,
            (Fault::NoRoom, Call::Write) => Verdict::Fail(libc::ENOSPC),
            (Fault::BrokenWrites, Call::Write) | (Fault::BrokenSyncs, Call::Sync) => {
                Verdict::Fail(libc::EIO)
            }
            _ => return Verdict::Done,
        };
        let count = self.0[COUNT].fetch_add(1, Ordering::SeqCst) + 1;
        if verdict == Verdict::Done || count < self.0[FROM].load(Ordering::SeqCst) {
            return Verdict::Done;
        }
        self.0[DONE].fetch_add(1, Ordering::SeqCst);
        verdict
    }
}

/// The fault that a number on the sheet stands for; an unknown one is none.
fn fault_of(number: u64) -> Fault {
    let all = [
        Fault::Die,
        Fault::DieAtSync,
        Fault::DieHalfway,
        Fault::NoRoom,
        Fault::BrokenWrites,
        Fault::BrokenSyncs,
    ];
    let ordered = all.into_iter().find(|fault| *fault as u64 == number);
    ordered.unwrap_or(Fault::None)
}
