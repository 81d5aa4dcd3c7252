//! `friminutt create-school`.

use clap::Args;
use shared::audit::AuditEvent;
use shared::domain::{AccountStatus, AuditAct, Role, SchoolId, SchoolSettings, StaffMember};
use uuid::Uuid;

use super::{CliError, Place};
use crate::auth::{invite, username};
use crate::clock;
use crate::handlers::settings::check;
use crate::store::Tx;
use crate::store::school::NewSchool;

#[derive(Debug, Args)]
pub struct CreateSchool {
    /// The school's name
    name: String,
    /// User name of the first administrator, who then makes the other accounts
    #[arg(long, value_name = "USERNAME")]
    admin: String,
    /// Id of the school owner
    #[arg(long, value_name = "ID")]
    owner: Option<Uuid>,
    /// The school's organisation at Feide, such as fc:org:lia.example:unit:NO987654321
    #[arg(long, value_name = "ID")]
    feide_org: Option<String>,
    /// Address that people use; the invitation link begins with it
    #[arg(
        long,
        value_name = "URL",
        env = "FRIMINUTT_PUBLIC_URL",
        default_value = "http://127.0.0.1:8080"
    )]
    public_url: String,
    #[command(flatten)]
    place: Place,
}

impl CreateSchool {
    pub async fn run(self) -> Result<(), CliError> {
        let store = self.place.open().await?;
        let mut tx = store.write().await?;
        let roles = [Role::Administrator];
        let (school, link) =
            found(&mut tx, &self.name, &self.admin, &roles, &self.public_url).await?;
        if let Some(owner) = self.owner.map(SchoolId) {
            if !tx.is_owner(owner).await? {
                return Err(CliError::Refused(format!("there is no owner {owner}")));
            }
            put_under(&mut tx, school, owner).await?;
        }
        if let Some(feide_org) = self.feide_org {
            let settings = SchoolSettings {
                feide_org,
                ..tx.settings(school).await?
            };
            check(&settings).map_err(|error| CliError::Refused(error.to_string()))?;
            tx.save_settings(school, &settings).await?;
        }
        tx.commit().await?;
        println!("{} is founded, with the id {school}. {link}", self.name);
        store.close().await;
        Ok(())
    }
}

/// Founds a place of work with its first account; its id, and how that account is opened, in words.
pub(super) async fn found(
    tx: &mut Tx,
    name: &str,
    admin: &str,
    roles: &[Role],
    public_url: &str,
) -> Result<(SchoolId, String), CliError> {
    let id = SchoolId(Uuid::now_v7());
    let admin = StaffMember {
        id: Uuid::now_v7().into(),
        name: admin.to_owned(),
        username: username(admin),
        roles: roles.to_vec(),
        status: AccountStatus::Invited,
    };
    tx.create_school(&NewSchool {
        id,
        name: name.to_owned(),
        epoch: Uuid::new_v4().to_string(),
        roster_salt: *Uuid::new_v4().as_bytes(),
    })
    .await?;
    if !tx.add_staff(id, &admin).await? {
        return Err(CliError::Refused(format!(
            "the user name {} is taken: choose another with --admin",
            admin.username
        )));
    }
    let now_ms = clock::now_ms();
    for (act, subject) in [
        (AuditAct::FoundedSchool, None),
        (AuditAct::MadeAccount, Some(admin.id.0)),
        (AuditAct::InvitedToAccount, Some(admin.id.0)),
    ] {
        let event = AuditEvent::unsigned(act, now_ms);
        tx.record(id, AuditEvent { subject, ..event });
    }
    let invitation = invite(tx, id, admin.id, now_ms)
        .await
        .map_err(|error| CliError::Refused(error.to_string()))?;
    let link = format!(
        "Within 14 days, {} chooses a password at\n{}/invitasjon#{}",
        admin.username,
        public_url.trim_end_matches('/'),
        invitation.token
    );
    Ok((id, link))
}

/// Gives a school its owner; that stands in the school's record.
pub(super) async fn put_under(
    tx: &mut Tx,
    school: SchoolId,
    owner: SchoolId,
) -> Result<(), CliError> {
    tx.set_owner(school, owner).await?;
    let event = AuditEvent::unsigned(AuditAct::GotOwner, clock::now_ms());
    tx.record(school, event.detail(owner.to_string()));
    Ok(())
}
