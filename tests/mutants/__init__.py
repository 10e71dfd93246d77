"""Mistakes that are easily made, put into the compiler one at a time: the tests must notice each.

    pytest -m slow_mutants -n 2 tests/mutants          prove it
    python -m tests.mutants                            print which test catches which

A mutant is a replacement of text in a copy of the package. Where its text is gone, it fails and says so: then the code
has changed, and the same mistake has to be made anew.
"""
