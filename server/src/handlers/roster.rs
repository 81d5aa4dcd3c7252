//! The roster file: what it would change, and changing it, together with who follows which class from then on.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::{RosterChoices, RosterImported, RosterPreview};
use shared::domain::{AuditAct, ClassId, StaffId, StaffMember};
use uuid::Uuid;

use crate::access::{Resource, Verb, may};
use crate::auth::account;
use crate::auth::{SignedIn, stepped_up};
use crate::clock;
use crate::error::Error;
use crate::extract::{Asked, Raw};
use crate::roster::{self, ChoiceError, Follower, Plan, School};
use crate::state::AppState;
use crate::store::{StoreError, Tx};
use crate::sync::live::LOOK_AGAIN;

/// Which preview was said yes to, and what was chosen for those whom it asks about, as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    fingerprint: String,
    follows: Option<String>,
}

impl Accepted {
    fn choices(&self) -> Result<RosterChoices, Error> {
        let Some(follows) = &self.follows else {
            return Ok(RosterChoices::new());
        };
        serde_json::from_str(follows)
            .map_err(|_| Error::Malformed("the choices of classes cannot be read"))
    }
}

pub async fn preview(
    State(state): State<AppState>,
    who: SignedIn,
    Raw(file): Raw,
) -> Result<Json<RosterPreview>, Error> {
    refuse_others(&who)?;
    let mut tx = state.store.read().await?;
    let desk = Desk::read(&mut tx, &who).await?;
    Ok(Json(desk.plan(&file).preview))
}

/// All of it in one transaction, and only what was previewed: at no moment does somebody follow a class that has become others'.
pub async fn import(
    State(state): State<AppState>,
    who: SignedIn,
    Asked(accepted): Asked<Accepted>,
    Raw(file): Raw,
) -> Result<Json<RosterImported>, Error> {
    refuse_others(&who)?;
    stepped_up(&who, clock::now_ms())?;
    let chosen = accepted.choices()?;
    let mut tx = state.store.write().await?;
    // Holds the school: what the plan was made on does not change before it is carried out.
    tx.lock_head(who.school).await?;
    let desk = Desk::read(&mut tx, &who).await?;
    let Plan {
        preview,
        new_classes,
        pupils,
        turn,
    } = desk.plan(&file);
    if !preview.problems.is_empty() {
        return Err(Error::RosterUnreadable);
    }
    if preview.fingerprint != accepted.fingerprint {
        return Err(Error::Conflict(
            "the file or the school is not as it was previewed",
        ));
    }
    let decided = turn.decided(&chosen).map_err(|why| match why {
        ChoiceError::Missing => Error::Conflict(
            "pupils of a class that somebody follows move: say which classes each follows then",
        ),
        ChoiceError::Unknown => Error::NotFound,
    })?;
    tx.add_classes(who.school, &new_classes).await?;
    tx.save_pupils(who.school, &pupils).await?;
    if !(new_classes.is_empty() && pupils.is_empty()) {
        tx.bump_school_version(who.school).await?;
    }
    let imported = RosterImported {
        new: preview.new.len() as u32,
        changed: preview.changed.len() as u32,
        gone: preview.gone.len() as u32,
    };
    let act = who.did(AuditAct::ImportedRoster, clock::now_ms());
    let RosterImported { new, changed, gone } = imported;
    tx.record(
        who.school,
        act.detail(format!("{new} new, {changed} changed, {gone} gone")),
    );
    if !decided.is_empty() {
        // Feide still says last year's classes, or says the new ones already: an administrator turns it on when both say the same.
        let mut settings = tx.settings(who.school).await?;
        if settings.has_feide_classes {
            settings.has_feide_classes = false;
            tx.save_settings(who.school, &settings).await?;
            let act = who.did(AuditAct::ChangedSettings, clock::now_ms());
            tx.record(who.school, act.detail("feide"));
        }
    }
    let mut anybody_changed = false;
    for (staff, classes) in decided {
        let classes: Vec<ClassId> = classes.into_iter().collect();
        anybody_changed |= desk.follow(&mut tx, &who, staff, &classes).await?;
    }
    if anybody_changed {
        tx.announce(&state.live.announcement(&[(who.school, LOOK_AGAIN)]))
            .await?;
    }
    tx.commit().await?;
    if anybody_changed {
        state.live.tell(who.school, LOOK_AGAIN);
    }
    Ok(Json(imported))
}

fn refuse_others(who: &SignedIn) -> Result<(), Error> {
    match may(who, Verb::Write, Resource::Roster) {
        true => Ok(()),
        false => Err(Error::Forbidden),
    }
}

/// What a file is held against.
struct Desk {
    salt: Vec<u8>,
    school: School,
    staff: Vec<StaffMember>,
}

impl Desk {
    async fn read(tx: &mut Tx, who: &SignedIn) -> Result<Desk, StoreError> {
        let staff = tx.staff(who.school).await?;
        let follows = tx.contact_teachers(who.school).await?;
        let follower = |member: &StaffMember| Follower {
            staff: member.id,
            name: member.name.clone(),
            classes: follows
                .iter()
                .filter(|line| line.staff == member.id)
                .map(|line| line.class)
                .collect(),
        };
        let mut followers: Vec<Follower> = staff.iter().map(follower).collect();
        followers.retain(|follower| !follower.classes.is_empty());
        Ok(Desk {
            salt: tx.roster_salt(who.school).await?,
            school: School {
                classes: tx.classes(who.school).await?,
                pupils: tx.roster(who.school).await?,
                followers,
            },
            staff,
        })
    }

    fn plan(&self, file: &[u8]) -> Plan {
        roster::plan(
            &roster::read(file, &self.salt),
            file,
            &self.school,
            clock::now_ms(),
            &mut Uuid::now_v7,
        )
    }

    /// Whether it is another than before: then it stands in the record as any change of an account does.
    async fn follow(
        &self,
        tx: &mut Tx,
        who: &SignedIn,
        staff: StaffId,
        classes: &[ClassId],
    ) -> Result<bool, Error> {
        let before = self.school.followers.iter().find(|it| it.staff == staff);
        let is_same = before.is_some_and(|before| {
            before.classes.len() == classes.len()
                && before.classes.iter().all(|class| classes.contains(class))
        });
        let member = self.staff.iter().find(|member| member.id == staff);
        let Some(member) = member.filter(|_| !is_same) else {
            return Ok(false);
        };
        tx.follow_classes(who.school, staff, classes).await?;
        let stands = account::stands(&member.roles, &member.status, classes);
        let act = who.did(AuditAct::ChangedAccount, clock::now_ms());
        tx.record(who.school, act.subject(staff.0).detail(stands));
        Ok(true)
    }
}
