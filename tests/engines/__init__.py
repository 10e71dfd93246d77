"""One conformance suite for every engine: the corpus of cases, and random specs, built by dbt and compared.

`known/` has a file for each engine. `environments` makes their virtual environments (`python -m tests.engines.setup`),
`corpus` says what is built, `inputs` and `project` write it as one dbt project, `worker` builds that project with the
engine's own Python, `build` starts the engine and hands over the answers, `report` writes down what came of it.
"""
