#!/usr/bin/env python3
"""Runs random SQL on `logloupe query --sql` and on DuckDB, and compares the answers.

    python3 -m venv target/venv && target/venv/bin/pip install -r tests/athena/requirements.txt
    cargo build -p logloupe-cli
    target/venv/bin/python tests/athena/random_sql.py [--statements 2640] [--seed S] [--kinds where,join] [--only KIND/N]

The statements are those of `generate.py`, of each kind as many; the rows those of `logs.py`, written as logs for one side
and as tables for the other. First every column of every log is compared with what was written. A statement is carried
over to DuckDB's dialect as `check.py` does it. Rows are compared in order where the statement makes one, else as a
multiset; whole numbers exactly, floats to nine digits.

A statement on which the two differ is made smaller while they still do, and printed with both answers. `--only KIND/N`
runs one statement again. What one side refuses is counted and told, with what it says; it is no agreement. The status is
1 where an answer differs or a statement is refused that is not in REFUSED.
"""

import argparse
import collections
import concurrent.futures
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import duckdb
import sqlglot
from sqlglot import exp

import check
import generate
import logs

DUCK_TYPES = {"int": "BIGINT", "float": "DOUBLE", "text": "VARCHAR", "bool": "BOOLEAN", "time": "TIMESTAMP"}
# How often a statement that differs is run to find a smaller one.
MOST_RUNS = 600
# What is refused for a reason of its own, by what is said of it; no answer is given, so that none is wrong.
REFUSED = [
    # Subqueries run before the query around them.
    r"an inner query looks at the row outside of it only by",
    # Of an outer join only what is equal is looked up.
    r"a condition of a `(LEFT|RIGHT|FULL) JOIN`",
    r"a `(LEFT|RIGHT|FULL) JOIN` needs columns that are equal",
    # Lists are in the order of the events.
    r"`ORDER BY`.*`array_agg`|`FILTER`.*`array_agg`",
    # A key that is a condition, or text put together, inside another expression.
    r"is neither a key of the groups nor inside an aggregate",
]


class Refused(Exception):
    """One side does not take the statement."""


# --- both sides


class Ours:
    def __init__(self, program, folder):
        self.program, self.folder = program, str(folder)

    def rows(self, sql):
        done = subprocess.run(
            [self.program, "query", "--sql", "--output", "json", sql, self.folder], capture_output=True, text=True, timeout=120
        )
        if done.returncode != 0:
            raise Refused(done.stderr.strip() or f"status {done.returncode}")
        if "panicked" in done.stderr:
            raise RuntimeError(done.stderr)
        return [list(row.values()) for row in json.loads(done.stdout)]


class Theirs:
    def __init__(self, tables):
        self.db = duckdb.connect()
        self.db.execute("SET threads = 1")
        # `//` cuts off as `/` of whole numbers does at Athena; `/` gives a fraction there.
        self.db.execute("CREATE MACRO whole(a, b) AS a // b")
        for name, columns in logs.TABLES.items():
            self.db.execute(f"CREATE TABLE {name} ({', '.join(f'{c} {DUCK_TYPES[t]}' for c, t, _ in columns)})")
            self.db.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", tables[name])

    def rows(self, statement):
        try:
            return [list(row) for row in self.db.execute(carried_over(statement)).fetchall()]
        except (duckdb.Error, sqlglot.errors.SqlglotError) as fault:
            raise Refused(f"{type(fault).__name__}: {fault}")


def carried_over(statement):
    tree = sqlglot.parse_one(statement.node.sql(there=True), read="athena")
    return tree.transform(counted).transform(null_where_one_is).sql(dialect="duckdb")


def counted(node):
    # DuckDB's `count_if` adds up, and is NULL where all is NULL.
    if isinstance(node, exp.CountIf):
        return exp.Count(this=exp.Case(ifs=[exp.If(this=node.this, true=exp.Literal.number(1))]))
    return node


def null_where_one_is(node):
    # DuckDB's `greatest` and `least` leave NULLs out; at Athena one makes the whole NULL.
    if isinstance(node, (exp.Greatest, exp.Least)):
        items = [node.this, *node.expressions]
        missing = exp.or_(*[exp.Is(this=exp.paren(i.copy()), expression=exp.Null()) for i in items])
        whole = exp.Anonymous(this=node.key, expressions=[i.copy() for i in items])
        return exp.Case(ifs=[exp.If(this=missing, true=exp.Null())], default=whole)
    return node


