-- Pupils at a hidden address: the name as the school has decided that it is shown; the roster's own stands here alone.

alter table pupil add column shown_as text;
