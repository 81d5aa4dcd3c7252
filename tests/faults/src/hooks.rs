//! The calls that the program makes, by the names that libc has for them.

use std::ffi::{CStr, c_char, c_int, c_void};

use libc::{mode_t, off_t, size_t, sockaddr, socklen_t, ssize_t};

use crate::orders::{Call, Verdict};
use crate::real;
use crate::shared::Event;
use crate::watch::{Open, Watch};

/// # Safety
/// As for libc's: `path` ends in a zero byte. `mode` is read only where the flags ask for one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: what the caller vouches for.
    unsafe { open64(path, flags, mode) }
}

/// # Safety
/// As for libc's: `path` ends in a zero byte. `mode` is read only where the flags ask for one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the caller vouches for the path.
    let (named, really) = unsafe { (CStr::from_ptr(path), || real::open(path, flags, mode)) };
    let Some(mut watch) = Watch::lock() else {
        return really();
    };
    let Some(what) = watch.named(named) else {
        return really();
    };
    let was_there = real::exists(named);
    let fd = really();
    if fd < 0 {
        return fd;
    }
    if let Open::File(name) = &what {
        if !was_there {
            watch.write_down(Event::Created, name, 0, &[]);
        } else if flags & libc::O_TRUNC != 0 {
            watch.write_down(Event::Resized, name, 0, &[]);
        }
    }
    watch.opened(fd, what);
    fd
}

#[unsafe(no_mangle)]
pub extern "C" fn close(fd: c_int) -> c_int {
    if let Some(mut watch) = Watch::lock() {
        watch.closed(fd);
    }
    real::close(fd)
}

/// # Safety
/// As for libc's: `bytes` are `length` bytes that can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite64(
    fd: c_int,
    bytes: *const c_void,
    length: size_t,
    offset: off_t,
) -> ssize_t {
    // SAFETY: the caller vouches for `length` bytes, and no more are written.
    let really = |length| unsafe { real::pwrite(fd, bytes, length, offset) };
    put(fd, bytes, length, really, |_| offset)
}

/// # Safety
/// As for libc's: `bytes` are `length` bytes that can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(fd: c_int, bytes: *const c_void, length: size_t) -> ssize_t {
    // SAFETY: the caller vouches for `length` bytes, and no more are written.
    let really = |length| unsafe { real::write(fd, bytes, length) };
    // What is told, a panic in here too, is no file of the server's.
    if fd <= libc::STDERR_FILENO {
        return really(length);
    }
    // Where it went shows afterwards: it may have been the file's end.
    put(fd, bytes, length, really, |written| {
        real::position(fd) - written as off_t
    })
}

/// Writes as `really` does; `offset` tells where to, after so many bytes were written.
fn put(
    fd: c_int,
    bytes: *const c_void,
    length: size_t,
    really: impl Fn(size_t) -> ssize_t,
    offset: impl Fn(ssize_t) -> off_t,
) -> ssize_t {
    let Some(watch) = Watch::lock() else {
        return really(length);
    };
    let Some(name) = watch.file(fd) else {
        return really(length);
    };
    let noted = |written: ssize_t| {
        if let Ok(count @ 1..) = usize::try_from(written) {
            // SAFETY: so many of the bytes were just read by the kernel.
            let bytes = unsafe { std::slice::from_raw_parts(bytes.cast(), count) };
            watch.write_down(Event::Written, &name, offset(written) as u64, bytes);
        }
        written
    };
    match watch.orders.judge(Call::Write) {
        Verdict::Done => noted(really(length)),
        Verdict::Die => real::die(),
        Verdict::DieHalfway => {
            noted(really(length / 2));
            real::die()
        }
        Verdict::Fail(cause) => real::fail(cause) as ssize_t,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn ftruncate64(fd: c_int, length: off_t) -> c_int {
    let Some(watch) = Watch::lock() else {
        return real::ftruncate(fd, length);
    };
    let Some(name) = watch.file(fd) else {
        return real::ftruncate(fd, length);
    };
    change(&watch, Event::Resized, &name, length as u64, &[], || {
        real::ftruncate(fd, length)
    })
}

/// # Safety
/// As for libc's: `path` ends in a zero byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    // SAFETY: the caller vouches for the path.
    let (named, really) = unsafe { (CStr::from_ptr(path), || real::unlink(path)) };
    let Some(watch) = Watch::lock() else {
        return really();
    };
    match watch.file_named(named) {
        Some(name) => change(&watch, Event::Removed, &name, 0, &[], really),
        None => really(),
    }
}

/// # Safety
/// As for libc's: both paths end in a zero byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    // SAFETY: what the caller vouches for.
    let really = || unsafe { real::rename(from, to) };
    // SAFETY: the caller vouches for the paths.
    let named = unsafe { (CStr::from_ptr(from), CStr::from_ptr(to)) };
    name_anew(Event::Renamed, named, really)
}

