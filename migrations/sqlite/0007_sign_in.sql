-- How people show who they are, and how often that failed.

-- When the person last showed who they are in this session; what was opened before there was such a time has to show it again.
alter table session add column shown_at_ms bigint not null default 0;

-- Attempts to sign in that failed. The key is a keyed hash of what was counted.
create table failed_attempt (
    counted blob not null primary key,
    failures bigint not null,
    last_at_ms bigint not null
);
create index failed_attempt_last on failed_attempt (last_at_ms);

-- Browsers in which a person has signed in before: strangers' failures do not count against them. Of the browser's secret only
-- the hash is here.
create table known_browser (
    token_hash blob not null,
    school_id blob not null,
    staff_id blob not null,
    last_at_ms bigint not null,
    primary key (token_hash, school_id, staff_id),
    foreign key (school_id, staff_id) references staff (school_id, id)
);
create index known_browser_staff on known_browser (school_id, staff_id);

-- Who somebody is at an OpenID provider such as Feide: never an e-mail address.
create table staff_identity (
    issuer text not null,
    subject text not null,
    school_id blob not null,
    staff_id blob not null,
    bound_at_ms bigint not null,
    primary key (issuer, subject),
    foreign key (school_id, staff_id) references staff (school_id, id)
);
create unique index staff_identity_staff on staff_identity (school_id, staff_id, issuer);

-- Ways to the provider and back that are under way, by the hash of what the browser's cookie says.
create table feide_flow (
    token_hash blob not null primary key,
    started_at_ms bigint not null,
    -- The invitation that the identity is to be bound by.
    invitation_hash blob,
    -- The person is to show who they are anew.
    is_again boolean not null,
    -- Once the provider has said who it is.
    school_id blob,
    staff_id blob,
    shown_at_ms bigint not null
);
create index feide_flow_started on feide_flow (started_at_ms);
