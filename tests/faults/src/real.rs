//! The calls themselves, straight to the kernel: the names that libc has for them lead back to the hooks.

use std::ffi::{CStr, c_char, c_int, c_void};

use libc::{mode_t, off_t, size_t, sockaddr, socklen_t, ssize_t};

pub unsafe fn open(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the caller of `open` vouches for the path.
    unsafe { libc::syscall(libc::SYS_openat, libc::AT_FDCWD, path, flags, mode) as c_int }
}

pub fn exists(path: &CStr) -> bool {
    // SAFETY: the path ends in a zero byte and is only read.
    unsafe {
        libc::syscall(
            libc::SYS_faccessat,
            libc::AT_FDCWD,
            path.as_ptr(),
            libc::F_OK,
        ) == 0
    }
}

pub fn close(fd: c_int) -> c_int {
    // SAFETY: a number that names no open file is answered with an error.
    unsafe { libc::syscall(libc::SYS_close, fd) as c_int }
}

pub unsafe fn write(fd: c_int, bytes: *const c_void, length: size_t) -> ssize_t {
    // SAFETY: the caller vouches for the bytes.
    unsafe { libc::syscall(libc::SYS_write, fd, bytes, length) as ssize_t }
}

pub unsafe fn pwrite(fd: c_int, bytes: *const c_void, length: size_t, offset: off_t) -> ssize_t {
    // SAFETY: the caller vouches for the bytes.
    unsafe { libc::syscall(libc::SYS_pwrite64, fd, bytes, length, offset) as ssize_t }
}

/// Where in a file the next plain write goes, or the one that was just done has ended.
pub fn position(fd: c_int) -> off_t {
    // SAFETY: only numbers are handed over.
    unsafe { libc::syscall(libc::SYS_lseek, fd, 0, libc::SEEK_CUR) as off_t }
}

pub fn ftruncate(fd: c_int, length: off_t) -> c_int {
    // SAFETY: only numbers are handed over.
    unsafe { libc::syscall(libc::SYS_ftruncate, fd, length) as c_int }
}

pub fn fsync(fd: c_int) -> c_int {
    // SAFETY: only a number is handed over.
    unsafe { libc::syscall(libc::SYS_fsync, fd) as c_int }
}

pub unsafe fn unlink(path: *const c_char) -> c_int {
    // SAFETY: the caller vouches for the path.
    unsafe { libc::syscall(libc::SYS_unlinkat, libc::AT_FDCWD, path, 0) as c_int }
}

pub unsafe fn rename(from: *const c_char, to: *const c_char) -> c_int {
    let here = libc::AT_FDCWD;
    // SAFETY: the caller vouches for the paths.
    unsafe { libc::syscall(libc::SYS_renameat2, here, from, here, to, 0) as c_int }
}

pub unsafe fn link(
    from_folder: c_int,
    from: *const c_char,
    to_folder: c_int,
    to: *const c_char,
    flags: c_int,
) -> c_int {
    // SAFETY: the caller vouches for the paths.
    unsafe { libc::syscall(libc::SYS_linkat, from_folder, from, to_folder, to, flags) as c_int }
}

pub unsafe fn connect(fd: c_int, address: *const sockaddr, length: socklen_t) -> c_int {
    // SAFETY: the caller vouches for the address.
    unsafe { libc::syscall(libc::SYS_connect, fd, address, length) as c_int }
}

pub unsafe fn send(fd: c_int, bytes: *const c_void, length: size_t, flags: c_int) -> ssize_t {
    let nowhere = std::ptr::null::<c_void>();
    // SAFETY: the caller vouches for the bytes; no address goes along.
    unsafe { libc::syscall(libc::SYS_sendto, fd, bytes, length, flags, nowhere, 0) as ssize_t }
}

pub unsafe fn recv(fd: c_int, bytes: *mut c_void, length: size_t, flags: c_int) -> ssize_t {
    let nowhere = std::ptr::null_mut::<c_void>();
    // SAFETY: the caller vouches for the room; no address is asked for.
    unsafe {
        libc::syscall(
            libc::SYS_recvfrom,
            fd,
            bytes,
            length,
            flags,
            nowhere,
            nowhere,
        ) as ssize_t
    }
}

/// The answer of a call that failed.
pub fn fail(cause: c_int) -> c_int {
    // SAFETY: it is this thread's own number.
    unsafe { *libc::__errno_location() = cause };
    -1
}

/// Ends the process as `kill -9` does.
pub fn die() -> ! {
    // SAFETY: only numbers are handed over.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    std::process::abort()
}