# --- comparing


def plain(value, lists):
    """A value of either side as one that can be compared and sorted."""
    if isinstance(value, (list, tuple)):
        items = [plain(v, lists) for v in value]
        return items if lists else sorted(items, key=place)
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return check.shortened(value)
    if isinstance(value, (int, float)):
        return value
    value = check.plain(value)
    # Sums of integers are huge integers there, decimals are theirs alone.
    return value if isinstance(value, str) else int(value) if value == int(value) else float(value)


def place(value):
    """What sorts values so that those that are the same stand at the same place in both answers."""
    if isinstance(value, list):
        return (4, "", 0, [place(v) for v in value])
    if isinstance(value, bool):
        return (1, "", int(value), [])
    if isinstance(value, (int, float)):
        return (2, "", (float(f"{value:.6e}"), value), [])
    return (0, "", 0, []) if value is None else (3, value, 0, [])


def same(a, b):
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int) and isinstance(b, int):
        return a == b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) or a == b
    return a == b


def difference(ours, theirs, statement):
    ours = [[plain(v, statement.lists) for v in row] for row in ours]
    theirs = [[plain(v, statement.lists) for v in row] for row in theirs]
    if len(ours) != len(theirs):
        return f"{len(ours)} rows here, {len(theirs)} there"
    if not statement.ordered:
        by = lambda row: [place(v) for v in row]
        ours, theirs = sorted(ours, key=by), sorted(theirs, key=by)
    for at, (a, b) in enumerate(zip(ours, theirs)):
        if not same(a, b):
            return f"row {at + 1}: {a} here, {b} there"
    return None


# --- making smaller


def pieces(node, seen):
    """Every place in a statement: the piece around it, and where in it."""
    for at, part in enumerate(node.parts):
        if isinstance(part, generate.Node):
            if (id(node), at) not in seen:
                seen.add((id(node), at))
                yield node, at
                yield from pieces(part, seen)


def smallest(statement, differs):
    """The statement with as much left out as can be while `differs` holds."""
    runs = 0
    changed = True
    while changed:
        changed = False
        for node, at in list(pieces(statement.node, set())):
            kept = node.parts[at] if at < len(node.parts) else None
            if not isinstance(kept, generate.Node):
                continue
            size = len(statement.node.sql())
            for other in kept.smaller():
                node.parts[at] = other
                if len(statement.node.sql()) < size:
                    runs += 1
                    if runs > MOST_RUNS:
                        node.parts[at] = kept
                        return statement
                    if differs(statement):
                        changed = True
                        break
                node.parts[at] = kept
    return statement


# --- the run


def shortly(rows, most=12):
    lines = [json.dumps([check.plain(v) if not isinstance(v, list) else str(v) for v in row], ensure_ascii=False, default=str) for row in rows[:most]]
    return "\n".join(f"   {l}" for l in lines) + (f"\n   … {len(rows)} rows" if len(rows) > most else "")


def first_line(message):
    """What a refusal says, without what differs from statement to statement."""
    lines = [l.strip() for l in message.splitlines() if l.strip()]
    text = next((l for l in lines if l.startswith(("error", "Binder", "Parser", "Conversion", "logloupe"))), lines[0] if lines else "")
    return re.sub(r"`[^`]{12,}`", "`…`", text)[:160]


