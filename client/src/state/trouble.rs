//! When the disk does not do as asked: it is said within a second, what was written stays in memory, and it is tried until it is
//! on the disk.

use std::pin::pin;

use futures_util::future::{Either, select};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::State;
use super::saving::Pending;
use crate::browser::clock;
use crate::storage::StorageError;

/// A disk that has not answered for so long is told of.
const ANSWERS_WITHIN_MS: u32 = 800;
/// How often what the disk refused is offered to it again.
const TRY_AGAIN_MS: u32 = 3_000;

impl State {
    /// Waits for the disk, and says so when it keeps one waiting.
    pub(super) async fn watched<T>(self, work: impl Future<Output = T>) -> T {
        let patience = pin!(clock::wait(ANSWERS_WITHIN_MS));
        match select(pin!(work), patience).await {
            Either::Left((done, _)) => done,
            Either::Right(((), work)) => {
                self.save_failure.set(Some(StorageError::NoAnswer));
                let done = work.await;
                if self.save_failure.get_untracked() == Some(StorageError::NoAnswer) {
                    self.save_failure.set(None);
                }
                done
            }
        }
    }

    /// Keeps what the disk refused, and offers it again until it is taken.
    pub(super) fn keep_refused(self, pending: Pending, failure: StorageError) {
        self.save_failure.set(Some(failure));
        let is_first = self.refused.with_value(Vec::is_empty);
        self.refused.update_value(|refused| refused.push(pending));
        if is_first {
            spawn_local(async move {
                while !self.refused.with_value(Vec::is_empty) {
                    clock::wait(TRY_AGAIN_MS).await;
                    // A failure stays on the screen until it is one no more.
                    let _ = self.save_again().await;
                }
            });
        }
    }

    /// The disk has answered: nothing is wrong any more, unless something is still to be written.
    pub(super) fn disk_answered(self) {
        if self.refused.with_value(Vec::is_empty) {
            self.save_failure.set(None);
        }
    }

    /// Tries what failed, now.
    pub async fn try_disk_again(self) {
        if self.save_again().await.is_ok() {
            self.read_disk().await;
        }
    }

    /// Keeps room for what will be written when the phone is full, and notes when there is none.
    pub(super) async fn keep_reserve(self) {
        if let Ok(is_kept) = self.disk.get_value().keep_reserve().await {
            self.is_nearly_full.set(!is_kept);
        }
    }

    /// Whether the phone has no more room than for a few entries.
    pub fn is_nearly_full(self) -> bool {
        self.is_nearly_full.get()
    }
}
