//! Access logs of S3 buckets (server access logs): lines of text without a header, and records of JSON where CloudWatch
//! Logs delivers them.
//!
//! Not these: CloudTrail's data events of S3, which know the caller better and the bytes not at all.
//!
//! Decisions: columns have the names of the JSON form, as the text form has titles only. The vendor appended fields over
//! the years (18, 24, 25, 26, 27); more are left alone, any other number is a damaged record. Quotes inside the
//! request, the referrer and the user agent are not escaped: the request ends where six fields of the right shape
//! follow, the user agent at the last quote behind which a version, a host id and a signature follow. `-` and `"-"` are
//! no value. A key is kept as the log has it; `aws.s3.object.key` is the same decoded, twice where the log encoded
//! twice. `cloud.account.id` is the requester's account: the log does not name the bucket's.

use super::{
    Family, Framing, JsonLog, Meta, Preset, Sample, Span, TextLog, ask,
    field::{
        TokenField, Tokens,
        cells::{boolean, clf_time, integer, status, text},
        ids::{self, Arn},
        percent, protocol, request,
        unescaped::{Cutter, is_number, words},
    },
    tell,
};
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

#[cfg(test)]
mod tests;

/// Access logs of S3 buckets.
pub static LOG: TextLog = TextLog {
    fields: FIELDS,
    cut,
    counts: &COUNTS,
    is: is_line,
    what: "have bucket owner, bucket, a time in brackets and an operation",
    time: &["request_time"],
    json: Some(&JSON),
    summary,
    sources: &["mybucket_logs", super::WEB_ACCESS],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..TextLog::new(META)
};

static JSON: JsonLog = JsonLog {
    marks: &["bucket_arn", "schema_version_id", "request_time", "operation"],
    what: "have schema_version_id, bucket_arn and operation",
    time: &["request_time"],
    ..JsonLog::new(META)
};

/// How many fields lines have had over the years.
const COUNTS: [usize; 5] = [18, 24, 25, 26, 27];

const fn dimension(name: &'static str) -> TokenField {
    TokenField::new(name, Kind::Text, Role::Dimension, text)
}
const fn identifier(name: &'static str) -> TokenField {
    TokenField::new(name, Kind::Text, Role::Identifier, text)
}
const fn computed(name: &'static str, role: Role, computed: &'static Computed) -> TokenField {
    TokenField::computed(name, Kind::Text, role, computed)
}

