//! Who works at the school: accounts, roles, the classes that they follow, and the password of those who have one.

use std::collections::{BTreeMap, BTreeSet};

use shared::api::{ChangeStaff, ContactTeacher};
use shared::domain::{AccountStatus, ClassId, Role, SchoolId, StaffId, StaffMember, alphabetical};
use uuid::Uuid;

use super::{StoreError, Tx};

row! {
    /// What signing in with a password needs to know of an account.
    #[derive(Clone)]
    pub struct Credentials {
        pub school_id: Uuid,
        pub staff_id: Uuid,
        pub status: String,
        pub hash: String,
    }
}

impl Tx {
    /// Everybody, by account id, with their roles.
    pub async fn staff(&mut self, school: SchoolId) -> Result<Vec<StaffMember>, StoreError> {
        let mut roles: BTreeMap<Uuid, Vec<Role>> = BTreeMap::new();
        for (staff, role) in fetch_all!(
            self,
            (Uuid, String),
            "select staff_id, role from staff_role where school_id = $1 order by role",
            school.0
        )? {
            roles
                .entry(staff)
                .or_default()
                .push(Role::from(role.as_str()));
        }
        let rows = fetch_all!(
            self,
            (Uuid, String, String, String),
            "select id, name, username, status from staff where school_id = $1 order by id",
            school.0
        )?;
        let member = |(id, name, username, status): (Uuid, String, String, String)| StaffMember {
            id: id.into(),
            name,
            username,
            roles: roles.remove(&id).unwrap_or_default(),
            status: AccountStatus::from(status.as_str()),
        };
        let mut staff: Vec<StaffMember> = rows.into_iter().map(member).collect();
        staff.sort_by_cached_key(|member| alphabetical(&member.name));
        Ok(staff)
    }

    /// Those who belong to the school's leadership.
    pub async fn leaders(&mut self, school: SchoolId) -> Result<BTreeSet<StaffId>, StoreError> {
        let roles: Vec<&str> = Role::ALL
            .iter()
            .filter(|role| role.is_leadership())
            .map(Role::as_str)
            .collect();
        let rows = fetch_list!(
            self,
            (Uuid,),
            "select staff_id from staff_role where school_id = $1 and role in ({list})",
            [school.0],
            roles
        )?;
        Ok(rows.into_iter().map(|(id,)| StaffId(id)).collect())
    }

