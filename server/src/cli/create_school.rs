//! `friminutt create-school`.

use clap::Args;
use shared::audit::AuditEvent;
use shared::domain::{AccountStatus, AuditAct, Role, SchoolId, StaffMember};
use uuid::Uuid;

use super::{CliError, Place};
use crate::auth::{invite, username};
use crate::clock;
use crate::store::school::NewSchool;

#[derive(Debug, Args)]
pub struct CreateSchool {
    /// The school's name
    name: String,
    /// User name of the first administrator, who then makes the other accounts
    #[arg(long, value_name = "USERNAME")]
    admin: String,
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
        let school = SchoolId(Uuid::now_v7());
        let admin = StaffMember {
            id: Uuid::now_v7().into(),
            name: self.admin.clone(),
            username: username(&self.admin),
            roles: vec![Role::Administrator],
            status: AccountStatus::Invited,
        };
        let mut tx = store.write().await?;
        let roster_salt = *Uuid::new_v4().as_bytes();
        tx.create_school(&NewSchool {
            id: school,
            name: self.name.clone(),
            epoch: Uuid::new_v4().to_string(),
            roster_salt,
        })
        .await?;
        if !tx.add_staff(school, &admin).await? {
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
            tx.record(school, AuditEvent { subject, ..event });
        }
        let invitation = invite(&mut tx, school, admin.id, now_ms)
            .await
            .map_err(|error| CliError::Refused(error.to_string()))?;
        tx.commit().await?;
        println!(
            "{} is founded. Within 14 days, {} chooses a password at",
            self.name, admin.username
        );
        println!(
            "{}/invitasjon#{}",
            self.public_url.trim_end_matches('/'),
            invitation.token
        );
        store.close().await;
        Ok(())
    }
}
