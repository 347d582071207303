-- Functions that engines name differently: the same names in every macros file.
create or replace temp macro days_between(a, b) as date_diff('day', a, b);
