-- Notices by push: where a browser is reached, as its push service gave it. What goes there says only that something waits.
create table push_subscription (
    school_id blob not null,
    -- Whose session it was on; it goes when that device is shut out or signed out.
    device_id blob not null,
    staff_id blob not null,
    endpoint text not null,
    -- The browser's public key and secret: nobody between reads what is sent.
    public_key blob not null,
    secret blob not null,
    subscribed_at_ms bigint not null,
    -- The notice (its `last_wanted_at_ms`) that it was told of last.
    told_of_ms bigint,
    primary key (school_id, device_id),
    foreign key (school_id, device_id) references device (school_id, id),
    foreign key (school_id, staff_id) references staff (school_id, id)
);
create index push_subscription_staff on push_subscription (school_id, staff_id);
