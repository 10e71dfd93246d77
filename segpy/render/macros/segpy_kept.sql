{#
    Tables that are kept from run to run. Each tells in its column `as_of` which run wrote a row: the latest of these is
    the run that it continues. A run that was interrupted wrote nothing, or all that it had to.
#}

{#
    Whether this run continues what an earlier one kept, so that only what can have changed since is computed. Not so
    in the first run, with --full-refresh, where nothing is kept, where the last run is longer ago than `days`, and where
    it is told to go back.
#}
{% macro segpy_continues(grain, days=none) %}
    {{ return(adapter.dispatch('segpy_continues', 'segpy')(grain, days)) }}
{% endmacro %}

{# The instant of the run that this one continues, as a timestamp of the warehouse; with `seconds`, so long before. #}
{% macro segpy_last_as_of(seconds=0) %}
    {{ return(adapter.dispatch('segpy_last_as_of', 'segpy')(seconds)) }}
{% endmacro %}

{#
    Where another kept table stood when this one last looked at it, so long before: further back than this one itself,
    where that was run alone.
#}
{% macro segpy_last_look(other, grain, seconds=0) %}
    {{ return(adapter.dispatch('segpy_last_look', 'segpy')(other, grain, seconds)) }}
{% endmacro %}

{# Which run of dbt this is. #}
{% macro segpy_run() %}
    {{ return("'" ~ invocation_id ~ "'") }}
{% endmacro %}

{#
    Makes room for what a run is about to write: rows whose `column` is not before the last run less `seconds` are read
    again. Of a table that is not continued, all rows.
#}
{% macro segpy_make_room(grain, days=none, column=none, seconds=0) %}
    {{ return(adapter.dispatch('segpy_make_room', 'segpy')(grain, days, column, seconds)) }}
{% endmacro %}

{# Lets go of the rows whose `column` is longer ago than `seconds`. #}
{% macro segpy_let_go(grain, column, seconds) %}
    {{ return(adapter.dispatch('segpy_let_go', 'segpy')(grain, column, seconds)) }}
{% endmacro %}

{# Takes out the rows of those of whom nothing is left: their `column` is 0. #}
{% macro segpy_take_out_empty(column) %}
    {{ return("delete from " ~ this ~ " where " ~ column ~ " = 0") }}
{% endmacro %}

{# Drops the tables in which a model was kept while it meant something else. #}
{% macro segpy_drop_former(model) %}
    {{ return(adapter.dispatch('segpy_drop_former', 'segpy')(model)) }}
{% endmacro %}

{# With --empty nothing is read but what is kept, so that nothing can be told of it: it stays as it is. #}
{% macro default__segpy_continues(grain, days) %}
    {% if flags.EMPTY %}
        {{ return(false) }}
    {% endif %}
    {% set as_of = adapter.dispatch('segpy_kept_until', 'segpy')() %}
    {% if as_of is none %}
        {{ return(false) }}
    {% endif %}
    {% set now = adapter.dispatch('segpy_as_of_text', 'segpy')(grain) %}
    {% if as_of > now and var('segpy_rewrite_history', false) %}
        {{ return(false) }}
    {% endif %}
    {% if as_of > now %}
        {% do exceptions.raise_compiler_error(
            this ~ " was built as of " ~ as_of ~ ", and this run is as of " ~ now ~ ". What is kept does not go back: "
            ~ "build as of " ~ as_of ~ " or later. To make it anew as of " ~ now ~ ", and to forget what was found since "
            ~ "then, add `segpy_rewrite_history: true` to --vars."
        ) %}
    {% endif %}
    {{ return(days is none or adapter.dispatch('segpy_earlier', 'segpy')(now, days * 86400) <= as_of) }}
{% endmacro %}

{# While dbt only parses there is no such run, and any instant will do. #}
{% macro default__segpy_last_as_of(seconds) %}
    {% set as_of = adapter.dispatch('segpy_kept_until', 'segpy')() or '1900-01-01 00:00:00' %}
    {{ return(adapter.dispatch('segpy_timestamp', 'segpy')(adapter.dispatch('segpy_earlier', 'segpy')(as_of, seconds))) }}
{% endmacro %}

{#
    What is there of the other table from before the last look was there then. A run at the same instant tells nothing
    of what it wrote before that look, and what after.
#}
{% macro default__segpy_last_look(other, grain, seconds) %}
    {% set mine = adapter.dispatch('segpy_kept_until', 'segpy')() %}
    {% set as_of = none %}
    {% if mine is not none %}
        {% set now = adapter.dispatch('segpy_as_of_text', 'segpy')(grain) %}
        {% set known = load_result('segpy_last_look') %}
        {% if known is none %}
            {% call statement('segpy_last_look', fetch_result=true) -%}
                select cast(max(as_of) as {{ dbt.type_string() }}) as stood_at from {{ other }}
                where as_of {{ '<=' if mine < now else '<' }} {{ adapter.dispatch('segpy_timestamp', 'segpy')(mine) }}
            {%- endcall %}
            {% set known = load_result('segpy_last_look') %}
        {% endif %}
        {% do store_result('segpy_last_look', response=known['response'], agate_table=known['table']) %}
        {% set as_of = known['data'][0][0] %}
    {% endif %}
    {% set text = adapter.dispatch('segpy_read', 'segpy')(as_of) %}
    {% set since = none if text is none else adapter.dispatch('segpy_earlier', 'segpy')(text, seconds) %}
    {{ return(adapter.dispatch('segpy_timestamp', 'segpy')(since or '1900-01-01 00:00:00')) }}
{% endmacro %}

{% macro default__segpy_make_room(grain, days, column, seconds) %}
    {% if not execute or not is_incremental() or flags.EMPTY %}
        {{ return('') }}
    {% endif %}
    {% if not adapter.dispatch('segpy_continues', 'segpy')(grain, days) %}
        {{ return("delete from " ~ this ~ " where true") }}
    {% endif %}
    {% if column is none %}
        {{ return('') }}
    {% endif %}
    {% set since = adapter.dispatch('segpy_last_as_of', 'segpy')(seconds) %}
    {{ return("delete from " ~ this ~ " where " ~ column ~ " >= " ~ since) }}
{% endmacro %}

{% macro default__segpy_let_go(grain, column, seconds) %}
    {% if not execute or not is_incremental() or flags.EMPTY %}
        {{ return('') }}
    {% endif %}
    {% set now = adapter.dispatch('segpy_as_of_text', 'segpy')(grain) %}
    {% set until = adapter.dispatch('segpy_earlier', 'segpy')(now, seconds) %}
    {{ return("delete from " ~ this ~ " where " ~ column ~ " < " ~ adapter.dispatch('segpy_timestamp', 'segpy')(until)) }}
{% endmacro %}

{% macro default__segpy_drop_former(model) %}
    {% if execute %}
        {% for name in adapter.dispatch('segpy_names_beside', 'segpy')() %}
            {% set former = modules.re.match('^' ~ modules.re.escape(model | lower) ~ '_[0-9a-f]{8}$', name | lower) %}
            {% if former and name | lower != this.identifier | lower %}
                {% set relation = adapter.get_relation(this.database, this.schema, name) %}
                {% if relation is not none and relation.is_table %}
                    {% do adapter.drop_relation(relation) %}
                {% endif %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {{ return('') }}
{% endmacro %}

{# The names of all that stands in the schema of this table. dbt has a list of its own, and shows it to no macro. #}
{% macro default__segpy_names_beside() %}
    {% set schema = this.without_identifier() %}
    {{ return(dbt.list_relations_without_caching(schema).columns['name'].values() | list) }}
{% endmacro %}

{% macro bigquery__segpy_names_beside() %}
    {% call statement('segpy_names_beside', fetch_result=true) -%}
        select table_name from {{ this.without_identifier() }}.INFORMATION_SCHEMA.TABLES
    {%- endcall %}
    {{ return(load_result('segpy_names_beside')['data'] | map(attribute=0) | list) }}
{% endmacro %}

{% macro spark__segpy_names_beside() %}
    {% call statement('segpy_names_beside', fetch_result=true) -%}
        show tables in {{ this.without_identifier() }}
    {%- endcall %}
    {{ return(load_result('segpy_names_beside')['data'] | map(attribute=1) | list) }}
{% endmacro %}

{# The instant of the last run that wrote to this table, as text in UTC; none where there was none. #}
{% macro default__segpy_kept_until() %}
    {% if not execute or not is_incremental() %}
        {{ return(none) }}
    {% endif %}
    {% set known = load_result('segpy_kept_until') %}
    {% if known is none %}
        {% call statement('segpy_kept_until', fetch_result=true) -%}
            select cast(max(as_of) as {{ dbt.type_string() }}) as as_of from {{ this }}
        {%- endcall %}
        {% set known = load_result('segpy_kept_until') %}
    {% endif %}
    {% do store_result('segpy_kept_until', response=known['response'], agate_table=known['table']) %}
    {{ return(adapter.dispatch('segpy_read', 'segpy')(known['data'][0][0])) }}
{% endmacro %}

{# An instant so many seconds earlier, both as text. #}
{% macro default__segpy_earlier(text, seconds) %}
    {% set instant = modules.datetime.datetime.strptime(text, '%Y-%m-%d %H:%M:%S') %}
    {{ return((instant - modules.datetime.timedelta(seconds=seconds)).strftime('%Y-%m-%d %H:%M:%S')) }}
{% endmacro %}
