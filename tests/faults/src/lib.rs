//! Faults for the real program: loaded before libc (`LD_PRELOAD`), it stands in for the calls by which the program reaches its
//! data, writes them down as a disk would see them, and lets them fail or ends the process when the tests order it. It
//! meddles with the files in one server's folder (the SQLite databases, the file of secrets) and with the connections that the program
//! opens (to PostgreSQL), with nothing else. Linux on 64 bits only; elsewhere it is empty.

#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

mod hooks;
mod orders;
mod real;
mod shared;
mod watch;