class Run:
    def __init__(self, ours, theirs):
        self.ours, self.theirs = ours, theirs

    def compare(self, statement):
        """What is different, or None; Refused where a side does not take the statement."""
        sql = statement.node.sql()
        theirs = self.theirs.rows(statement)
        return difference(self.ours.rows(sql), theirs, statement)

    def differs(self, statement):
        try:
            return self.compare(statement) is not None
        except Refused:
            return False

    def check_columns(self):
        """Whether the logs are read as the rows that were written."""
        for name, columns in logs.TABLES.items():
            sql = f"SELECT {', '.join(c for c, _, _ in columns)} FROM {name}"
            statement = generate.Statement(generate.Node("query", sql))
            if said := self.compare(statement):
                return f"{name} is not read as it was written: {said}"
        return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logloupe", default=str(check.HERE.parent.parent / "target/debug/logloupe"))
    parser.add_argument("--statements", type=int, default=2640, help="how many statements in all (default: 2640, of which some 2,500 are answered)")
    parser.add_argument("--rows", type=int, default=40, help="how many rows each log has")
    parser.add_argument("--seed", default="1", help="another seed makes other rows and statements")
    parser.add_argument("--kinds", default="", help="only these kinds, with commas between them")
    parser.add_argument("--only", default="", help="only this statement, KIND/N")
    parser.add_argument("--show", action="store_true", help="print every statement")
    parser.add_argument("--parallel", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--no-shrink", action="store_true", help="print statements that differ as they are")
    options = parser.parse_args()
    kinds = [k for k in options.kinds.split(",") if k] or list(generate.KINDS)
    if unknown := [k for k in kinds if k not in generate.KINDS]:
        parser.error(f"no kind is called {', '.join(unknown)}; there are {', '.join(generate.KINDS)}")
    names = [f"{kinds[at % len(kinds)]}/{at // len(kinds)}" for at in range(options.statements)]
    if options.only:
        names = [options.only]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        tables = logs.rows(options.seed, options.rows)
        logs.write(folder, tables)
        run = Run(Ours(options.logloupe, folder), Theirs(tables))
        if said := run.check_columns():
            print(said)
            return 1
        return report(run, names, options)


def report(run, names, options):
    counts = collections.defaultdict(collections.Counter)
    refusals = collections.defaultdict(collections.Counter)
    examples = {}
    unexpected = 0

    def ours(name):
        statement = generate.statement(name.split("/")[0], f"{options.seed}/{name}")
        try:
            return name, statement, run.ours.rows(statement.node.sql()), None
        except Refused as why:
            return name, statement, None, str(why)
        except Exception as fault:
            return name, statement, None, f"{type(fault).__name__}: {fault}"

    with concurrent.futures.ThreadPoolExecutor(options.parallel) as pool:
        for name, statement, rows, refused in pool.map(ours, names):
            kind = name.split("/")[0]
            sql = statement.node.sql()
            if options.show:
                print(f"-- {name}\n{sql}")
            try:
                theirs = run.theirs.rows(statement)
            except Refused as why:
                counts[kind]["not for DuckDB"] += 1
                refusals[kind]["DuckDB: " + first_line(str(why))] += 1
                examples.setdefault((kind, "DuckDB: " + first_line(str(why))), f"{name}: {sql}")
                continue
            if refused:
                counts[kind]["refused"] += 1
                unexpected += not any(re.search(known, refused) for known in REFUSED)
                refusals[kind][first_line(refused)] += 1
                examples.setdefault((kind, first_line(refused)), f"{name}: {sql}")
                if options.only:
                    print(refused)
                continue
            said = difference(rows, theirs, statement)
            if said is None:
                counts[kind]["agreed"] += 1
                counts[kind]["rows"] += len(theirs)
                continue
            counts[kind]["different"] += 1
            print(f"\n-- {name} differs: {said}\n{sql}")
            if not options.no_shrink:
                statement = smallest(statement, run.differs)
                sql = statement.node.sql()
                print(f"-- as small as it gets: {run.compare(statement)}\n{sql}")
                rows, theirs = run.ours.rows(sql), run.theirs.rows(statement)
            print(f"-- DuckDB\n{carried_over(statement)}\n-- here\n{shortly(rows)}\n-- there\n{shortly(theirs)}", flush=True)
    total = collections.Counter()
    print(f"\n{'kind':<22} agreed  different  refused  not for DuckDB")
    for kind in dict.fromkeys(n.split("/")[0] for n in names):
        c = counts[kind]
        total += c
        print(f"{kind:<22} {c['agreed']:>6} {c['different']:>10} {c['refused']:>8} {c['not for DuckDB']:>15}")
        for message, times in refusals[kind].most_common(3):
            print(f"    {times:>4} × {message}")
            if options.show:
                print(f"           {examples[kind, message]}")
    print(f"\n{total['agreed']} statements agree in {total['rows']} rows; {total['different']} differ, {total['refused']} are refused")
    if unexpected:
        print(f"{unexpected} refusals are not among those that are known")
    return 1 if total["different"] or unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