    /// False if the user name is taken, at this school or another.
    pub async fn add_staff(
        &mut self,
        school: SchoolId,
        member: &StaffMember,
    ) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            "insert into staff (school_id, id, name, username, status) values ($1, $2, $3, $4, $5) on conflict (username) do nothing",
            school.0,
            member.id.0,
            &member.name,
            &member.username,
            member.status.as_str()
        )?;
        if added == 0 {
            return Ok(false);
        }
        insert_rows!(
            self,
            "insert into staff_role (school_id, staff_id, role)",
            member.roles,
            |role| [school.0, member.id.0, role.as_str()],
            "on conflict (school_id, staff_id, role) do nothing"
        )?;
        Ok(true)
    }

    /// One of them.
    pub async fn staff_member(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<Option<StaffMember>, StoreError> {
        let mut everybody = self.staff(school).await?;
        let at = everybody.iter().position(|member| member.id == staff);
        Ok(at.map(|at| everybody.swap_remove(at)))
    }

    /// What a person is from now on. Roles and classes that are not among these are taken away.
    pub async fn change_staff(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        change: &ChangeStaff,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from staff_role where school_id = $1 and staff_id = $2",
            school.0,
            staff.0
        )?;
        insert_rows!(
            self,
            "insert into staff_role (school_id, staff_id, role)",
            change.roles,
            |role| [school.0, staff.0, role.as_str()],
            "on conflict (school_id, staff_id, role) do nothing"
        )?;
        self.follow_classes(school, staff, &change.own_classes)
            .await?;
        execute!(
            self,
            "update staff set status = $3 where school_id = $1 and id = $2",
            school.0,
            staff.0,
            change.status.as_str()
        )?;
        Ok(())
    }

    /// The classes that a person follows, as this transaction sees them.
    pub async fn followed_classes(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<Vec<ClassId>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid,),
            "select class_id from contact_teacher where school_id = $1 and staff_id = $2 order by class_id",
            school.0,
            staff.0
        )?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }

    /// Which classes a person follows from now on, and no others.
    pub async fn follow_classes(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        classes: &[ClassId],
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from contact_teacher where school_id = $1 and staff_id = $2",
            school.0,
            staff.0
        )?;
        insert_rows!(
            self,
            "insert into contact_teacher (school_id, staff_id, class_id)",
            classes,
            |class| [school.0, staff.0, class.0],
            "on conflict (school_id, staff_id, class_id) do nothing"
        )?;
        Ok(())
    }

    /// Which classes everybody follows.
    pub async fn contact_teachers(
        &mut self,
        school: SchoolId,
    ) -> Result<Vec<ContactTeacher>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid, Uuid),
            "select staff_id, class_id from contact_teacher where school_id = $1 order by staff_id, class_id",
            school.0
        )?;
        let line = |(staff, class): (Uuid, Uuid)| ContactTeacher {
            staff: staff.into(),
            class: class.into(),
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// Whether the person has a way of showing who they are: a password, a passkey, or an identity at a provider.
    pub async fn can_sign_in(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<bool, StoreError> {
        let found = fetch_all!(
            self,
            (Uuid,),
            "select staff_id from staff_password where school_id = $1 and staff_id = $2
             union all select staff_id from staff_passkey where school_id = $1 and staff_id = $2
             union all select staff_id from staff_identity where school_id = $1 and staff_id = $2",
            school.0,
            staff.0
        )?;
        Ok(!found.is_empty())
    }

    /// Forgets every way of showing who this person is: another is about to be set.
    pub async fn forget_ways(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<(), StoreError> {
        for sql in [
            "delete from staff_password where school_id = $1 and staff_id = $2",
            "delete from staff_passkey where school_id = $1 and staff_id = $2",
            "delete from staff_identity where school_id = $1 and staff_id = $2",
        ] {
            execute!(self, sql, school.0, staff.0)?;
        }
        Ok(())
    }

    pub async fn has_staff(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<bool, StoreError> {
        let found = fetch_optional!(
            self,
            (Uuid,),
            "select id from staff where school_id = $1 and id = $2",
            school.0,
            staff.0
        )?;
        Ok(found.is_some())
    }

    pub async fn add_contact_teacher(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        class: ClassId,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into contact_teacher (school_id, staff_id, class_id) values ($1, $2, $3) on conflict (school_id, staff_id, class_id) do nothing",
            school.0,
            staff.0,
            class.0
        )?;
        Ok(())
    }

    /// Sets the password and opens the account if it was only invited.
    pub async fn set_password(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        hash: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into staff_password (school_id, staff_id, hash, set_at_ms) values ($1, $2, $3, $4)
             on conflict (school_id, staff_id) do update set hash = excluded.hash, set_at_ms = excluded.set_at_ms",
            school.0,
            staff.0,
            hash,
            now_ms
        )?;
        self.open_invited(school, staff).await
    }

    /// Opens the account if it was only invited.
    pub async fn open_invited(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "update staff set status = $3 where school_id = $1 and id = $2 and status = $4",
            school.0,
            staff.0,
            AccountStatus::Active.as_str(),
            AccountStatus::Invited.as_str()
        )?;
        Ok(())
    }

    /// The hash of a person's password, if there is one.
    pub async fn password_hash(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<Option<String>, StoreError> {
        let found = fetch_optional!(
            self,
            (String,),
            "select hash from staff_password where school_id = $1 and staff_id = $2",
            school.0,
            staff.0
        )?;
        Ok(found.map(|(hash,)| hash))
    }

    /// The account behind a user name, if it has a password.
    pub async fn credentials(&mut self, username: &str) -> Result<Option<Credentials>, StoreError> {
        fetch_optional!(
            self,
            Credentials,
            "select s.school_id, s.id as staff_id, s.status, p.hash from staff s
             join staff_password p on p.school_id = s.school_id and p.staff_id = s.id
             where s.username = $1",
            username
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    on_both! {
        async fn a_user_name_belongs_to_one_account(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let again = StaffMember { id: Uuid::new_v4().into(), ..tx.staff(yard.school).await.unwrap()[0].clone() };
            assert!(!tx.add_staff(yard.school, &again).await.unwrap());
            assert!(!tx.has_staff(yard.school, again.id).await.unwrap());
            assert!(tx.has_staff(yard.school, yard.teacher).await.unwrap());
        }

        async fn setting_a_password_opens_an_invited_account_and_no_suspended_one(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            assert!(tx.credentials("nils").await.unwrap().is_none());
            for (username, before, after) in [("nils", AccountStatus::Invited, "active"), ("tor", AccountStatus::Suspended, "suspended")] {
                let id = StaffId(Uuid::new_v4());
                let member = StaffMember { id, name: "Nils Bø".into(), username: username.into(), roles: vec![Role::DutyStaff], status: before };
                assert!(tx.add_staff(yard.school, &member).await.unwrap());
                tx.set_password(yard.school, id, "one", 1).await.unwrap();
                tx.set_password(yard.school, id, "two", 2).await.unwrap();
                let found = tx.credentials(username).await.unwrap().unwrap();
                assert_eq!((found.staff_id, found.hash.as_str(), found.status.as_str()), (id.0, "two", after));
            }
        }

        async fn staff_come_with_their_roles(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.read().await.unwrap();
            assert_eq!(tx.leaders(yard.school).await.unwrap(), BTreeSet::from([yard.principal]));
            let staff = tx.staff(yard.school).await.unwrap();
            let teacher = staff.iter().find(|member| member.id == yard.teacher).unwrap();
            assert_eq!(teacher.roles, [Role::ContactTeacher, Role::DutyStaff]);
        }

        async fn a_person_becomes_something_else_and_loses_what_they_were(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let change = ChangeStaff { roles: vec![Role::Deputy], own_classes: vec![yard.class], status: AccountStatus::Suspended };
            tx.change_staff(yard.school, yard.principal, &change).await.unwrap();
            let principal = tx.staff_member(yard.school, yard.principal).await.unwrap().unwrap();
            assert_eq!((principal.roles, principal.status), (vec![Role::Deputy], AccountStatus::Suspended));
            let change = ChangeStaff { roles: vec![Role::DutyStaff], own_classes: vec![], status: AccountStatus::Active };
            tx.change_staff(yard.school, yard.teacher, &change).await.unwrap();
            let teachers = tx.contact_teachers(yard.school).await.unwrap();
            assert_eq!(teachers, [ContactTeacher { staff: yard.principal, class: yard.class }]);
            assert!(tx.staff_member(yard.school, StaffId(Uuid::new_v4())).await.unwrap().is_none());
        }

        async fn whoever_has_a_password_can_sign_in(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            assert!(!tx.can_sign_in(yard.school, yard.teacher).await.unwrap());
            tx.set_password(yard.school, yard.teacher, "hash", 1).await.unwrap();
            assert!(tx.can_sign_in(yard.school, yard.teacher).await.unwrap());
            assert_eq!(tx.password_hash(yard.school, yard.teacher).await.unwrap().as_deref(), Some("hash"));
            assert_eq!(tx.password_hash(yard.school, yard.principal).await.unwrap(), None);
            tx.forget_ways(yard.school, yard.principal).await.unwrap();
            assert!(tx.can_sign_in(yard.school, yard.teacher).await.unwrap());
            tx.forget_ways(yard.school, yard.teacher).await.unwrap();
            assert!(!tx.can_sign_in(yard.school, yard.teacher).await.unwrap());
        }
    }
}
