-- What people write is encrypted, each document under a key of its own, and can be erased: rows, projections, and with the key
-- every copy.

alter table document add column erased_at_ms bigint;

-- That a document was erased, by whom and why; nothing of what it said.
create table erasure (
    school_id blob not null references school (id),
    document_id blob not null,
    kind integer not null,
    erased_at_ms bigint not null,
    -- None for what was erased before a backup was restored in which it still was.
    staff_id blob,
    -- A code of `ErasureGround`.
    ground text not null,
    -- The document's key is yet to be destroyed.
    is_pending boolean not null,
    primary key (school_id, document_id)
);
create index erasure_pending on erasure (is_pending);

-- What was written in the clear before there were keys; empty once `rebuild` has encrypted it.
create table unencrypted (
    school_id blob not null,
    document_id blob not null,
    primary key (school_id, document_id)
);
insert into unencrypted (school_id, document_id) select school_id, id from document;

-- The projections hold words in the clear: they are computed anew, encrypted.
drop table entry;
create table entry (
    school_id blob not null,
    document_id blob not null,
    author_id blob not null,
    happened_at_ms bigint not null,
    received_at_ms bigint not null,
    amendments integer not null,
    is_locked boolean not null,
    -- The entry as it reads now, as JSON, encrypted.
    content blob not null,
    primary key (school_id, document_id)
);
create index entry_time on entry (school_id, happened_at_ms);

drop table report;
create table report (
    school_id blob not null,
    document_id blob not null,
    author_id blob not null,
    pupil_id blob,
    recorded_at_ms bigint not null,
    received_at_ms bigint not null,
    is_serious boolean not null,
    missing_points integer not null,
    -- The report as it reads now, as JSON, encrypted.
    content blob not null,
    primary key (school_id, document_id)
);
create index report_pupil on report (school_id, pupil_id);
