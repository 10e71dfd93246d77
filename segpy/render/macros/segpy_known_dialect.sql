{#
    The target's adapter is of a dialect that the project was rendered in. dbt would fall back on a relative of its adapter:
    Redshift on PostgreSQL, Databricks on Spark.
#}
{% macro segpy_known_dialect(adapters) %}
    {% if target.type not in adapters %}
        {% do exceptions.raise_compiler_error(
            "segpy rendered this project for " ~ adapters | join(', ') ~ ", and this target is " ~ target.type
            ~ ". Add it to `dialect:` in segments/segpy.yml and run `segpy render`."
        ) %}
    {% endif %}
{% endmacro %}
