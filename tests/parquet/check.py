"""Parquet that `logloupe convert` wrote, as DuckDB and pyarrow read it: the same values as in its NDJSON, the same counts,
sums and nulls as its queries give, and the answers of the sample incident's story. Started by tests/cli/parquet.rs with a
folder: lake/ and placed/ (the incident without and with partition keys), rows.ndjson, totals.json, story.json."""

import collections, datetime, glob, json, re, sys

import duckdb
import pyarrow.parquet

ROOT = sys.argv[1]
TIMES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def column(name):
    """A name of NDJSON as a path of Parquet, by the rule of the README."""
    parts = []
    for part in name.split("."):
        if part.isdigit() and parts:
            parts[-1] += "_" + part
            continue
        part = "log_" + part[1:] if part.startswith("@") else part
        parts.append(re.sub("[^A-Za-z0-9_]", "_", part).rstrip("_"))
    return ".".join(parts)


def plain(value):
    if isinstance(value, datetime.datetime):
        assert value.utcoffset() == datetime.timedelta(0)
        return value.replace(tzinfo=None)
    if isinstance(value, list):
        value = [plain(item) for item in value]
        return value[0] if len(value) == 1 else value
    if isinstance(value, str) and TIMES.fullmatch(value):
        return datetime.datetime.fromisoformat(value[:-1])
    return value


def text(value):
    """As times that a log writes as text are compared too."""
    return plain(value) if isinstance(value, str) else value


def flat(value, path, out):
    if isinstance(value, dict):
        for name, inner in value.items():
            flat(inner, path + [name], out)
    elif value is not None:
        out[".".join(path)] = text(plain(value))
    return out


def values():
    expected = collections.defaultdict(list)
    for line in open(f"{ROOT}/rows.ndjson"):
        row = json.loads(line)
        expected[row["@format"]].append({column(name): plain(value) for name, value in row.items()})
    files = sorted(glob.glob(f"{ROOT}/lake/*.parquet"))
    assert [file.split("/")[-1][:-8] for file in files] == sorted(expected)
    for file in files:
        rows = [flat(row, [], {}) for row in pyarrow.parquet.read_table(file).to_pylist()]
        of = expected[file.split("/")[-1][:-8]]
        assert len(rows) == len(of), file
        for found, wanted in zip(rows, of):
            assert found == wanted, (file, {k: (found.get(k), wanted.get(k)) for k in found.keys() | wanted.keys() if found.get(k) != wanted.get(k)})
    return sum(map(len, expected.values()))


def quoted(name):
    return ".".join(f'"{part}"' for part in column(name).split("."))


def totals():
    checked = 0
    for log, columns in json.load(open(f"{ROOT}/totals.json")).items():
        for source in (f"{ROOT}/lake/{log}.parquet", f"{ROOT}/placed/{log}/**/*.parquet"):
            sums = ", ".join(f"count({quoted(name)}), sum({quoted(name)})" for name in columns)
            read = f"read_parquet('{source}', hive_partitioning = true)"
            [found] = duckdb.execute(f"SELECT count(*), {sums} FROM {read}").fetchall()
            for at, (name, (rows, filled, total)) in enumerate(columns.items()):
                assert (found[0], found[2 * at + 1]) == (rows, filled), (log, name)
                sum = float(found[2 * at + 2] or 0)
                assert abs(sum - total) <= 1e-9 * abs(total), (log, name, sum, total)
                checked += 1
    return checked


STORY = {
    "Every port, twice": """
        SELECT srcaddr, count(*), count(DISTINCT dstport) FROM {vpc_flow} WHERE action = 'REJECT'
        GROUP BY 1 ORDER BY 2 DESC LIMIT 1""",
    "Guessing a password": """
        SELECT elb_status_code, count(*) FROM {alb}
        WHERE client_ip = '198.51.100.23' AND "url"."path" = '/login' GROUP BY 1 ORDER BY 2 DESC""",
    "One key, two addresses": """
        SELECT sourceIPAddress, count(*) FROM {cloudtrail} WHERE userIdentity.accessKeyId = 'AKIACIDEPLOY7EXAMPLE'
        GROUP BY 1 ORDER BY 2 DESC""",
    "And leaves the building": """
        SELECT srcaddr, dstaddr, sum(bytes) FROM {vpc_flow} WHERE action = 'ACCEPT' GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 2""",
    "The bucket is copied": """
        SELECT userIdentity.accessKeyId, sourceIPAddress, count(*), sum((log_message ->> '$.additionalEventData.bytesTransferredOut')::BIGINT)
        FROM {cloudtrail} WHERE eventName = 'GetObject' AND log_message ->> '$.requestParameters.bucketName' = 'prod-exports'
        GROUP BY 1, 2 ORDER BY 4 DESC""",
    "Covering tracks, in vain": """
        SELECT strftime(log_timestamp AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%g'), eventName, errorCode FROM {cloudtrail}
        WHERE eventName IN ('StopLogging', 'DeleteTrail', 'PutEventSelectors', 'DeleteFlowLogs') ORDER BY 1""",
}


def story():
    told = json.load(open(f"{ROOT}/story.json"))
    for title, query in STORY.items():
        for form in ("read_parquet('{0}/lake/{1}.parquet')", "read_parquet('{0}/placed/{1}/**/*.parquet', hive_partitioning = true)"):
            logs = {log: form.format(ROOT, log) for log in ("vpc_flow", "alb", "cloudtrail")}
            rows = duckdb.sql(query.format(**logs)).fetchall()
            rows = [["" if value is None else str(value) for value in row] for row in rows]
            assert rows == told[title], (title, rows)
    return len(STORY)


def athena(ty):
    """The type in Athena's statement that reads a column of this type."""
    if pyarrow.types.is_struct(ty):
        return "STRUCT<" + ", ".join(f"`{field.name}`: {athena(field.type)}" for field in ty) + ">"
    if pyarrow.types.is_list(ty):
        return f"ARRAY<{athena(ty.value_type)}>"
    return {"string": "STRING", "int64": "BIGINT", "double": "DOUBLE", "bool": "BOOLEAN", "timestamp[us, tz=UTC]": "TIMESTAMP"}[str(ty)]


def statements():
    """The statements for Athena have the columns of the files, and the keys of the folders."""
    for log, (plain, placed) in json.load(open(f"{ROOT}/statements.json")).items():
        for ddl, path in ((plain, f"{ROOT}/lake/{log}.parquet"), (placed, glob.glob(f"{ROOT}/placed/{log}/**/*.parquet", recursive=True)[0])):
            schema = pyarrow.parquet.read_schema(path)
            columns = ",\n".join(f"  `{field.name}` {athena(field.type)}" for field in schema)
            assert f"EXISTS {log} (\n{columns}\n)\n" in ddl, (log, columns, ddl)
        assert "PARTITIONED BY (`day` STRING, `account` STRING, `region` STRING)" in placed


def folders():
    """A day of one region is read from its folder alone, and days are dates."""
    [found] = duckdb.execute(
        f"SELECT count(*), count(DISTINCT day), min(typeof(day)) FROM read_parquet('{ROOT}/placed/cloudtrail/**/*.parquet', hive_partitioning = true)"
        " WHERE strftime(log_timestamp AT TIME ZONE 'UTC', '%Y-%m-%d') = day::VARCHAR AND awsRegion = region"
    ).fetchall()
    rows = pyarrow.parquet.read_table(f"{ROOT}/lake/cloudtrail.parquet").num_rows
    assert found[0] == rows and found[1] > 3 and found[2] == "DATE", (found, rows)


print(values(), "rows,", totals(), "totals,", story(), "answers")
statements()
folders()
