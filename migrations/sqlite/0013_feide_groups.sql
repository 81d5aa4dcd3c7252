-- What the provider has said of groups, until the way ends.
alter table feide_flow add column groups text;
