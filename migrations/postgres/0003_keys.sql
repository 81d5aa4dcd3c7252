-- Items are known by the device that sealed them; the database remembers which secrets belong to it.

create unique index device_id on device (id);

create table installation (
    -- One row.
    id integer not null primary key,
    -- `Keys::fingerprint`: tells the right file of secrets from another.
    key_fingerprint text not null
);
