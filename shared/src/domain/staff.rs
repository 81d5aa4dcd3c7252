//! Whoever works at the school (*alle som arbeider på skolen*): accounts and roles. Who may see what is decided by the server's `access`.

use serde::{Deserialize, Serialize};

use super::StaffId;
use super::code::codes;

codes! {
    /// A role at one school; a person may have several.
    pub enum Role {
        DutyStaff = "duty_staff",
        ContactTeacher = "contact_teacher",
        SocialTeacher = "social_teacher",
        LearningEnvironmentLead = "learning_environment_lead",
        DepartmentLead = "department_lead",
        MailDistributor = "mail_distributor",
        Deputy = "deputy",
        Principal = "principal",
        Administrator = "administrator",
    }
}

impl Role {
    /// Whether whoever has it reads what is written on every pupil: such a role is not given, nor such an account taken over,
    /// unseen by the others who have one.
    pub fn is_leadership(&self) -> bool {
        matches!(self, Role::Principal | Role::Deputy)
    }
}

codes! {
    /// Where an account stands.
    pub enum AccountStatus {
        /// Known to the school, cannot sign in yet.
        Invited = "invited",
        Active = "active",
        Suspended = "suspended",
        /// No longer works here.
        Left = "left",
    }
}

/// A person who works at the school, as the administrator sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffMember {
    pub id: StaffId,
    pub name: String,
    pub username: String,
    pub roles: Vec<Role>,
    pub status: AccountStatus,
}
