"""Proof that what calendars say stays in them: words planted there are looked for everywhere.

calendar, words = planted_calendar(seed)
... let the product read the calendar, and everything else ...
assert find(words, files_below(folder) | redis_contents(url) | postgres_contents(url)) == []
"""
