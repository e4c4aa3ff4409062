"""Compares what an import left with what the model expects, and damages databases to prove that the
comparison sees it."""
import collections

import shape
from model import Either, New


class Difference(Exception):
    """What is not as expected; the message says all."""


def row_text(row):
    return ", ".join(f"{name}={value!r}" for name, value in row.items() if value is not None)


class Comparison:
    def __init__(self, case, expected, before, after, items):
        """items: {(table, old id): (fate, new id)} as the program says it."""
        self.case, self.expected, self.before, self.after, self.items = case, expected, before, after, items
        self.found = []

    def check(self):
        """Raises Difference, or returns."""
        self.fates()
        if not self.found:
            self.content()
        if self.found:
            raise Difference("\n".join(self.found[:20]))

    def fates(self):
        expected = dict(self.expected.fates)
        for one, (fate, new) in self.items.items():
            wanted = expected.pop(one, None)
            if wanted != fate and not (wanted == "either" and fate in ("rejected", "excluded")):
                self.found.append(f"{one} was {fate}, should be {wanted}")
            elif fate in ("inserted", "merged") and new is None:
                self.found.append(f"{one} was {fate} and has no new id")
        for one, wanted in expected.items():
            self.found.append(f"{one} is not in the backup, should be {wanted}")

    def new_id(self, value):
        return self.items[value.table, str(value.old)][1] if isinstance(value, New) else value

    def content(self):
        for number, targets in self.expected.merge.items():
            new = self.items[number[0], str(number[1])][1]
            if new not in [self.new_id(one) for one in targets]:
                self.found.append(f"{number} was merged into {new}, should be one of {targets}")
        for table in shape.TABLES[self.case.product]:
            left = dict(self.after[table.name])
            self.stayed(table, left)
            self.inserted(table, left)
            self.extra(table, left)

    def stayed(self, table, left):
        for number, row in self.expected.stay[table.name].items():
            now = left.pop(number, None)
            if now is None:
                self.found.append(f"{table.name} {number} is gone: {row_text(row)}")
            elif now != {**dict.fromkeys(now), **row} or any(
                    type(now[name]) is not type(row.get(name)) for name in now):
                self.found.append(f"{table.name} {number} was changed from {row_text(row)} to "
                                  f"{row_text(now)}")

    def inserted(self, table, left):
        for old, row in self.expected.insert[table.name].items():
            number = self.items[table.name, str(old)][1]
            now = left.pop(number, None)
            what = f"{table.name} {old}, now {number},"
            if now is None:
                self.found.append(f"{what} is not there, or twice: {row_text(row)}")
                continue
            if number in self.before[table.name]:
                self.found.append(f"{what} has the id of an earlier row")
            for name, value in now.items():
                wanted = self.wanted(table, row, name)
                kind = table.columns[name].kind if name in table.columns else "text"
                if isinstance(wanted, Either):
                    good = wanted.fits(value)
                else:
                    good = shape.plain(kind, value) == wanted
                if not good:
                    self.found.append(f"{what} has {name} {value!r}, should be {wanted!r}")

    def wanted(self, table, row, name):
        value = row.get(name)
        return self.new_id(value) if isinstance(value, New) else value

    def extra(self, table, left):
        """References that were put back or added have no old id in the backup: compared by content."""
        def key(row):
            return tuple(sorted((name, str(shape.plain(
                table.columns[name].kind if name in table.columns else "text", self.new_id(value))))
                for name, value in row.items() if shape.plain("text", value) is not None))

        wanted = collections.Counter(key(row) for row in self.expected.extra[table.name])
        found = collections.Counter(key(row) for row in left.values())
        for one in wanted - found:
            self.found.append(f"{table.name} lacks a reference: {one}")
        for one in found - wanted:
            self.found.append(f"{table.name} has a row too many: {one}")
        for number in left:
            if number in self.before[table.name]:
                self.found.append(f"{table.name} {number} should have been erased")


def same_data(product, one, other):
    """Raises Difference unless the two states differ in ids alone: rows as multisets, references
    replaced by the content that they lead to."""
    first, second = _content(product, one), _content(product, other)
    for table in first:
        more, less = second[table] - first[table], first[table] - second[table]
        if more or less:
            raise Difference(f"{table} is not the same as before: more {list(more)[:3]}, less "
                             f"{list(less)[:3]}")


def _content(product, state):
    def content(table, row):
        found = []
        for name, value in row.items():
            column = table.columns.get(name)
            if column and column.role == "row" and value is not None:
                target = state[column.to].get(value)
                value = content(shape.BY_NAME[column.to], target) if target else "nothing"
            else:
                value = shape.plain(column.kind if column else "text", value)
            found.append((name, str(value)))
        return tuple(sorted(found))

    return {table.name: collections.Counter(content(table, row) for row in state[table.name].values())
            for table in shape.TABLES[product]}


def damages(product, after, rng, fresh):
    """(name, state) of states as a faulty import could have left them. fresh: {table: ids of rows whose
    id nobody can know beforehand}, which may as well have another one."""
    def copy():
        return {table: {number: dict(row) for number, row in rows.items()}
                for table, rows in after.items()}

    filled = [table for table in shape.TABLES[product] if after[table.name]]
    for table in filled:
        state = copy()
        state[table.name].pop(rng.choice(list(state[table.name])))
        yield f"a row of {table.name} is gone", state
        state = copy()
        state[table.name][10 ** 6] = dict(rng.choice(list(state[table.name].values())))
        yield f"a row of {table.name} is there twice", state
        known = [number for number in after[table.name] if number not in fresh[table.name]]
        if known:
            state = copy()
            state[table.name][10 ** 6] = state[table.name].pop(rng.choice(known))
            yield f"a row of {table.name} has another id", state
        for name, column in table.columns.items():
            state = copy()
            row = rng.choice(list(state[table.name].values()))
            if column.role == "row":
                others = [one for one in after[column.to] if one != row[name]]
                row[name] = rng.choice([*others, None] if row[name] is not None else [*others, 0])
            elif column.kind == "text":
                row[name] = f"{row[name] or ''}!"
            elif column.kind == "boolean":
                row[name] = {True: 0, False: None, None: 1}[shape.true(row[name])]
            elif column.kind == "integer":
                row[name] = (row[name] or 0) + 1
            else:
                row[name] = "2001-01-01 01:01:01.000" if row[name] else "2002-01-01 01:01:01"
            yield f"{name} of a row of {table.name} was changed", state
