"""Writes flow logs as Parquet with DuckDB, and says how long DuckDB takes to read them into a table on one thread.

    python bench/parquet.py FLOWS.txt FOLDER

Prints a line per file: its compression, its path, and the milliseconds of each run. `logloupe-bench parquet` calls it.
"""

import sys
import time

import duckdb

text, folder = sys.argv[1:]
NUMBERS = {"version": "INTEGER", "srcport": "INTEGER", "dstport": "INTEGER", "protocol": "INTEGER",
           "packets": "BIGINT", "bytes": "BIGINT", "start": "BIGINT", "end": "BIGINT"}
with duckdb.connect() as duck:
    duck.execute("SET threads = 1")
    with open(text) as file:
        names = file.readline().split()
    # As AWS has it: underscores, numbers null where there is none, texts that are `-`.
    columns = ", ".join(
        f"""CAST("{name}" AS {NUMBERS[name]}) AS "{name}\"""" if name in NUMBERS
        else f"""coalesce("{name}", '-') AS "{name.replace('-', '_')}\""""
        for name in names)
    types = {name: NUMBERS.get(name, "VARCHAR") for name in names}
    reader = f"read_csv('{text}', delim=' ', header=true, nullstr='-', columns={types})"
    duck.execute(f"CREATE TABLE flows AS SELECT {columns} FROM {reader}")
    for codec in ["snappy", "gzip", "zstd"]:
        duck.execute(f"COPY flows TO '{folder}/flows.{codec}.parquet' (FORMAT parquet, COMPRESSION {codec})")
for codec in ["snappy", "gzip", "zstd"]:
    path, runs = f"{folder}/flows.{codec}.parquet", []
    for _ in range(5):
        with duckdb.connect() as duck:
            duck.execute("SET threads = 1")
            start = time.process_time()
            duck.execute(f"CREATE TABLE t AS SELECT * FROM '{path}'")
            runs.append((time.process_time() - start) * 1e3)
    print(codec, path, *(f"{run:.1f}" for run in runs))
