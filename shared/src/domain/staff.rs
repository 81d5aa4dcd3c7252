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
        /// Here for a day (*vikar*), by a code: logs, and sees nothing else.
        Substitute = "substitute",
        /// Works for the school owner (*skoleeier*), not at a school.
        Owner = "owner",
    }
}

impl Role {
    /// The roles that an account at a school may be given. A substitute's comes with the code, an owner's with the place.
    pub const AT_A_SCHOOL: &'static [Role] = {
        let (at_a_school, _) = Role::ALL.split_at(Role::ALL.len() - 2);
        at_a_school
    };
    /// The roles that somebody at a school owner's may have.
    pub const AT_AN_OWNER: &'static [Role] = &[Role::Owner, Role::Administrator];

    /// Whether it is part of the school's leadership (*ledelsen*), past which a report goes when one of them is suspected (§ 12-5).
    pub fn is_leadership(&self) -> bool {
        matches!(self, Role::Principal | Role::Deputy | Role::DepartmentLead)
    }

    /// Whether somebody in it may hand a report to somebody in another: the leadership to those who investigate, who read and receive
    /// it then; the mail distributor to the leadership, which reads it anyway.
    pub fn hands_reports_to(&self, other: &Role) -> bool {
        match self {
            Role::Principal | Role::Deputy => matches!(
                other,
                Role::Deputy
                    | Role::DepartmentLead
                    | Role::SocialTeacher
                    | Role::LearningEnvironmentLead
            ),
            Role::MailDistributor => matches!(other, Role::Principal | Role::Deputy),
            _ => false,
        }
    }

    /// Whether it follows the pupils of the classes that stand on the account: these classes are its scope.
    pub fn follows_classes(&self) -> bool {
        matches!(
            self,
            Role::ContactTeacher
                | Role::SocialTeacher
                | Role::LearningEnvironmentLead
                | Role::DepartmentLead
        )
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
