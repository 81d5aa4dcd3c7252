-- The school owner: a place of work with accounts like a school's, and the reports that go to it past the leadership (§ 12-5), which
-- only its people open. Nothing here says who sent what: the sender is sealed in, and the tag is computed with the file of secrets.

alter table school add column owner_id uuid references school (id);

-- A row of `school` that is an owner and no school.
create table owner (
    school_id uuid not null primary key references school (id),
    phone text not null
);

-- Public keys; what opens is a code on paper.
create table owner_key (
    owner_id uuid not null references owner (school_id),
    id integer not null,
    public_key bytea not null,
    created_at_ms bigint not null,
    primary key (owner_id, id)
);

create table owner_report (
    owner_id uuid not null references owner (school_id),
    report_id uuid not null,
    -- `Keys::owner_tag` of the sender, who follows the receipts.
    sender_tag bytea not null,
    received_at_ms bigint not null,
    opened_at_ms bigint,
    talk_at_ms bigint,
    primary key (owner_id, report_id)
);
create index owner_report_sender on owner_report (owner_id, sender_tag);

create table owner_letter (
    owner_id uuid not null references owner (school_id),
    -- Names what came: a retry is known by it.
    item_hash text not null,
    report_id uuid not null,
    key_id integer not null,
    received_at_ms bigint not null,
    bytes bytea not null,
    primary key (owner_id, item_hash)
);
create index owner_letter_time on owner_letter (owner_id, received_at_ms);

-- Reports that came the ordinary way and are the owner's, since somebody in the leadership is suspected: nobody at the school sees them.
create table past_leadership (
    school_id uuid not null,
    document_id uuid not null,
    -- None until it was sealed to the owner.
    told_at_ms bigint,
    primary key (school_id, document_id),
    foreign key (school_id, document_id) references document (school_id, id)
);

alter table document add column owner_told_at_ms bigint;

-- Somebody who works at the school is suspected: nothing that colleagues see may show that the report is there.
alter table report add column suspects_employee boolean not null default false;
