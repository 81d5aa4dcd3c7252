//! Where somebody has duty now, and with whom, from the duty plan. The time comes in.

use shared::api::School;
use shared::domain::{Duty, Recess, StaffId, ZoneId};

/// The recess that is now, and the duties in it.
fn duties_now(school: &School, weekday: i32, minute: i32) -> impl Iterator<Item = &Duty> {
    let recess = Recess::at(&school.recesses, minute).map(|recess| recess.id);
    school
        .duties
        .iter()
        .filter(move |duty| Some(duty.recess) == recess && duty.weekday == weekday)
}

/// The zone in which a person has duty now.
pub fn zone_now(school: &School, staff: StaffId, weekday: i32, minute: i32) -> Option<ZoneId> {
    duties_now(school, weekday, minute)
        .find(|duty| duty.staff == staff)
        .map(|duty| duty.zone)
}

/// The others on duty in the same zone.
pub fn partners_now(school: &School, staff: StaffId, weekday: i32, minute: i32) -> Vec<StaffId> {
    let Some(zone) = zone_now(school, staff, weekday, minute) else {
        return Vec::new();
    };
    let mut partners: Vec<_> = duties_now(school, weekday, minute)
        .filter(|duty| duty.zone == zone)
        .map(|duty| duty.staff)
        .filter(|other| *other != staff)
        .collect();
    partners.sort();
    partners.dedup();
    partners
}
