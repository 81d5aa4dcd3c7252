//! The hashes of changes in a row's detail: which were stored, by whom and from which device, and which were erased.

use std::fmt::Write;

use uuid::Uuid;

use crate::domain::{DeviceId, StaffId};
use crate::sync::Hex;

/// A change and its writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeBy {
    pub staff: StaffId,
    pub device: DeviceId,
    pub hash: Hex<32>,
}

/// As a detail: `STAFF/DEVICE=HASH,HASH;STAFF/DEVICE=HASH`, all in hex. A phone's changes stand together as far as they come together.
pub fn join_changes(changes: &[ChangeBy]) -> String {
    let mut detail = String::new();
    let mut before = None;
    for change in changes {
        let by = (change.staff, change.device);
        // Writing to a string cannot fail.
        let _ = match before.replace(by) {
            Some(same) if same == by => write!(detail, ",{}", change.hash),
            other => {
                let between = if other.is_some() { ";" } else { "" };
                let (staff, device) = (by.0.0.simple(), by.1.0.simple());
                write!(detail, "{between}{staff}/{device}={}", change.hash)
            }
        };
    }
    detail
}

/// The changes in a detail that `join_changes` made; none when it is not one.
pub fn changes_in(detail: &str) -> Option<Vec<ChangeBy>> {
    let mut changes = Vec::new();
    for part in detail.split(';').filter(|part| !part.is_empty()) {
        let (by, hashes) = part.split_once('=')?;
        let (staff, device) = by.split_once('/')?;
        let staff = StaffId(Uuid::parse_str(staff).ok()?);
        let device = DeviceId(Uuid::parse_str(device).ok()?);
        let hashes = hashes.split(',').map(Hex::parse);
        for hash in hashes {
            let hash = hash?;
            changes.push(ChangeBy {
                staff,
                device,
                hash,
            });
        }
    }
    Some(changes)
}

/// What an erasure took, as a detail: `GROUND=HASH,HASH`.
pub fn join_hashes(ground: &str, hashes: &[Hex<32>]) -> String {
    let hashes: Vec<String> = hashes.iter().map(Hex::to_string).collect();
    format!("{ground}={}", hashes.join(","))
}

/// The hashes in a detail that `join_hashes` made; none when it is not one.
pub fn hashes_in(detail: &str) -> Option<Vec<Hex<32>>> {
    let (_, hashes) = detail.split_once('=')?;
    let hashes = hashes.split(',').filter(|hash| !hash.is_empty());
    hashes.map(Hex::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(staff: u128, hash: u8) -> ChangeBy {
        ChangeBy {
            staff: Uuid::from_u128(staff).into(),
            device: Uuid::from_u128(9).into(),
            hash: Hex([hash; 32]),
        }
    }

    #[test]
    fn changes_and_hashes_read_back_and_a_writer_stands_once() {
        let changes = [change(1, 1), change(1, 2), change(2, 3), change(1, 4)];
        let detail = join_changes(&changes);
        assert_eq!(changes_in(&detail).unwrap(), changes);
        assert_eq!(detail.matches('/').count(), 3);
        assert_eq!(changes_in(""), Some(Vec::new()));
        let hashes = [Hex([1; 32]), Hex([2; 32])];
        assert_eq!(hashes_in(&join_hashes("order", &hashes)).unwrap(), hashes);
        assert_eq!(hashes_in(&join_hashes("order", &[])), Some(Vec::new()));
    }

    #[test]
    fn what_is_no_list_is_none() {
        for wrong in ["x", "a/b=c", "=", "/="] {
            assert_eq!(changes_in(wrong), None, "{wrong}");
        }
        assert_eq!(hashes_in("order"), None);
        assert_eq!(hashes_in("order=00"), None);
    }
}
