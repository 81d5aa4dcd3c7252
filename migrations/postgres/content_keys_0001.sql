-- The database of keys, apart from the one with what they open: a backup of that one holds nothing that was erased.

create table content_key (
    school_id uuid not null,
    document_id uuid not null,
    -- None when the document was erased: then there is no other copy of it.
    key bytea,
    destroyed_at_ms bigint,
    primary key (school_id, document_id)
);
