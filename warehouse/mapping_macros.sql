-- What mapping SQL may call. A cell that cannot be read stays as it is, so that it is set aside by its rule and not lost.

-- 31-01-2025, 31/1/2025, 31.01.2025 or 2025-01-31 as ISO text
create macro dutch_date(cell) as coalesce(
    strftime(try_strptime(cell, ['%d-%m-%Y', '%d/%m/%Y', '%d.%m.%Y', '%Y-%m-%d']), '%Y-%m-%d'), cell
);

-- 2,5 as 2.5
create macro decimal_comma(cell) as
    case when regexp_full_match(cell, '-?[0-9]+,[0-9]+') then replace(cell, ',', '.') else cell end;

-- J and N (ja, nee), 1 and 0, as true and false
create macro yes_or_no(cell) as case lower(cell)
    when 'j' then 'true' when 'ja' then 'true' when '1' then 'true' when 'n' then 'false' when 'nee' then 'false' when '0' then 'false'
    else cell
end;

-- the calendar year in which the school year of a date starts
create macro school_year_of(day) as
    extract(year from cast(day as date)) - cast(extract(month from cast(day as date)) < 9 as integer);

-- the code of a code list for its Dutch word
create macro code_of(listed, word) as coalesce(
    (select min(c.code) from codes as c where c.list = listed and lower(c.label_nl) = lower(trim(word))), word
);

-- a local letter of absence, with or without a subcode (R03), as the official code
create macro official_letter(letter) as coalesce(
    (
        select min(coalesce(c.maps_to, c.code)) from codes as c
        where c.list = 'absence_letter'
            and c.code = case when regexp_full_match(letter, '[A-Z][0-9]{2}') then substr(letter, 1, 1) else letter end
    ),
    letter
);

-- whether a letter of the register means that a half-day was missed
create macro is_absence(letter) as
    letter is not null and letter not in (select c.code from codes as c where c.list = 'register_symbol');
