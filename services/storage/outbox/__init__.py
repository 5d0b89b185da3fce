"""The outbox: tasks that follow from facts, written in the same transaction, and owned by SQL.

A task is begun by one process at a time, under a lease that it renews. Its fence is raised by
every beginning: whoever holds an older one can no longer end it, nor keep what it did.

records   tasks are written with their facts, and dropped when they are old
order     what comes first, and what our code knows
handing   tasks that are due are handed on to the workers
holding   whoever does a task begins it, holds it and ends it well
retrying  what was not done waits again, or is set aside
"""
