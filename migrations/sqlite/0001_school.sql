-- The school as rows: what is administered, who works there, who is signed in, and who has read what.
-- Every key starts with the school where it can. Time is unix milliseconds.

create table school (
    id blob not null primary key,
    name text not null,
    -- Grows with every change of what a phone keeps of the school.
    version bigint not null default 1,
    -- The last commit number given to a change of a document.
    head bigint not null default 0,
    -- Changes when the database is restored from a backup.
    epoch text not null,
    settings text not null,
    -- Mixed into the hash of roster ids that look like birth numbers, which are never stored.
    roster_salt blob not null
);

create table class (
    school_id blob not null references school (id),
    id blob not null,
    name text not null,
    grade integer not null,
    primary key (school_id, id),
    unique (school_id, name)
);

create table pupil (
    school_id blob not null,
    id blob not null,
    given_name text not null,
    family_name text not null,
    class_id blob,
    -- What the roster calls the pupil, if it has ids.
    external_id text,
    -- The name as it is compared: small letters, one space.
    search_key text not null,
    left_at_ms bigint,
    -- Sharpened attention: until when and set by whom, never why.
    attention_until_ms bigint,
    attention_set_by blob,
    primary key (school_id, id),
    foreign key (school_id, class_id) references class (school_id, id)
);
create unique index pupil_external_id on pupil (school_id, external_id);
create index pupil_class on pupil (school_id, class_id);

create table zone (
    school_id blob not null references school (id),
    id blob not null,
    name text not null,
    position integer not null,
    primary key (school_id, id)
);

create table recess (
    school_id blob not null references school (id),
    id blob not null,
    name text not null,
    starts_at_min integer not null,
    ends_at_min integer not null,
    primary key (school_id, id)
);

create table staff (
    school_id blob not null references school (id),
    id blob not null,
    name text not null,
    username text not null unique,
    -- A code of `AccountStatus`.
    status text not null,
    primary key (school_id, id)
);

-- How a person shows who they are is apart from who they are: other ways get tables of their own.
create table staff_password (
    school_id blob not null,
    staff_id blob not null,
    hash text not null,
    set_at_ms bigint not null,
    primary key (school_id, staff_id),
    foreign key (school_id, staff_id) references staff (school_id, id)
);

create table staff_role (
    school_id blob not null,
    staff_id blob not null,
    role text not null,
    primary key (school_id, staff_id, role),
    foreign key (school_id, staff_id) references staff (school_id, id)
);

create table contact_teacher (
    school_id blob not null,
    staff_id blob not null,
    class_id blob not null,
    primary key (school_id, staff_id, class_id),
    foreign key (school_id, staff_id) references staff (school_id, id),
    foreign key (school_id, class_id) references class (school_id, id)
);

create table duty (
    school_id blob not null,
    staff_id blob not null,
    recess_id blob not null,
    zone_id blob not null,
    -- 1 is Monday.
    weekday integer not null,
    primary key (school_id, staff_id, recess_id, zone_id, weekday),
    foreign key (school_id, staff_id) references staff (school_id, id),
    foreign key (school_id, recess_id) references recess (school_id, id),
    foreign key (school_id, zone_id) references zone (school_id, id)
);

create table invitation (
    token_hash blob not null primary key,
    school_id blob not null,
    staff_id blob not null,
    created_at_ms bigint not null,
    expires_at_ms bigint not null,
    used_at_ms bigint,
    foreign key (school_id, staff_id) references staff (school_id, id)
);

create table device (
    school_id blob not null,
    id blob not null,
    staff_id blob not null,
    -- Who writes in a document: issued here, one for each person on each device.
    actor_id blob not null unique,
    name text not null,
    created_at_ms bigint not null,
    revoked_at_ms bigint,
    primary key (school_id, id),
    foreign key (school_id, staff_id) references staff (school_id, id)
);

create table session (
    token_hash blob not null primary key,
    school_id blob not null,
    staff_id blob not null,
    device_id blob not null,
    created_at_ms bigint not null,
    last_seen_at_ms bigint not null,
    expires_at_ms bigint not null,
    foreign key (school_id, staff_id) references staff (school_id, id),
    foreign key (school_id, device_id) references device (school_id, id)
);
create index session_staff on session (school_id, staff_id);

-- Who has read a pupil's log, an entry or a report.
create table reading (
    school_id blob not null references school (id),
    at_ms bigint not null,
    id blob not null,
    staff_id blob not null,
    -- `pupil_log`, `entry` or `report`.
    what text not null,
    pupil_id blob,
    document_id blob,
    primary key (school_id, at_ms, id)
);