/// In the order of the line.
#[rustfmt::skip]
static FIELDS: &[TokenField] = &[
    identifier("bucket_owner_id").aliases(&["bucketowner", "bucket_owner"]).doc("canonical id of the bucket's owner"),
    dimension("bucket_name").aliases(&["bucket", "aws.s3.bucket.name"]).doc("the bucket that was asked"),
    TokenField::new("request_time", Kind::Time, Role::Timestamp, clf_time)
        .aliases(&["time", "requestdatetime", "event.start"])
        .athena("parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')")
        .doc("when the request was received"),
    TokenField::new("remote_ip", Kind::Ip, Role::Dimension, text)
        .aliases(&["requestip", "remoteip", "source.ip", "source.address", "client.ip"])
        .doc("address that asked, or that of its proxy; none where S3 or a service acted itself"),
    dimension("requester")
        .aliases(&["user.id"])
        .doc("who asked: an ARN, a canonical id, a service's name; none without a signature"),
    identifier("request_id").aliases(&["requestid", "http.request.id"]).doc("the request's id; all objects of one batch delete share it"),
    dimension("operation").aliases(&["event.action"]).doc("REST.verb.resource, WEBSITE.verb.resource, BATCH.DELETE.OBJECT; S3.action.resource for lifecycle and jobs"),
    identifier("key_name").aliases(&["key"]).doc("the object's key as the log has it, percent-encoded, often twice"),
    identifier("request_uri")
        .athena("nullif(replace(request_uri, '\"', ''), '-')")
        .doc("the request line: method, URL, protocol"),
    TokenField::new("http_status", Kind::Int, Role::Status, status)
        .aliases(&["httpstatus", "statuscode", "http.response.status_code"])
        .doc("status of the response"),
    TokenField::new("error_code", Kind::Text, Role::Status, text)
        .aliases(&["errorcode", "error.code"])
        .doc("S3's word for the error: AccessDenied, NoSuchKey"),
    TokenField::new("bytes_sent_size", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["bytessent", "bytes_sent", "bytes", "http.response.bytes", "http.response.body.bytes", "destination.bytes"])
        .doc("size of the response, without headers"),
    TokenField::new("object_size", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["objectsize"])
        .doc("size of the object"),
    TokenField::new("total_duration", Kind::Int, Role::Measure, integer)
        .unit(Unit::Millis)
        .aliases(&["totaltime", "total_time"])
        .doc("from receiving the request to sending the last byte of the response"),
    TokenField::new("turn_around_duration", Kind::Int, Role::Measure, integer)
        .unit(Unit::Millis)
        .aliases(&["turnaroundtime", "turn_around_time"])
        .doc("from the last byte of the request to the first one of the response"),
    dimension("referer")
        .aliases(&["referrer", "http.request.referrer"])
        .athena("nullif(replace(referrer, '\"', ''), '-')")
        .doc("the Referer header"),
    dimension("user_agent")
        .aliases(&["useragent", "user_agent.original"])
        .athena("nullif(replace(useragent, '\"', ''), '-')")
        .doc("the User-Agent header"),
    identifier("version_id").aliases(&["versionid"]).doc("the object's version"),
    identifier("host_id").aliases(&["hostid"]).doc("the extended request id (x-amz-id-2)"),
    dimension("signature_version").aliases(&["sigv"]).doc("SigV2 or SigV4; none without a signature"),
    dimension("cipher_suite").aliases(&["ciphersuite", "tls.cipher"]).doc("cipher of the TLS connection; none over plain HTTP"),
    dimension("authentication_type").aliases(&["authtype"]).doc("AuthHeader, or QueryString for a presigned URL; none without a signature"),
    dimension("host_header").aliases(&["endpoint", "host", "url.domain"]).doc("the Host header: the endpoint that was asked"),
    dimension("tls_version").aliases(&["tlsversion"]).doc("protocol of the TLS connection"),
    dimension("access_point_arn").aliases(&["accesspointarn"]).doc("the access point through which it was asked"),
    TokenField::new("acl_required", Kind::Bool, Role::Dimension, boolean)
        .aliases(&["aclrequired"])
        .athena("CASE WHEN aclrequired = 'Yes' THEN TRUE END")
        .doc("whether an ACL had to authorize the request"),
    dimension("source_region").aliases(&["sourceregion", "cloud.origin.region"]).doc("the region from which it was asked; none from outside AWS"),
    TokenField::only_json("schema_version_id", Kind::Text, Role::Dimension).doc("version of the JSON form; the text form has none"),
    TokenField::only_json("bucket_arn", Kind::Text, Role::Dimension).doc("the bucket's ARN, in the JSON form"),
    // Computed.
    computed("event.outcome", Role::Status, &OUTCOME)
        .athena("CASE WHEN TRY_CAST(httpstatus AS integer) IS NULL THEN 'unknown' WHEN TRY_CAST(httpstatus AS integer) BETWEEN 100 AND 399 THEN 'success' ELSE 'failure' END")
        .doc("success below status 400, failure from there on, unknown without a status"),
    computed("requester_type", Role::Dimension, &REQUESTER_TYPE)
        .doc("Anonymous, IAMUser, AssumedRole, FederatedUser, Root, AWSAccount, AWSService or CanonicalUser"),
    computed("user.name", Role::Dimension, &USER_NAME)
        .doc("name of the user, the session or the service that asked; root for the root user"),
    computed("user.roles", Role::Dimension, &ROLE).doc("the role of a session that asked"),
    computed("cloud.account.id", Role::Dimension, &ACCOUNT).doc("the requester's account, where its ARN names it"),
    computed("operation_verb", Role::Dimension, &VERB).doc("what was done: GET, PUT, DELETE, COPY, EXPIRE"),
    computed("operation_resource", Role::Dimension, &RESOURCE).doc("to what it was done: OBJECT, BUCKET, ACL, BUCKETPOLICY, UPLOAD"),
    computed("aws.s3.object.key", Role::Identifier, &KEY).aliases(&["object_key"]).doc("the object's key, percent-decoded"),
    computed("http.request.method", Role::Dimension, &METHOD)
        .aliases(&["method"])
        .athena("regexp_extract(request_uri, '^\"?([^ \"]+) ', 1)")
        .doc("the method of the request"),
    computed("url.original", Role::Identifier, &URL).aliases(&["url.full"]).doc("the URL of the request"),
    computed("url.path", Role::Dimension, &PATH)
        .aliases(&["requesturi"])
        .athena("regexp_extract(request_uri, '^[^ ]+ (?:[A-Za-z]+://[^/?#]*)?(/[^?# ]*)', 1)")
        .doc("the path of the request's URL"),
    computed("url.query", Role::Identifier, &QUERY)
        .aliases(&["querystring", "query_string"])
        .doc("the query of the request's URL, without its question mark"),
    computed("http.version", Role::Dimension, &VERSION).aliases(&["httpversion"]).doc("the version of HTTP"),
    computed("tls.version", Role::Dimension, &TLS).doc("the version of the TLS connection's protocol: 1.2, 1.3"),
    computed("cloud.region", Role::Dimension, &REGION).doc("the bucket's region, where the Host header or the access point names it"),
];

