-- Somebody may work at several schools with one identity at the provider.
create table staff_identity_of_school (
    issuer text not null,
    subject text not null,
    school_id blob not null,
    staff_id blob not null,
    bound_at_ms bigint not null,
    primary key (issuer, subject, school_id),
    foreign key (school_id, staff_id) references staff (school_id, id)
);
insert into staff_identity_of_school (issuer, subject, school_id, staff_id, bound_at_ms)
select issuer, subject, school_id, staff_id, bound_at_ms from staff_identity;
drop table staff_identity;
alter table staff_identity_of_school rename to staff_identity;
create unique index staff_identity_staff on staff_identity (school_id, staff_id, issuer);

-- A way remembers whose identity it showed; which account that is, is asked when it ends. Ways last minutes: those under way are begun
-- anew.
drop table feide_flow;
create table feide_flow (
    token_hash blob not null primary key,
    started_at_ms bigint not null,
    -- The invitation that the identity is to be bound by.
    invitation_hash blob,
    -- The person is to show who they are anew.
    is_again boolean not null,
    -- Once the provider has said who it is.
    issuer text,
    subject text,
    -- The school whose invitation has bound it.
    school_id blob,
    shown_at_ms bigint not null
);
create index feide_flow_started on feide_flow (started_at_ms);
