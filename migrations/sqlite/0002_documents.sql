-- What people write, as it came, and what is computed from it. `document`, `change`, `feed` and `quarantine` are the record;
-- `entry`, `pupil_log`, `report`, `report_entry` and `pattern` can be thrown away and rebuilt. Time is unix milliseconds.

create table document (
    school_id blob not null references school (id),
    id blob not null,
    -- `DocumentKind::to_byte`.
    kind integer not null,
    author_id blob not null,
    received_at_ms bigint not null,
    -- For an entry that a report builds on: the change hashes of the version it reads in from then on, in hex, with commas.
    locked_at text,
    -- For a report: the receipts its reporter follows.
    opened_at_ms bigint,
    talk_at_ms bigint,
    primary key (school_id, id)
);

create table change (
    school_id blob not null,
    document_id blob not null,
    hash blob not null,
    -- The school's commit number: gapless, in the order of commits.
    seq bigint not null,
    actor_id blob not null,
    actor_seq bigint not null,
    staff_id blob not null,
    device_id blob not null,
    received_at_ms bigint not null,
    bytes blob not null,
    primary key (school_id, document_id, hash),
    foreign key (school_id, document_id) references document (school_id, id)
);
create unique index change_seq on change (school_id, seq);
create unique index change_actor_seq on change (school_id, document_id, actor_id, actor_seq);

-- What is new in a scope since a commit number: one row a document, moved on by every change.
create table feed (
    school_id blob not null,
    scope text not null,
    document_id blob not null,
    seq bigint not null,
    -- When the document came into the scope: who has read less far needs all of it.
    entered_seq bigint not null,
    is_gone boolean not null,
    -- For an entry: when it happened; none for what a phone keeps longer.
    happened_at_ms bigint,
    primary key (school_id, scope, document_id)
);
create index feed_seq on feed (school_id, scope, seq);
create index feed_document on feed (school_id, document_id);

-- Items that the gate or the rules refused, with the reason; shown to their author only.
create table quarantine (
    school_id blob not null,
    item_hash text not null,
    staff_id blob not null,
    device_id blob not null,
    reason text not null,
    received_at_ms bigint not null,
    bytes blob not null,
    primary key (school_id, item_hash)
);

create table entry (
    school_id blob not null,
    document_id blob not null,
    author_id blob not null,
    happened_at_ms bigint not null,
    received_at_ms bigint not null,
    amendments integer not null,
    is_locked boolean not null,
    -- The entry as it reads now, as JSON.
    content text not null,
    primary key (school_id, document_id)
);

create table pupil_log (
    school_id blob not null,
    pupil_id blob not null,
    document_id blob not null,
    author_id blob not null,
    happened_at_ms bigint not null,
    -- The pupil is exposed or alone in it: what the pattern rule counts.
    is_sighting boolean not null,
    primary key (school_id, pupil_id, document_id)
);
create index pupil_log_time on pupil_log (school_id, pupil_id, happened_at_ms);
create index pupil_log_document on pupil_log (school_id, document_id, pupil_id);

create table report (
    school_id blob not null,
    document_id blob not null,
    author_id blob not null,
    pupil_id blob,
    recorded_at_ms bigint not null,
    received_at_ms bigint not null,
    is_serious boolean not null,
    missing_points integer not null,
    content text not null,
    primary key (school_id, document_id)
);
create index report_pupil on report (school_id, pupil_id);

create table report_entry (
    school_id blob not null,
    report_id blob not null,
    entry_id blob not null,
    -- The entry's version when it was reported, in hex, with commas.
    heads text not null,
    primary key (school_id, report_id, entry_id)
);
create index report_entry_entry on report_entry (school_id, entry_id);

create table pattern (
    school_id blob not null,
    pupil_id blob not null,
    last_at_ms bigint not null,
    content text not null,
    primary key (school_id, pupil_id)
);
