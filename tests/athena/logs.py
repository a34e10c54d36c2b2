"""Small made-up logs with many missing values, many ties and few values per column, and the same rows as tables.

The rows are known before any log is written, so that what the logs are read as is checked too.
"""

import datetime
import json
import random

# A name, its type, its values; `None` is missing. No text reads as a number or as a time, and no part of one does.
TEXTS = ["a", "b", "ab", "A", "B", "a%b", "a_b", "a!b", "a#", "Zé", "é"]
SOME = [None, None, "a", "a", "b", "ab", "A", "a%b", "a_b", "é"]
MORE = [None, "a", "b", "b", "B", "ab", "a!b", "a#", "Zé"]
SMALL = [None, None, 0, 1, 1, 2, 3, 5]
# Halves and eighths: their sums are exact in any order.
SHARES = [None, None, 0.0, 0.125, 0.5, 0.5, 1.25, 2.5, 3.0]
HOSTS = [None, "fe::a", "fe::a", "fe::b", "fe::c"]
TIMES = [datetime.datetime(2026, 3, 5, h, 0, s) for h in range(3) for s in range(2)]

TABLES = {
    "vpc_flow_logs": [
        ("interface_id", "text", "eni"),
        ("srcaddr", "text", HOSTS),
        ("dstport", "int", SMALL),
        ("packets", "int", SMALL),
        ("bytes", "int", [None, 0, 40, 40, 1000, 2999999999]),
        ("action", "text", SOME),
        ("flow_direction", "text", MORE),
    ],
    "alb_access_logs": [
        ("trace_id", "text", "r"),
        ("client_ip", "text", HOSTS[1:]),
        ("target_port", "int", [None, 1, 2, 2, 3, 5]),
        ("elb_status_code", "int", [None, 200, 200, 404, 502]),
        ("received_bytes", "int", [0, 1, 1, 2, 3]),
        ("request_processing_time", "float", SHARES),
        ("target_processing_time", "float", SHARES),
        ("request_creation_time", "time", [None, None] + TIMES),
        ("domain_name", "text", SOME),
        ("redirect_url", "text", MORE),
    ],
    "cloudtrail_logs": [
        ("eventid", "text", "e"),
        ("eventtime", "time", TIMES),
        ("eventname", "text", SOME[2:]),
        ("awsregion", "text", SOME),
        ("errorcode", "text", MORE),
        ("readonly", "bool", [None, None, True, True, False, False]),
        ("managementevent", "bool", [None, True, False]),
    ],
}


def rows(seed, count):
    """The rows of each table."""
    chance = random.Random(f"rows {seed}")
    tables = {}
    for name, columns in TABLES.items():
        tables[name] = [
            [values + letters(at) if isinstance(values, str) else chance.choice(values) for _, _, values in columns]
            for at in range(count)
        ]
    return tables


def letters(at):
    return "-" + chr(ord("a") + at // 26 % 26) + chr(ord("a") + at % 26)


def write(folder, tables, files=3):
    """The tables as logs, each in several files, so that their parts are merged."""
    writers = {"vpc_flow_logs": flows, "alb_access_logs": requests, "cloudtrail_logs": events}
    for name, all in tables.items():
        for part in range(files):
            text = writers[name](all[part::files])
            (folder / f"{name}-{part}.log").write_text(text, encoding="utf-8")


def dash(value):
    return "-" if value is None else str(value)


def flows(all):
    names = "interface-id srcaddr dstport packets bytes action flow-direction".split()
    lines = ["version account-id start end log-status " + " ".join(names)]
    lines += ["5 111122223333 1772674177 1772674236 OK " + " ".join(map(dash, row)) for row in all]
    return "\n".join(lines) + "\n"


def requests(all):
    lines = []
    for trace, client, port, status, received, request, target, created, domain, redirect in all:
        made = "-" if created is None else created.isoformat() + ".000000Z"
        seconds = lambda s: "-1" if s is None else f"{s:.3f}"
        address = "-" if port is None else f"10.0.0.9:{port}"
        lines.append(
            f"http 2026-03-05T01:31:14.216357Z app/shop/50dc6c495c0c9188 [{client}]:2817 {address} {seconds(request)} "
            f"{seconds(target)} 0.000 {dash(status)} - {received} 366 \"GET http://www.example.com:80/ HTTP/1.1\" \"curl\" "
            f"- - - \"{trace}\" \"{dash(domain)}\" \"-\" 0 {made} \"forward\" \"{dash(redirect)}\" \"-\" \"-\" \"-\" \"-\" \"-\""
        )
    return "\n".join(lines) + "\n"


def events(all):
    chance = random.Random("absent or null")
    records = []
    for id, time, name, region, error, reads, management in all:
        record = {
            "eventVersion": "1.08",
            "eventTime": time.isoformat() + "Z",
            "eventSource": "s3.amazonaws.com",
            "eventName": name,
            "awsRegion": region,
            "errorCode": error,
            "readOnly": reads,
            "eventID": id,
            "eventType": "AwsApiCall",
            "managementEvent": management,
        }
        # A key that is missing and one that is null are the same to SQL.
        records.append({k: v for k, v in record.items() if v is not None or chance.random() < 0.5})
    return json.dumps({"Records": records}) + "\n"
