//! The sync on the phone: what goes up (`batch`), what an answer means (`answer`), what is then written (`receive`), when to
//! try again (`pace`). Values to values: no browser, no disk, no clock. The loop around them is `state::exchange`.

pub mod answer;
pub mod batch;
pub mod pace;
pub mod receive;
