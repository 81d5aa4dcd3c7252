-- Handing out (*fordeling*): reports that somebody was given to read and receive, beside those who receive all of them.
create table report_handed (
    school_id blob not null,
    report_id blob not null,
    staff_id blob not null,
    handed_by blob not null,
    handed_at_ms bigint not null,
    -- When this person opened it; none while it waits for them.
    opened_at_ms bigint,
    primary key (school_id, report_id, staff_id),
    foreign key (school_id, report_id) references document (school_id, id),
    foreign key (school_id, staff_id) references staff (school_id, id)
);
create index report_handed_staff on report_handed (school_id, staff_id);

-- For a report: who opened it first; none for what was opened before this was kept.
alter table document add column opened_by blob;

-- Classes opened nothing to any but contact teachers until now: what stands on other accounts was left there.
delete from contact_teacher where not exists (
    select 1 from staff_role r
    where r.school_id = contact_teacher.school_id and r.staff_id = contact_teacher.staff_id and r.role = 'contact_teacher'
);
