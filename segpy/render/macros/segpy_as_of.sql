{#
    The instant that everything is evaluated at. Nothing else may ask what time it is, the warehouse's clock least of all.

        dbt build                                               the run's start, cut to the grain, in UTC
        dbt build --vars '{segpy_as_of: "2026-03-10"}'          as it was then
        dbt build --vars '{segpy_as_of: "2026-03-10T14:00:00+01:00"}'

    Helpers are reached through dispatch, so that the macros work both inside a project and as the package `segpy`.
#}

{# The instant as a timestamp of the warehouse. `grain` is day or hour. #}
{% macro segpy_as_of(grain='day') %}
    {{ return(adapter.dispatch('segpy_timestamp', 'segpy')(adapter.dispatch('segpy_as_of_text', 'segpy')(grain))) }}
{% endmacro %}

{# The instant as text in UTC: 2026-03-10 14:00:00. #}
{% macro segpy_as_of_text(grain='day') %}
    {{ return(adapter.dispatch('segpy_as_of_text', 'segpy')(grain)) }}
{% endmacro %}

{% macro default__segpy_as_of_text(grain) %}
    {% if grain not in ['day', 'hour'] %}
        {% do exceptions.raise_compiler_error("segpy_as_of knows the grains day and hour, not `" ~ grain ~ "`.") %}
    {% endif %}
    {% set given = var('segpy_as_of', none) %}
    {% if given is not none %}
        {{ return(adapter.dispatch('segpy_instant', 'segpy')(given, grain)) }}
    {% endif %}
    {{ return(run_started_at.strftime('%Y-%m-%d %H:00:00' if grain == 'hour' else '%Y-%m-%d 00:00:00')) }}
{% endmacro %}

{% macro default__segpy_timestamp(text) %}
    {{ return("cast('" ~ text ~ "' as " ~ dbt.type_timestamp() ~ ")") }}
{% endmacro %}

{# A text alone would be read by the default zone of the project. #}
{% macro bigquery__segpy_timestamp(text) %}
    {{ return("timestamp('" ~ text ~ "', 'UTC')") }}
{% endmacro %}

{# What `timestamp` alone means is a setting of the session. #}
{% macro snowflake__segpy_timestamp(text) %}
    {{ return("cast('" ~ text ~ "' as timestamp_ntz)") }}
{% endmacro %}

{# A plain type of ClickHouse holds no fractions of a second, and is read by the session's time zone. #}
{% macro clickhouse__segpy_timestamp(text) %}
    {{ return("toDateTime64('" ~ text ~ "', 6, 'UTC')") }}
{% endmacro %}

{% macro spark__segpy_timestamp(text) %}
    {% do adapter.dispatch('segpy_in_utc', 'segpy')(
        'select current_timezone() as zone',
        'set spark.sql.session.timeZone to UTC, under server_side_parameters of the target `' ~ target.name
        ~ '` in profiles.yml, or in the configuration of the cluster'
    ) %}
    {{ return("cast('" ~ text ~ "' as timestamp)") }}
{% endmacro %}

{% macro redshift__segpy_timestamp(text) %}
    {% do adapter.dispatch('segpy_in_utc', 'segpy')(
        "select current_setting('timezone') as zone",
        'alter the user of the target `' ~ target.name ~ '` to set timezone to UTC'
    ) %}
    {{ return("cast('" ~ text ~ "' as timestamp)") }}
{% endmacro %}

{#
    Some engines read dates, and what their plain timestamps are made of, by the clocks of the session: they must show
    UTC. `question` asks for the session's zone, once a model; `advice` is what to do where it is another.
#}
{% macro segpy_in_utc(question, advice) %}
    {{ return(adapter.dispatch('segpy_in_utc', 'segpy')(question, advice)) }}
{% endmacro %}

{% macro default__segpy_in_utc(question, advice) %}
    {% if execute %}
        {% set known = load_result('segpy_session_zone') %}
        {% if known is none %}
            {% call statement('segpy_session_zone', fetch_result=true) %}{{ question }}{% endcall %}
            {% set known = load_result('segpy_session_zone') %}
        {% endif %}
        {% do store_result('segpy_session_zone', response=known['response'], agate_table=known['table']) %}
        {% set zone = known['data'][0][0] %}
        {% if zone not in ['UTC', 'Etc/UTC', 'UCT', 'Etc/UCT', 'Zulu', 'Z', '+00:00', 'GMT', 'Etc/GMT'] %}
            {% do exceptions.raise_compiler_error(
                "This session is in the time zone " ~ zone ~ ", by whose clocks it would read dates and times. segpy "
                ~ "needs UTC: " ~ advice ~ "."
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}

{# What an engine says of a whole second of UTC, as text: some write a `T`, fractions or a zone. Of null none. #}
{% macro default__segpy_read(value) %}
    {{ return(none if value is none else (value | string)[:19] | replace('T', ' ')) }}
{% endmacro %}

{# What somebody wrote, as text in UTC. YAML may have made a date of it already; as text that reads the same. #}
{% macro default__segpy_instant(value, grain) %}
    {% set date = '([12][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' %}
    {% set time = '([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:[.]0+)?)?' %}
    {% set offset = '(?:Z|([+-])([01][0-9]|2[0-3])(?::?([0-5][0-9]))?)' %}
    {% set found = modules.re.match('^' ~ date ~ '(?:[T ]' ~ time ~ ' ?' ~ offset ~ '?)?$', value | string | trim) %}
    {% set part = found.groups('0') if found else ['0', '0', '0'] %}
    {% set year, month, day = part[0] | int, part[1] | int, part[2] | int %}
    {% set leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) %}
    {% set length = (29 if leap else 28) if month == 2 else 30 if month in [4, 6, 9, 11] else 31 %}
    {% if not found or day > length %}
        {% do exceptions.raise_compiler_error(
            "segpy_as_of is `" ~ value ~ "`, which is not an instant. Write a date, 2026-03-10, or a date and a time, "
            ~ "2026-03-10 14:00 or 2026-03-10T14:00:00. A time is in UTC unless an offset follows: "
            ~ "2026-03-10T14:00:00+01:00."
        ) %}
    {% endif %}
    {% set local = modules.datetime.datetime(year, month, day, part[3] | int, part[4] | int, part[5] | int) %}
    {% set ahead = ((part[7] | int) * 60 + (part[8] | int)) * (-1 if part[6] == '-' else 1) %}
    {% set instant = local - modules.datetime.timedelta(minutes=ahead) %}
    {% set text = instant.strftime('%Y-%m-%d %H:%M:%S') %}
    {% if not text.endswith(':00:00' if grain == 'hour' else ' 00:00:00') %}
        {% do exceptions.raise_compiler_error(
            "segpy_as_of is `" ~ value ~ "`, which in UTC is " ~ text ~ ". The grain of this project is the " ~ grain
            ~ ": give the start of " ~ ("an hour." if grain == 'hour' else "a day, or set `grain: hour`.")
        ) %}
    {% endif %}
    {{ return(text) }}
{% endmacro %}