static OUTCOME: Computed = Computed { from: &["http_status"], value: request::outcome };
static METHOD: Computed = Computed { from: &["request_uri"], value: request::method };
static URL: Computed = Computed { from: &["request_uri"], value: request::url };
static PATH: Computed = Computed { from: &["request_uri"], value: request::path };
static QUERY: Computed = Computed { from: &["request_uri"], value: request::query };
static VERSION: Computed = Computed { from: &["request_uri"], value: request::version };
static TLS: Computed = Computed { from: &["tls_version"], value: protocol::version };
static REQUESTER_TYPE: Computed = Computed {
    from: &["requester", "operation"],
    value: |cells, _| requester(cells).map_or(Cell::Null, |requester| Cell::Text(requester.kind)),
};
static USER_NAME: Computed = Computed {
    from: &["requester", "operation"],
    value: |cells, _| optional(requester(cells).map(|requester| requester.name)),
};
static ROLE: Computed = Computed {
    from: &["requester", "operation"],
    value: |cells, _| optional(requester(cells).map(|requester| requester.role)),
};
static ACCOUNT: Computed = Computed {
    from: &["requester", "operation"],
    value: |cells, _| optional(requester(cells).map(|requester| requester.account)),
};
static VERB: Computed =
    Computed { from: &["operation"], value: |cells, _| optional(operation(cells).map(|(verb, _)| verb)) };
static RESOURCE: Computed = Computed {
    from: &["operation"],
    value: |cells, _| optional(operation(cells).map(|(_, resource)| resource)),
};
static KEY: Computed = Computed { from: &["key_name"], value: decoded };
static REGION: Computed =
    Computed { from: &["host_header", "access_point_arn"], value: |cells, _| optional(region(cells)) };

fn optional(text: Option<&[u8]>) -> Cell<'_> {
    text.filter(|text| !text.is_empty()).map_or(Cell::Null, Cell::Text)
}

/// What a requester's spelling says of it; what it does not say is empty.
struct Requester<'a> {
    kind: &'static [u8],
    name: &'a [u8],
    role: &'a [u8],
    account: &'a [u8],
}

