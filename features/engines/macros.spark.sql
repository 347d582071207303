-- Functions that engines name differently: the same names in every macros file.
create or replace temporary function days_between(a date, b date) returns int return datediff(b, a);
