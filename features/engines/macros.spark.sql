-- Functions that engines name differently: the same names in every macros file. No column may have the name of a parameter.
create or replace temporary function days_between(first_day_ date, last_day_ date) returns int return datediff(last_day_, first_day_);