/// Of the columns `requester` and `operation`. The kinds are called as in CloudTrail's `userIdentity.type`, where that has
/// them.
fn requester<'a>(cells: &[Cell<'a>]) -> Option<Requester<'a>> {
    let known = |kind: &'static [u8], name: &'a [u8]| Requester { kind, name, role: b"", account: b"" };
    let text = match cells {
        [Cell::Text(text), ..] => *text,
        // What S3 does itself has no requester either.
        [_, Cell::Text(operation)] if !operation.starts_with(b"S3.") => {
            return Some(known(b"Anonymous", b""));
        }
        _ => return None,
    };
    if let Ok((_, arn)) = ids::arn(text) {
        return Some(of_arn(&arn));
    }
    if let Some(service) = text.strip_prefix(b"svc:") {
        return Some(known(b"AWSService", service));
    }
    let is_hex = text.iter().all(u8::is_ascii_hexdigit);
    Some(match text {
        _ if text.len() == 12 && text.iter().all(u8::is_ascii_digit) => {
            Requester { kind: b"AWSAccount", name: b"", role: b"", account: text }
        }
        _ if is_hex => known(b"CanonicalUser", b""),
        b"Anonymous" => known(b"Anonymous", b""),
        _ => known(b"AWSService", text),
    })
}

fn of_arn<'a>(arn: &Arn<'a>) -> Requester<'a> {
    let (kind, path) = match arn.resource.iter().position(|b| *b == b'/') {
        Some(slash) => (&arn.resource[..slash], &arn.resource[slash + 1..]),
        None => (arn.resource, &b""[..]),
    };
    let last = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let (kind, name, role): (&'static [u8], &[u8], &[u8]) = match kind {
        b"assumed-role" => (b"AssumedRole", last, path.split(|b| *b == b'/').next().unwrap_or_default()),
        b"federated-user" => (b"FederatedUser", last, b""),
        b"user" => (b"IAMUser", last, b""),
        b"role" => (b"AssumedRole", b"", last),
        b"root" => (b"Root", b"root", b""),
        _ => (b"AWSService", last, b""),
    };
    Requester { kind, name, role, account: arn.account }
}

/// Verb and resource of an operation: `GET` and `OBJECT` of `REST.GET.OBJECT`.
fn operation<'a>(cells: &[Cell<'a>]) -> Option<(&'a [u8], &'a [u8])> {
    let Some(Cell::Text(text)) = cells.first() else { return None };
    let mut parts = text.splitn(3, |b| *b == b'.').skip(1);
    Some((parts.next()?, parts.next().unwrap_or_default()))
}

fn decoded<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    match cells.first() {
        Some(Cell::Text(key)) if memchr::memchr(b'%', key).is_some() => {
            percent::decode(key, out);
            Cell::Text(out)
        }
        Some(key) => *key,
        None => Cell::Null,
    }
}

/// The region in an endpoint's name (`s3.eu-central-1.amazonaws.com`, `s3-website-us-east-1`), or in an ARN.
fn region<'a>(cells: &[Cell<'a>]) -> Option<&'a [u8]> {
    if let Some(Cell::Text(host)) = cells.first()
        && let Some(end) = memchr::memmem::rfind(host, b".amazonaws.com")
    {
        // The label before it: further to the left is the bucket's name.
        let label = host.get(..end)?.rsplit(|b| *b == b'.').next()?;
        let label = label.strip_prefix(b"s3-website-").or(label.strip_prefix(b"s3-")).unwrap_or(label);
        if is_region(label) {
            return Some(label);
        }
    }
    match cells.get(1) {
        Some(Cell::Text(text)) => ids::arn(text).ok().map(|(_, arn)| arn.region),
        _ => None,
    }
}

