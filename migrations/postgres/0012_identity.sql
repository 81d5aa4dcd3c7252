-- Somebody may work at several schools with one identity at the provider.
alter table staff_identity drop constraint staff_identity_pkey;
alter table staff_identity add primary key (issuer, subject, school_id);

-- A way remembers whose identity it showed; which account that is, is asked when it ends. Ways last minutes: those under way are begun
-- anew.
drop table feide_flow;
create table feide_flow (
    token_hash bytea not null primary key,
    started_at_ms bigint not null,
    -- The invitation that the identity is to be bound by.
    invitation_hash bytea,
    -- The person is to show who they are anew.
    is_again boolean not null,
    -- Once the provider has said who it is.
    issuer text,
    subject text,
    -- The school whose invitation has bound it.
    school_id uuid,
    shown_at_ms bigint not null
);
create index feide_flow_started on feide_flow (started_at_ms);
