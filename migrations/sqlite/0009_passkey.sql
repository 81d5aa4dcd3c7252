-- Passkeys by which people sign in, and challenges that have not been answered.

create table staff_passkey (
    -- As the authenticator calls it.
    credential_id blob not null primary key,
    id blob not null unique,
    school_id blob not null,
    staff_id blob not null,
    -- Where it was made: it goes when that device is shut out.
    device_id blob not null,
    -- Public key, count and flags, as the library that verifies keeps them.
    passkey text not null,
    added_at_ms bigint not null,
    -- None before it was used.
    last_used_at_ms bigint,
    foreign key (school_id, staff_id) references staff (school_id, id)
);
create index staff_passkey_staff on staff_passkey (school_id, staff_id);

-- By the hash of what the browser's cookie says.
create table passkey_challenge (
    token_hash blob not null primary key,
    started_at_ms bigint not null,
    purpose text not null,
    -- Whom it was given to; nobody yet at a sign-in.
    school_id blob,
    staff_id blob,
    state text not null
);
create index passkey_challenge_started on passkey_challenge (started_at_ms);
