-- Codes by which a substitute signs in for a day, and accounts that end by themselves.

-- None for an account that is open until somebody closes it.
alter table staff add column ends_at_ms bigint;

-- Of the code only hashes are here: that of the long one that a picture holds, and a keyed one of the digits that can be typed.
create table day_code (
    school_id uuid not null,
    staff_id uuid not null,
    token_hash bytea not null unique,
    digits_hash bytea not null unique,
    made_at_ms bigint not null,
    ends_at_ms bigint not null,
    -- When it was first taken into use, and the hash of a secret of the phone that did: no other takes it.
    taken_at_ms bigint,
    phone_hash bytea,
    primary key (school_id, staff_id),
    foreign key (school_id, staff_id) references staff (school_id, id)
);
