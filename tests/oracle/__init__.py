"""The meaning of the language, computed slowly in plain Python: what generated SQL is held against.

It knows the spec as written, the rows of the input tables and `as_of`; no SQL, no engine, nothing of the compiler.
Read in this order: `cells` (values), `truth` and `sql_text` (`where` and `expression`), `clock` (calendars), `log`
(what is known of whom), `windows`, `amounts` (measures of events), `matches` (sequences), `person` (all measures of
one entity), `world` (conditions and segments), `explained` (conditions one by one) and `history` (membership over
several runs).
"""
