//! `friminutt create-owner`.

use clap::Args;
use shared::domain::{Role, SchoolId};
use uuid::Uuid;

use super::create_school::{found, put_under};
use super::{CliError, Place};

#[derive(Debug, Args)]
pub struct CreateOwner {
    /// The owner's name, such as that of a municipality
    name: String,
    /// Telephone number that phones show when somebody in a school's leadership is suspected
    #[arg(long, value_name = "NUMBER")]
    phone: String,
    /// User name of the first who receives reports there; signed in, this person makes the owner's code
    #[arg(long, value_name = "USERNAME")]
    admin: String,
    /// Id of a school that belongs to it; give it once for each. Without any, all schools that have no owner
    #[arg(long = "school", value_name = "ID")]
    schools: Vec<Uuid>,
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

impl CreateOwner {
    pub async fn run(self) -> Result<(), CliError> {
        let store = self.place.open().await?;
        let mut tx = store.write().await?;
        let mut schools: Vec<SchoolId> = self.schools.iter().copied().map(SchoolId).collect();
        let known = tx.schools().await?;
        if let Some(unknown) = schools
            .iter()
            .find(|id| !known.iter().any(|(known, _)| known == *id))
        {
            return Err(CliError::Refused(format!("there is no school {unknown}")));
        }
        for school in &schools {
            if tx.owner_of(*school).await?.is_some() {
                return Err(CliError::Refused(format!(
                    "the school {school} has an owner: what is on its way to that one could not be opened by another"
                )));
            }
        }
        if schools.is_empty() {
            for (school, _) in known {
                if tx.owner_of(school).await?.is_none() {
                    schools.push(school);
                }
            }
        }
        let roles = [Role::Owner, Role::Administrator];
        let (owner, link) =
            found(&mut tx, &self.name, &self.admin, &roles, &self.public_url).await?;
        tx.make_owner(owner, self.phone.trim()).await?;
        for school in &schools {
            put_under(&mut tx, *school, owner).await?;
        }
        tx.commit().await?;
        println!(
            "{} is the owner of {} schools. {link}",
            self.name,
            schools.len()
        );
        store.close().await;
        Ok(())
    }
}