/// `eu-central-1`, `us-gov-west-1`.
fn is_region(label: &[u8]) -> bool {
    matches!(label, [a, b, b'-', .., b'-', digit]
        if a.is_ascii_lowercase() && b.is_ascii_lowercase() && digit.is_ascii_digit())
        && label.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
}

/// ```text
/// line  = 2word "[" time "]" 5word uri 6word text text *word     ; each and one space
/// uri   = DQUOTE *any DQUOTE / word
/// text  = DQUOTE *any DQUOTE / word
/// ```
fn cut(record: &[u8], tokens: &mut Tokens, most: usize) -> Result<(), (usize, &'static str)> {
    let mut cutter = Cutter::new(record, tokens, most);
    cutter.words(2);
    cutter.bracketed();
    cutter.words(5);
    cutter.quoted(is_after_request)?;
    cutter.words(6);
    cutter.two_quoted(is_after_agent)?;
    cutter.all()
}

/// Whether this begins with status, error, two sizes, two times and what may be a referrer.
fn is_after_request(rest: &[u8]) -> bool {
    let mut words = words(rest);
    let mut next = || words.next().unwrap_or_default();
    let (status, error) = (next(), next());
    let is_error = !error.is_empty() && error.len() <= 100 && memchr::memchr(b'"', error).is_none();
    status.len() <= 3 && is_number(status) && is_error && (0..4).all(|_| is_number(next())) && {
        let referrer = next();
        referrer == b"-" || referrer.starts_with(b"\"")
    }
}

/// Whether this is a version and nothing else, or goes on with a host id and a signature.
fn is_after_agent(rest: &[u8]) -> bool {
    let mut words = words(rest);
    match (words.next(), words.next(), words.next()) {
        (Some(version), None, _) => !version.is_empty(),
        (_, _, Some(signature)) => signature == b"-" || signature.starts_with(b"SigV"),
        _ => false,
    }
}

/// Enough of a line to be no other log's: web servers' logs have three fields before the time and no operation.
fn is_line(line: &[u8]) -> bool {
    let Some(bracket) = memchr::memchr(b'[', line.get(..400).unwrap_or(line)) else { return false };
    let mut tokens = Tokens::default();
    let mut cutter = Cutter::new(line, &mut tokens, 7);
    cutter.words(2);
    cutter.bracketed();
    cutter.words(4);
    let token = |i: usize| tokens.get(line, i).unwrap_or_default();
    let operation = token(6).1;
    let is_owner = |owner: &[u8]| owner.iter().all(u8::is_ascii_hexdigit) || owner == b"-";
    token(2).0 == bracket + 1
        && is_owner(token(0).1)
        && clf_time(token(2).1).is_ok()
        && operation.first().is_some_and(u8::is_ascii_uppercase)
        && memchr::memchr(b'.', operation).is_some()
        && operation.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'))
}

const META: Meta = Meta {
    id: "s3_access",
    family: Family::Web,
    title: "S3 server access logs",
    summary: "Requests to an S3 bucket, one record per request.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html",
    read_on: "2026-11-26",
    key_shape: "{prefix}{account}/{region}/{bucket}/{yyyy}/{mm}/{dd}/{yyyy}-{mm}-{dd}-{hh}-{mi}-{ss}-{random}",
    versions: "lines of 18 to 27 fields (2006 to today) and the JSON form that CloudWatch Logs delivers, with records of lifecycle rules and batch operations",
    not_read: "the Parquet form and S3 Tables; delivery is best effort, so a request may be missing or told late",
};

