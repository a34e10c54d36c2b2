#!/usr/bin/env python3
"""Runs the Athena SQL that `logloupe explain --to athena` writes on another engine, and compares the answers.

    python3 -m venv venv && venv/bin/pip install -r tests/athena/requirements.txt
    cargo build -p logloupe-cli
    venv/bin/python tests/athena/check.py [--logloupe target/debug/logloupe] [--show] [--only TEXT]

The made-up incident and the samples of GuardDuty are read into DuckDB as Athena's readers would read them: the columns
are those of the CREATE TABLE statement, text between separators, a regular expression, or JSON with small letters.
Each query is then explained, carried over to DuckDB's dialect by sqlglot, run, and compared with what `logloupe query`
says: every row, every value, floats to nine digits.

What DuckDB does otherwise than Athena is mended on the way (see `carried_over`): none of that is about what we write.
Approximate percentiles are replaced by exact ones, because it is the SQL that is checked and not the approximation.
Nothing here can say whether Athena itself accepts a statement: that is what sqlglot's Athena grammar stands for.
"""

import argparse
import datetime
import gzip
import ipaddress
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

import duckdb
import sqlglot
from sqlglot import exp

from queries import QUERIES

HERE = pathlib.Path(__file__).resolve().parent


class Inexpressible(RuntimeError):
    pass


