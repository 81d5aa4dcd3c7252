//! The journeys: people, real browsers, the real program. Offline is a server that was killed or a network that fails, never an
//! emulation; nothing is tried twice, and nothing waits for a time to pass.

mod accounts;
mod administering;
mod appearance;
mod aside;
mod background;
mod barriers;
mod clock;
mod desk;
mod engines;
mod erasing;
mod expired;
mod handing;
mod locked;
mod logging;
mod markup;
mod merging;
mod network;
mod owner;
mod passkeys;
mod push;
mod released;
mod reporting;
mod room;
mod storage;
mod substitutes;
mod tabs;
mod updating;
