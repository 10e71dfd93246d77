{#
    History of memberships: the spells, of which each lasts from the run that found it to the one that did not any more.
    It cannot be made again from what is known now: so no --full-refresh rebuilds it, and no run goes back in it unless
    it is told to:

        dbt build --vars '{segpy_as_of: "2026-03-10", segpy_rewrite_history: true}'

    forgets what was found at and after that instant, and goes on from there.
#}

{#
    The spells as earlier runs left them, wherever they stand; before the first run no rows. Not by `ref`: spells are
    made of flags, and some flags are made of earlier spells.
#}
{% macro segpy_spells(name) %}
    {{ return(adapter.dispatch('segpy_spells', 'segpy')(name)) }}
{% endmacro %}

{#
    Forgets what was found at and after this run's instant, by a run at the same instant or, if so told, at a later one.
    `column` is the instant at which a row was found, `grain` that of as_of.
#}
{% macro segpy_forget(column, grain='day') %}
    {{ return(adapter.dispatch('segpy_forget', 'segpy')(column, grain)) }}
{% endmacro %}

{% macro default__segpy_spells(name) %}
    {% if execute and not flags.EMPTY %}
        {% set own = graph.nodes.values() | selectattr('package_name', 'equalto', model.package_name) %}
        {% for node in own if node.resource_type == 'model' and node.name == name %}
            {% set relation = adapter.get_relation(node.database, node.schema, node.alias or node.name) %}
            {% if relation is not none %}
                {{ return(relation) }}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% set text, never = dbt.type_string(), adapter.dispatch('segpy_timestamp', 'segpy')('1970-01-01 00:00:00') %}
    {% set columns = [] %}
    {% for column in ['segment', 'entity', 'entity_key', 'kind', 'reason', 'content_hash'] %}
        {% do columns.append("cast('' as " ~ text ~ ") as " ~ column) %}
    {% endfor %}
    {% for column in ['from_at', 'to_at', 'since'] %}
        {% do columns.append(never ~ ' as ' ~ column) %}
    {% endfor %}
    {% do columns.append('cast(0 as ' ~ dbt.type_bigint() ~ ') as version') %}
    {{ return('(select ' ~ columns | join(', ') ~ ' limit 0) as no_spells_yet') }}
{% endmacro %}

{% macro default__segpy_forget(column, grain) %}
    {% if not execute or not is_incremental() or flags.EMPTY %}
        {{ return('') }}
    {% endif %}
    {% call statement('segpy_last_found', fetch_result=true) -%}
        select cast(max({{ column }}) as {{ dbt.type_string() }}) as last_found from {{ this }}
    {%- endcall %}
    {% set found = adapter.dispatch('segpy_read', 'segpy')(load_result('segpy_last_found')['data'][0][0]) %}
    {% set now = adapter.dispatch('segpy_as_of_text', 'segpy')(grain) %}
    {% if found is not none and found > now and not var('segpy_rewrite_history', false) %}
        {% do exceptions.raise_compiler_error(
            this ~ " tells of a run as of " ~ found ~ ", and this run is as of " ~ now ~ ". History is not rewritten: "
            ~ "build as of " ~ found ~ " or later. To forget what was found since " ~ now ~ " and go on from there, add "
            ~ "`segpy_rewrite_history: true` to --vars."
        ) %}
    {% endif %}
    {{ return('delete from ' ~ this ~ ' where ' ~ column ~ ' >= '
        ~ adapter.dispatch('segpy_timestamp', 'segpy')(now)) }}
{% endmacro %}