def run(program, *args):
    done = subprocess.run([program, *args], capture_output=True, text=True)
    if "cannot be expressed" in done.stderr:
        raise Inexpressible(done.stderr.strip())
    if done.returncode != 0:
        raise RuntimeError(f"{args[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


# --- the statement that creates a table


class Ddl:
    """The columns of a CREATE EXTERNAL TABLE, and how its files are read."""

    def __init__(self, text):
        self.text = text
        self.name = re.search(r"TABLE (?:IF NOT EXISTS )?`?(\w+)`?", text)[1]
        body = text[text.index("(") + 1 :]
        self.columns = []
        for part in split_outside(body[: closing(body)]):
            name, kind = part.strip().split(None, 1)
            self.columns.append((name.strip("`"), kind.strip()))
        regex = re.search(r"'input\.regex' = '(.*)'", text)
        self.regex = regex and re.compile(regex[1].replace('\\"', '"').replace("\\\\", "\\"))

    def create(self):
        columns = ", ".join(f'"{name}" {duck_type(kind)}' for name, kind in self.columns)
        return f'CREATE TABLE {self.name} ({columns}, "$path" VARCHAR)'


def closing(text):
    depth = 0
    for at, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth < 0:
            return at
    raise ValueError("no closing bracket")


def split_outside(text):
    parts, depth, start = [], 0, 0
    for at, c in enumerate(text):
        depth += (c in "(<") - (c in ")>")
        if c == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return parts + [text[start:]]


def inside(kind):
    return kind[kind.index("<") + 1 : kind.rindex(">")]


def members(kind):
    return [[p.strip() for p in part.split(":", 1)] for part in split_outside(inside(kind))]


def duck_type(kind):
    lower = kind.lower()
    if lower.startswith("struct<"):
        return "STRUCT(" + ", ".join(f'"{n}" {duck_type(k)}' for n, k in members(kind)) + ")"
    if lower.startswith("array<"):
        return duck_type(inside(kind)) + "[]"
    if lower.startswith("map<"):
        key, value = split_outside(inside(kind))
        return f"MAP({duck_type(key.strip())}, {duck_type(value.strip())})"
    return {"string": "VARCHAR", "int": "INTEGER", "float": "FLOAT"}.get(lower, lower.upper())


# --- records as Athena's readers give them


def scalar(kind, text):
    """What a reader makes of text that stands where a column of this type is."""
    kind = kind.lower()
    if text is None or kind == "string":
        return text
    try:
        if kind in ("int", "bigint"):
            return int(text)
        if kind in ("float", "double"):
            return float(text)
        if kind == "date":
            return datetime.date.fromisoformat(text)
    except ValueError:
        return None
    raise ValueError(kind)


def from_json(kind, value, small):
    lower = kind.lower()
    if value is None:
        return None
    if lower.startswith("struct<"):
        keys = {k.lower(): v for k, v in value.items()} if isinstance(value, dict) else {}
        return {n: from_json(k, keys.get(n), small) for n, k in members(kind)}
    if lower.startswith("array<"):
        return [from_json(inside(kind), v, small) for v in value]
    if lower.startswith("map<"):
        return None
    if isinstance(value, (dict, list)):
        return json.dumps(smaller(value) if small else value, separators=(",", ":"))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def smaller(value):
    if isinstance(value, dict):
        return {k.lower(): smaller(v) for k, v in value.items()}
    return [smaller(v) for v in value] if isinstance(value, list) else value


def rows_of(ddl, name, text):
    if ddl.name == "cloudtrail_logs":
        for record in json.loads(text)["Records"]:
            keys = {k.lower(): v for k, v in record.items()}
            yield [from_json(k, keys.get(n), False) for n, k in ddl.columns]
    elif ddl.name == "gd_logs":
        for line in text.splitlines():
            keys = {k.lower(): v for k, v in json.loads(line).items()}
            yield [from_json(k, keys.get(n), True) for n, k in ddl.columns]
    elif ddl.name == "alb_access_logs":
        for line in text.splitlines():
            match = ddl.regex.fullmatch(line)
            groups = match.groups() if match else []
            groups = list(groups[: len(ddl.columns)]) + [None] * (len(ddl.columns) - len(groups))
            yield [scalar(k, g) for (n, k), g in zip(ddl.columns, groups)]
    elif ddl.name == "vpc_flow_logs":
        header, *lines = text.splitlines()
        # The table's columns are to be put in the order of the log; here they are found by the header.
        place = {h.replace("-", "_"): at for at, h in enumerate(header.split(" "))}
        for line in lines:
            values = line.split(" ")
            yield [scalar(k, values[place[n]] if n in place else None) for n, k in ddl.columns]
    elif ddl.name == "cloudfront_standard_logs":
        for line in text.splitlines()[2:]:
            values = line.split("\t")
            values += [None] * (len(ddl.columns) - len(values))
            yield [scalar(k, v) for (n, k), v in zip(ddl.columns, values)]
    else:
        raise ValueError(ddl.name)


FOLDERS = {
    "cloudtrail": "CloudTrail",
    "vpc_flow": "vpcflowlogs",
    "alb": "elasticloadbalancing",
    "cloudfront": "loudfront",
    "guardduty": "GuardDuty",
}


def files(folder, mark, damaged):
    for path in sorted(folder.rglob("*")):
        if path.is_file() and mark in str(path.relative_to(folder)):
            data = path.read_bytes()
            data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            lines = data.decode("utf-8", "replace").splitlines()
            kept = [l for at, l in enumerate(lines, 1) if (str(path), at) not in damaged]
            yield path, "\n".join(kept)


# --- what DuckDB does otherwise than Athena


def carried_over(sql):
    tree = sqlglot.parse_one(sql, read="athena")
    tree = tree.transform(mended)
    return tree.sql(dialect="duckdb")


def call(name, *args):
    # What is replaced is not walked through any more.
    return exp.Anonymous(this=name, expressions=[a.transform(mended) for a in args])


def mended(node):
    # Nearest rank, as the smallest value that so many per cent do not exceed.
    if isinstance(node, exp.ApproxQuantile):
        values, share = node.this.sql("duckdb"), node.args["quantile"].sql("duckdb")
        place = f"greatest(1, CAST(ceil(CAST({share} AS DOUBLE) * count({values}) - 1e-9) AS BIGINT))"
        return sqlglot.parse_one(f"list_extract(list_sort(list({values}) FILTER ({values} IS NOT NULL)), {place})", read="duckdb")
    # DuckDB gives empty text where a pattern does not match.
    if isinstance(node, exp.RegexpExtract):
        group = node.args.get("group") or exp.Literal.number(0)
        return call("re_extract", node.this, node.expression, group)
    if isinstance(node, exp.RegexpLike):
        return call("re_like", node.this, node.expression)
    # Rows are compared by the names of their members there.
    if isinstance(node, exp.Struct):
        values = [e.expression if isinstance(e, exp.PropertyEQ) else e for e in node.expressions]
        return call("row", *values)
    # Its addresses are an extension that has to be fetched.
    if isinstance(node, (exp.Cast, exp.TryCast)) and node.to.this == exp.DataType.Type.IPADDRESS:
        return call("ip", node.this)
    if isinstance(node, exp.ArrayContains) or isinstance(node, exp.Anonymous) and node.name.lower() == "contains":
        network, address = (node.this, node.expression) if isinstance(node, exp.ArrayContains) else node.expressions
        return call("ip_in", network, address)
    # Integers divide to integers there.
    if isinstance(node, exp.Div):
        return call("divided", node.this, node.expression)
    # `element_at` of what is not there is NULL in both; members of structs are reached the same way.
    return node


def functions(db):
    def null_safe(f):
        # DuckDB counts the parameters.
        one = lambda a: None if a is None else f(a)
        two = lambda a, b: None if a is None or b is None else f(a, b)
        three = lambda a, b, c: None if a is None or b is None else f(a, b, c)
        return [one, two, three]

    text = "VARCHAR"

    def extract(subject, pattern, group):
        found = re.search(pattern, subject)
        return found and found[group]

    def address(value):
        try:
            return str(ipaddress.ip_address(value.strip()))
        except ValueError:
            return None

    def within(network, value):
        network, value = ipaddress.ip_network(network), ipaddress.ip_address(value)
        return network.version == value.version and value in network

    def add(name, f, args, result):
        db.create_function(name, null_safe(f)[len(args) - 1], args, result, null_handling="special")

    add("re_extract", extract, [text, text, "BIGINT"], text)
    add("re_like", lambda s, p: re.search(p, s) is not None, [text, text], "BOOLEAN")
    add("ip", address, [text], text)
    add("ip_in", within, [text, text], "BOOLEAN")
    integer = "typeof({}) LIKE '%INT%'"
    whole = f"{integer.format('a')} AND {integer.format('b')}"
    db.execute(f"CREATE MACRO divided(a, b) AS CASE WHEN {whole} THEN trunc(a / b) ELSE a / b END")
    db.execute("SET TimeZone = 'UTC'")


# --- comparing


def plain(value):
    if isinstance(value, datetime.datetime):
        utc = value.astimezone(datetime.timezone.utc) if value.tzinfo else value
        text = utc.strftime("%Y-%m-%dT%H:%M:%S")
        # Athena's times end at milliseconds.
        millis = utc.microsecond // 1000
        return text + (f".{millis:03}".rstrip("0").rstrip(".") if millis else "") + "Z"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def shortened(value):
    """A time of ours without what Athena cannot hold: milliseconds, without zeros at the end. An IPv6 address in the one
    spelling that it has in our columns; Athena has those of the log."""
    if isinstance(value, str):
        if value.count(":") > 1 and re.fullmatch(r"[0-9A-Fa-f:.]+", value):
            try:
                return str(ipaddress.ip_address(value))
            except ValueError:
                return value
        match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z", value)
        if match:
            millis = (match[2] or "")[:3].rstrip("0")
            return match[1] + (f".{millis}" if millis else "") + "Z"
    return value


def same(ours, theirs):
    ours, theirs = shortened(ours), shortened(plain(theirs))
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs or ours == theirs and isinstance(ours, bool) == isinstance(theirs, bool)
    if isinstance(ours, (int, float)) and not isinstance(theirs, (int, float)) and theirs is not None:
        try:
            theirs = float(theirs)
        except (TypeError, ValueError):
            return False
    if isinstance(ours, (int, float)) and isinstance(theirs, (int, float)):
        return ours == theirs or math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-12)
    return ours == theirs


