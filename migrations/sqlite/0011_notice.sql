-- Notices by e-mail: only that something waits. What waits, and for whom, is computed when a notice is sent and stands in no row.
-- And who told a report that another wrote down.

-- Where a person wants them; never an identity. Used once the person has typed in the code that was sent there.
create table notice_address (
    school_id blob not null,
    staff_id blob not null,
    address text not null,
    asked_at_ms bigint not null,
    -- Codes typed in that were wrong.
    attempts integer not null,
    confirmed_at_ms bigint,
    primary key (school_id, staff_id),
    foreign key (school_id, staff_id) references staff (school_id, id)
);

-- At most one of a kind for a person: several things that wait are one notice.
create table notice (
    school_id blob not null,
    staff_id blob not null,
    -- `NoticeKind`.
    kind integer not null,
    -- Since when there is something to send; none when there is not.
    wanted_at_ms bigint,
    -- Not before; moved on by whoever sends it, so that two processes send once.
    due_at_ms bigint not null,
    -- When it was last wanted: what is wanted while it is being sent is not told by it.
    last_wanted_at_ms bigint not null,
    failures bigint not null,
    -- When the last of this kind was sent.
    sent_at_ms bigint,
    primary key (school_id, staff_id, kind)
);
create index notice_due on notice (due_at_ms);

-- What did not go out, counted by cause and never by person.
create table notice_failure (
    school_id blob not null,
    cause text not null,
    failures bigint not null,
    given_up bigint not null,
    last_at_ms bigint not null,
    primary key (school_id, cause)
);

-- For a report: when it was told to the deputy, since nobody had opened it.
alter table document add column escalated_at_ms bigint;

-- The colleague who told it by word of mouth: they follow it too.
alter table report add column told_by_id blob;

-- What somebody wrote or told, and what nobody has opened, is looked for often.
create index report_author on report (school_id, author_id);
create index report_told_by on report (school_id, told_by_id);
create index report_received on report (received_at_ms);