/// # Safety
/// As for libc's: both paths end in a zero byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn linkat(
    from_folder: c_int,
    from: *const c_char,
    to_folder: c_int,
    to: *const c_char,
    flags: c_int,
) -> c_int {
    // SAFETY: what the caller vouches for.
    let really = || unsafe { real::link(from_folder, from, to_folder, to, flags) };
    // SAFETY: the caller vouches for the paths.
    let named = unsafe { (CStr::from_ptr(from), CStr::from_ptr(to)) };
    name_anew(Event::Linked, named, really)
}

fn name_anew(event: Event, (from, to): (&CStr, &CStr), really: impl FnOnce() -> c_int) -> c_int {
    let Some(watch) = Watch::lock() else {
        return really();
    };
    match (watch.file_named(from), watch.file_named(to)) {
        (Some(from), Some(to)) => change(&watch, event, &from, 0, &to, really),
        _ => really(),
    }
}

fn change(
    watch: &Watch,
    event: Event,
    name: &[u8],
    length: u64,
    other_name: &[u8],
    really: impl FnOnce() -> c_int,
) -> c_int {
    match watch.orders.judge(Call::Change) {
        Verdict::Done => {
            let done = really();
            if done == 0 {
                watch.write_down(event, name, length, other_name);
            }
            done
        }
        Verdict::Die | Verdict::DieHalfway => real::die(),
        Verdict::Fail(cause) => real::fail(cause),
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn fsync(fd: c_int) -> c_int {
    let Some(watch) = Watch::lock() else {
        return real::fsync(fd);
    };
    let (event, name) = match watch.behind(fd) {
        Some(Open::File(name)) => (Event::Synced, name),
        Some(Open::Folder) => (Event::FolderSynced, Vec::new()),
        _ => return real::fsync(fd),
    };
    match watch.orders.judge(Call::Sync) {
        Verdict::Done => {
            let done = real::fsync(fd);
            if done == 0 {
                watch.write_down(event, &name, 0, &[]);
            }
            done
        }
        Verdict::Die | Verdict::DieHalfway => real::die(),
        Verdict::Fail(cause) => {
            if event == Event::Synced {
                watch.write_down(Event::SyncFailed, &name, 0, &[]);
            }
            real::fail(cause)
        }
    }
}

/// # Safety
/// As for libc's: `address` is one of `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn connect(fd: c_int, address: *const sockaddr, length: socklen_t) -> c_int {
    if let Some(mut watch) = Watch::lock() {
        watch.opened(fd, Open::Connection);
    }
    // SAFETY: what the caller vouches for.
    unsafe { real::connect(fd, address, length) }
}

/// # Safety
/// As for libc's: `bytes` are `length` bytes that can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn send(
    fd: c_int,
    bytes: *const c_void,
    length: size_t,
    flags: c_int,
) -> ssize_t {
    // SAFETY: the caller vouches for `length` bytes, and no more are sent.
    let really = |length| unsafe { real::send(fd, bytes, length, flags) };
    match judge_connection(fd, Call::Send) {
        Verdict::Done => really(length),
        Verdict::Die => real::die(),
        Verdict::DieHalfway => {
            really(length / 2);
            real::die()
        }
        Verdict::Fail(cause) => real::fail(cause) as ssize_t,
    }
}

/// # Safety
/// As for libc's: there is room for `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn recv(
    fd: c_int,
    bytes: *mut c_void,
    length: size_t,
    flags: c_int,
) -> ssize_t {
    // SAFETY: what the caller vouches for.
    let received = unsafe { real::recv(fd, bytes, length, flags) };
    // Only what came is a point: how often there was nothing yet differs from run to run.
    if received > 0 && judge_connection(fd, Call::Receive) != Verdict::Done {
        real::die();
    }
    received
}

fn judge_connection(fd: c_int, call: Call) -> Verdict {
    match Watch::lock() {
        Some(watch) if watch.behind(fd) == Some(Open::Connection) => watch.orders.judge(call),
        _ => Verdict::Done,
    }
}
