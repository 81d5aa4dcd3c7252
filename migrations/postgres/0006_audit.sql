-- The record: who did and who read what, each row with a hash over itself and the row before it (`shared/src/audit`). Rows are only
-- ever added.

create table audit (
    school_id uuid not null references school (id),
    -- Gapless from 1.
    seq bigint not null,
    at_ms bigint not null,
    -- None for a command.
    staff_id uuid,
    device_id uuid,
    -- A code of `AuditAct`.
    act text not null,
    pupil_id uuid,
    document_id uuid,
    -- The person or device that was acted on.
    subject_id uuid,
    -- Codes, counts and hashes; never a name or a word of what was written.
    detail text not null,
    hash bytea not null,
    primary key (school_id, seq)
);
create index audit_act on audit (school_id, act, seq);
create index audit_pupil on audit (school_id, pupil_id, seq) where pupil_id is not null;

-- The last row of each school, held by whoever adds the next.
create table audit_head (
    school_id uuid not null primary key references school (id),
    seq bigint not null,
    hash bytea not null
);
insert into audit_head (school_id, seq, hash) select id, 0, decode(repeat('00', 32), 'hex') from school;

-- What stands in `reading` is taken into the record at the next start, and the table stays empty from then on.
