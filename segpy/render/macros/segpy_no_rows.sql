{# What a table of results is given by a run that has no results: columns of text, and no rows. #}
{% macro segpy_no_rows(names) %}
    {{ return(adapter.dispatch('segpy_no_rows', 'segpy')(names)) }}
{% endmacro %}

{% macro default__segpy_no_rows(names) %}
    {% set columns = [] %}
    {% for name in names %}
        {% do columns.append("cast(null as " ~ dbt.type_string() ~ ") as " ~ name) %}
    {% endfor %}
    {{ return("select * from (select " ~ columns | join(", ") ~ ") as nobody where 1 = 0") }}
{% endmacro %}
