//! The figures: many phones at one server, measured from outside. The program is the one that ships; what it is given is seeded.

pub mod bell;
pub mod burst;
pub mod municipality;
pub mod process;