def key(row):
    return [(v is not None, str(type(v)) if not isinstance(v, (int, float)) else "n", f"{v:.6e}" if isinstance(v, float) else str(v)) for v in row]


def difference(ours, theirs, ordered):
    if len(ours) != len(theirs):
        return f"{len(ours)} rows here, {len(theirs)} there"
    if not ordered:
        def flat(rows):
            rows = [[shortened(plain(v)) for v in row] for row in rows]
            rows = [[float(v) if isinstance(v, (int, float)) and not isinstance(v, bool) else v for v in row] for row in rows]
            return sorted(rows, key=key)

        ours, theirs = flat(ours), flat(theirs)
    for at, (a, b) in enumerate(zip(ours, theirs)):
        if len(a) != len(b) or not all(same(x, y) for x, y in zip(a, b)):
            return f"row {at + 1}: {a} here, {b} there"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logloupe", default=str(HERE.parent.parent / "target/debug/logloupe"))
    parser.add_argument("--show", action="store_true", help="print each query as Athena and DuckDB get it")
    parser.add_argument("--only", default="", help="only queries that contain this text")
    options = parser.parse_args()
    logloupe = options.logloupe
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run(logloupe, "sample", str(folder))
        formats = json.loads(run(logloupe, "formats", "--json"))
        for format in formats:
            if format["id"] == "guardduty":
                sample = next(s for s in format["samples"] if s["name"].endswith(".jsonl"))
                path = folder / sample["name"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(sample["content"])
        # Of damaged records Athena makes rows without values; here they are rejected, so they are left out there.
        ledger = json.loads(run(logloupe, "ledger", "--json", str(folder)))
        damaged = {(entry["source"], r["line"]) for entry in ledger for r in entry["rejections"]}
        db = duckdb.connect()
        functions(db)
        loaded = 0
        for format, mark in FOLDERS.items():
            text = run(logloupe, "explain", "--to", "athena", f"SOURCE {format} | stats count(*)")
            ddl = Ddl("\n".join(l for l in text.split(";\n")[0].splitlines() if not l.startswith("--")))
            db.execute(ddl.create())
            rows = [row + [str(path)] for path, text in files(folder, mark, damaged) for row in rows_of(ddl, path.name, text)]
            marks = ", ".join("?" * (len(ddl.columns) + 1))
            db.executemany(f"INSERT INTO {ddl.name} VALUES ({marks})", rows)
            loaded += len(rows)
            print(f"{ddl.name}: {len(rows)} rows")
        presets = [f"SOURCE {f['id']} | {p['query']}" for f in formats for p in f["presets"] if f["id"] in FOLDERS]
        failed = compared = inexpressible = 0
        for query in (q for q in QUERIES + presets if options.only in q):
            sql = athena = None
            try:
                athena = run(logloupe, "explain", "--to", "athena", query)
                # A statement for each table that is read stands before the query.
                athena = athena.rstrip().rstrip(";").rsplit(";\n\n", 1)[1]
                athena = "\n".join(l for l in athena.splitlines() if not l.startswith("--")).strip().rstrip(";")
                sql = carried_over(athena)
                cursor = db.execute(sql)
                names = [d[0] for d in cursor.description]
                theirs = [list(r) for r in cursor.fetchall()]
                ours = json.loads(run(logloupe, "query", "--output", "json", query, str(folder)))
                # Letter case of names is lost there.
                ours = [{k.lower(): v for k, v in row.items()} for row in ours]
                ours = [[row.get(n.lower()) for n in names] for row in ours]
                # Events that sort alike have no order in Athena.
                # Groups that sort alike stand in the order of their keys, and addresses in that of their spelling.
                addresses = any(isinstance(v, str) and v.count(":") > 1 and "T" not in v for row in ours for v in row)
                said = difference(ours, theirs, "| stats" in query and not addresses)
                compared += 1
                if not ours and query in QUERIES:
                    said = "no rows: nothing was compared"
            except Inexpressible as why:
                # A question of a format may have no form there; what is listed here must have one.
                said = str(why) if query in QUERIES else None
                inexpressible += query in presets
            except Exception as fault:
                said = f"{type(fault).__name__}: {fault}"
            if said or options.show:
                print(f"\n{query}\n-- Athena\n{athena}\n-- DuckDB\n{sql}")
            if said:
                failed += 1
                print(f"-- DIFFERENT: {said}")
        print(f"\n{compared} answers compared, {failed} differ; {inexpressible} of the formats' questions have no Athena form")
        return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