/// Athena: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-s3-access-logs-to-identify-requests.html>, read as the
/// public Markdown of the guide.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "mybucket_logs",
        ddl: include_str!("athena/s3_access.sql"),
        time: "parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')",
        null_text: Some("-"),
        roots: &[],
        notes: &[
            "lines whose request or user agent holds a quote do not match the table's expression and are rows of NULL",
            "add a condition on the partition column, such as \"timestamp\" >= '2026/03/05', so that only those days are read",
        ],
    }),
    insights: InsightsLog {
        group: "the log group that the bucket's access logs are delivered to",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Who deleted objects, and which",
        "filter operation_verb in [\"DELETE\", \"EXPIRE\"] and operation_resource like /OBJECT/\n| stats count(*) as objects, count_distinct(key_name) as keys, min(@timestamp) as first, max(@timestamp) as last by bucket_name, requester, remote_ip, operation\n| sort objects desc",
    ),
    ask(
        "Data taken out: bytes sent by requester and address",
        "filter operation_verb = \"GET\" and event.outcome = \"success\"\n| stats sum(bytes_sent_size) as sent, count(*) as requests, count_distinct(key_name) as objects by requester, remote_ip, bucket_name\n| sort sent desc\n| limit 50",
    ),
    ask(
        "Requests without a signature that were answered",
        "filter requester_type = \"Anonymous\" and event.outcome = \"success\"\n| stats count(*) as requests, sum(bytes_sent_size) as sent by bucket_name, operation, remote_ip\n| sort requests desc",
    ),
    ask(
        "Who is refused, and where",
        "filter error_code = \"AccessDenied\" or http_status = 403\n| stats count(*) as refused, count_distinct(key_name) as keys by requester, remote_ip, bucket_name, operation\n| sort refused desc\n| limit 50",
    ),
    ask(
        "Guessing of keys: many that do not exist",
        "filter http_status = 404\n| stats count_distinct(key_name) as keys, count(*) as requests by remote_ip, user_agent\n| sort keys desc\n| limit 25",
    ),
    ask(
        "Changes of policies, ACLs, versioning, logging and other settings",
        "filter operation_verb in [\"PUT\", \"DELETE\", \"POST\"] and not (operation_resource in [\"OBJECT\", \"PART\", \"UPLOAD\", \"UPLOADS\"])\n| fields @timestamp, bucket_name, operation, key_name, requester, remote_ip, http_status, error_code\n| sort @timestamp",
    ),
    ask(
        "Listings of buckets by requester and address",
        "filter operation in [\"REST.GET.BUCKET\", \"REST.GET.BUCKETVERSIONS\"]\n| stats count(*) as listings, count_distinct(bucket_name) as buckets by requester, remote_ip, user_agent\n| sort listings desc",
    ),
    ask(
        "Presigned URLs, and who used them",
        "filter authentication_type = \"QueryString\"\n| stats count(*) as requests, count_distinct(remote_ip) as addresses, sum(bytes_sent_size) as sent by requester, bucket_name, operation\n| sort requests desc",
    ),
    ask("Requests over time by outcome", "stats count(*) as requests by bin(5m), event.outcome"),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "111122223333/eu-central-1/amzn-s3-demo-bucket/2026/03/05/2026-03-05-01-35-00-0A1B2C3D4E5F6071",
        content: crate::sample!("s3_access.log"),
        rows: 15,
        rejected: 5,
    },
    Sample {
        name: "logs/2014-05-12-08-00-00-0A1B2C3D4E5F6072",
        content: crate::sample!("s3_access_history.log"),
        rows: 5,
        rejected: 1,
    },
    Sample {
        name: "AWSLogs/111122223333/S3ServerAccessLogs/eu-central-1/amzn-s3-demo-bucket.json",
        content: crate::sample!("s3_access.ndjson"),
        rows: 4,
        rejected: 1,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**[{http_status}[ {error_code}]||{error_code}]** {operation|=request} \
         [{bucket_name}[/{aws.s3.object.key}]||{aws.s3.object.key}]||**{operation|=request}** \
         [{bucket_name}[/{aws.s3.object.key}]||{aws.s3.object.key}]\
         [ → {http_status}[ {error_code}]|| → {error_code}][, {bytes:bytes_sent_size}]]\
         [, {user.name|requester_type}][, {remote_ip}]",
    )
}
