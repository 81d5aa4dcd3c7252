//! What the tests stand on: real databases, the real server in this process and as a program, phones in memory that use the
//! code of the real ones, and a real browser. What is shown with it is in `integration/` and `e2e/`; the figures are in `bench`.

pub mod authenticator;
pub mod axe;
pub mod bench;
pub mod browser;
pub mod database;
pub mod disk;
pub mod fault;
pub mod faults;
pub mod fuzz;
pub mod journey;
pub mod ledger;
pub mod mail;
pub mod markup;
pub mod pages;
pub mod phone;
pub mod port;
pub mod program;
pub mod provider;
pub mod proxy;
pub mod push_service;
pub mod qr;
pub mod random;
pub mod release;
pub mod rows;
pub mod school;
pub mod server;
pub mod simulation;
pub mod visitor;
pub mod wire;
