//! Rows against the expected results that lie beside some inputs.
//!
//! Their names are not ours, so each table says which of our columns a name of theirs is. Where they join what we
//! keep apart (`host:port`), ours are joined for the comparison.

use std::{fs, net::IpAddr};

use serde_json::Value;

use crate::{logloupe, samples};

/// The cases of a file: input, and what another parser makes of it.
fn cases(file: &str, input: impl Fn(&Value) -> Option<String>, expected: &str) -> Vec<(String, Value)> {
    let Some(folder) = samples() else { return Vec::new() };
    let text = fs::read_to_string(folder.join(file)).expect("the samples are complete");
    let parse = |line: &str| -> Value { serde_json::from_str(line).expect("a JSON object per line") };
    text.lines().map(parse).filter_map(|case| Some((input(&case)?, case[expected].clone()))).collect()
}

/// The only row that a text gives.
#[track_caller]
fn row(text: &str, format: &str) -> Value {
    let said = logloupe(&["convert", "--format", format, "-"], text.as_bytes());
    let rows = said.lines();
    assert_eq!(rows.len(), 1, "{text}\n{}", said.err);
    rows[0].clone()
}

/// Theirs and ours as comparable text; what is missing, empty.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(n) => n.as_f64().map(|n| n.to_string()).unwrap_or_default(),
        // A list of theirs is a blank-separated text of ours, as it stands in the log.
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// Points in time with as many digits as they need.
fn time(text: String) -> String {
    match text.strip_suffix('Z') {
        Some(time) if time.contains('.') => {
            let time = time.trim_end_matches('0').trim_end_matches('.');
            format!("{time}Z")
        }
        _ => text,
    }
}

#[test]
fn alb_lines_as_vector_reads_them() {
    const SAME: &[&str] = &[
        "type",
        "elb",
        "request_processing_time",
        "target_processing_time",
        "response_processing_time",
        "elb_status_code",
        "target_status_code",
        "received_bytes",
        "sent_bytes",
        "request_url",
        "user_agent",
        "ssl_cipher",
        "ssl_protocol",
        "target_group_arn",
        "trace_id",
        "domain_name",
        "chosen_cert_arn",
        "matched_rule_priority",
        "request_creation_time",
        "actions_executed",
        "redirect_url",
        "error_reason",
        "target_port_list",
        "target_status_code_list",
        "classification",
        "classification_reason",
    ];
    const OURS: &[(&str, &str)] = &[
        ("request_method", "request_verb"),
        ("request_protocol", "request_proto"),
        ("traceability_id", "conn_trace_id"),
        ("timestamp", "time"),
    ];
    let value = |case: &Value| case["args"]["value"].as_str().map(str::to_owned);
    let cases = cases("elb/vectordotdev__vrl/parse_aws_alb_log.cases.jsonl", value, "expected");
    for (line, expected) in &cases {
        let row = row(line, "alb");
        let names = SAME.iter().map(|name| (*name, *name)).chain(OURS.iter().copied());
        for (theirs, ours) in names.filter(|(theirs, _)| expected.get(theirs).is_some()) {
            let (theirs_value, mut ours_value) = (plain(&expected[theirs]), plain(&row[ours]));
            // They take a lone dash of the malformed request apart from it; we keep none of its parts.
            if line.contains("\"- http") && ["request_verb", "request_proto", "request_url"].contains(&ours) {
                ours_value.clone_from(&theirs_value);
            }
            // -1 says that there was nothing to measure; we take it for no value.
            if ours.ends_with("_processing_time") && plain(&expected[theirs]) == "-1" {
                assert_eq!(ours_value, "", "{theirs} of {line}\n{row}");
                continue;
            }
            assert_eq!(time(ours_value), time(theirs_value), "{theirs} of {line}\n{row}");
        }
        for (theirs, ip, port) in
            [("client_host", "client_ip", "client_port"), ("target_host", "target_ip", "target_port")]
        {
            // Columns have one spelling of an address; theirs is the line's.
            let expected = plain(&expected[theirs]);
            let (their_ip, their_port) = expected.rsplit_once(':').unwrap_or_default();
            let their_ip = their_ip.parse::<IpAddr>().map_or(their_ip.to_owned(), |ip| ip.to_string());
            let ours = (plain(&row[ip]), plain(&row[port]));
            let theirs_none = ours.0.is_empty() && expected.is_empty();
            assert!(
                theirs_none || ours == (their_ip, their_port.to_owned()),
                "{theirs} of {line}: {expected}\n{row}"
            );
        }
    }
    assert!(cases.is_empty() || cases.len() == 13);
}

#[test]
fn flow_records_as_vector_reads_them() {
    let with_header = |case: &Value| {
        let args = &case["args"];
        let record = args["value"].as_str()?;
        let header = args["format"].as_str().map(|header| header.replace('_', "-"));
        Some(header.map_or(record.to_owned(), |header| format!("{header}\n{record}")))
    };
    let file = "vpcflow/vectordotdev__vrl/parse_aws_vpc_flow_log.cases.jsonl";
    for (text, expected) in cases(file, with_header, "expected") {
        same_flow(&row(&text, "vpc_flow"), &expected);
    }
}

#[test]
fn flow_records_as_flowlogs_reader_reads_them() {
    let Some(folder) = samples() else { return };
    let folder = folder.join("vpcflow/obsrvbl__flowlogs-reader");
    let expected = fs::read(folder.join("v4_file_s3_header.expected.json")).expect("there");
    let expected: Vec<Value> = serde_json::from_slice(&expected).expect("an array");
    let log = fs::read(folder.join("v4_file_s3_header.log")).expect("there");
    let rows = logloupe(&["convert", "-"], &log).lines();
    assert_eq!(rows.len(), expected.len());
    for (row, expected) in rows.iter().zip(&expected) {
        same_flow(row, expected);
    }
}

/// Lines that a forwarder's tests have without an expected result: each is a row, its values those that stand in it.
#[test]
fn network_lines_of_a_forwarders_tests() {
    let inside =
        |case: &Value| Some(case["input"]["content"].as_str().or(case["input"].as_str())?.to_owned());
    let object = |case: &Value| Some(case["input"].to_string());
    type Input = fn(&Value) -> Option<String>;
    let input: [(&str, Input); 4] = [
        ("route53_public", inside),
        ("global_accelerator", inside),
        ("vpcflow", inside),
        ("route53_resolver", object),
    ];
    for ((folder, input), (format, names)) in input.into_iter().zip([
        (
            "route53",
            "version queryTimestamp hostZoneId queryName queryType responseCode protocol edgeLocation resolverIp \
             ednsClientSubnet",
        ),
        (
            "global_accelerator",
            "version aws_account_id accelerator_id client_ip client_port accelerator_ip accelerator_port endpoint_ip \
             endpoint_port protocol ip_address_type packets bytes start_time end_time action log-status \
             globalaccelerator_source_ip globalaccelerator_source_port endpoint_region globalaccelerator_region \
             direction vpc_id",
        ),
        (
            "vpc_flow",
            "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action \
             log-status",
        ),
        ("route53_resolver", ""),
    ]) {
        let file = format!("{folder}/dynatrace-oss__dynatrace-aws-s3-log-forwarder/test_attribute_extraction.cases.jsonl");
        for (text, _) in cases(&file, input, "test") {
            let row = row(&text, format);
            for (name, value) in names.split_whitespace().zip(text.split(' ')) {
                assert_eq!(plain(&row[name]), value.trim_start_matches('-'), "{name} of {text}");
            }
            if names.is_empty() {
                same_as_paths(&row, &["query_name", "rcode", "srcaddr", "srcids.instance", "vpc_id", "account_id"]);
            }
        }
    }
}

/// A subscription's record in an order of its own: read once the fields are named.
#[test]
fn a_transit_gateways_record_whose_fields_are_named() {
    let Some(folder) = samples() else { return };
    let folder = folder.join("tgw_flow/open-telemetry__opentelemetry-collector-contrib");
    let log = fs::read_to_string(folder.join("valid_tgw_flow_log.log")).expect("there");
    let (header, record) = log.split_once('\n').expect("a header and a record");
    let whole = logloupe(&["convert", "-"], log.as_bytes()).lines();
    for (name, value) in header.split(' ').zip(record.trim_end().split(' ')) {
        assert_eq!(plain(&whole[0][name]), value, "{name}");
    }
    // The same record, without the packets that were lost.
    let names: Vec<&str> = header.split(' ').filter(|name| !name.starts_with("packets-lost")).collect();
    let path = folder.join("valid_tgw_flow_cw.json");
    let path = path.to_str().expect("a plain name");
    let rows = logloupe(&["convert", "--fields", &names.join(" "), path], b"").lines();
    assert_eq!(rows.len(), 1);
    for name in names {
        assert_eq!(plain(&rows[0][name]), plain(&whole[0][name]), "{name}");
    }
}

#[test]
fn firewalls_records_have_the_values_that_stand_in_them() {
    let Some(folder) = samples() else { return };
    let folder = folder.join("network_firewall");
    let rows = logloupe(&["convert", folder.to_str().expect("a plain name")], b"").lines();
    assert_eq!(rows.len(), 17);
    for row in &rows {
        same_as_paths(
            row,
            &[
                "firewall_name",
                "availability_zone",
                "event.event_type",
                "event.flow_id",
                "event.src_ip",
                "event.src_port",
                "event.dest_ip",
                "event.dest_port",
                "event.proto",
                "event.app_proto",
                "event.icmp_type",
                "event.alert.action",
                "event.alert.signature_id",
                "event.alert.signature",
                "event.alert.severity",
                "event.verdict.action",
                "event.netflow.pkts",
                "event.netflow.bytes",
                "event.tcp.tcp_flags",
                "event.tls_error.error_message",
                "event.revocation_check.status",
            ],
        );
    }
    let with = |name: &str| rows.iter().filter(|row| !row[name].is_null()).count();
    assert_eq!([with("url.domain"), with("dns.question.name"), with("event.tls.sni")], [1, 1, 2]);
}

/// Whether columns are what stands at their paths in the row's own record.
#[track_caller]
fn same_as_paths(row: &Value, columns: &[&str]) {
    let record: Value = serde_json::from_str(row["@message"].as_str().expect("text")).expect("JSON");
    for name in columns {
        let value = name.split('.').fold(&record, |value, part| &value[part]);
        assert_eq!(plain(&row[*name]), plain(value), "{name} of {record}");
    }
}

#[track_caller]
fn same_flow(row: &Value, expected: &Value) {
    for (name, value) in expected.as_object().expect("an object") {
        // Theirs may be a point in time in words of Python; ours are the numbers of the log.
        if value.as_str().is_some_and(|text| text.starts_with("datetime(")) {
            continue;
        }
        assert_eq!(plain(&row[name.replace('_', "-")]), plain(value), "{name} of {row}");
    }
}

#[test]
fn cloudfront_lines_as_logstash_reads_them() {
    const OURS: &[(&str, &str)] = &[
        ("x_edge_location", "x-edge-location"),
        ("sc_bytes", "sc-bytes"),
        ("clientip", "c-ip"),
        ("cs_method", "cs-method"),
        ("cs_host", "cs(Host)"),
        ("cs_uri_stem", "cs-uri-stem"),
        ("sc_status", "sc-status"),
        ("referrer", "cs(Referer)"),
        ("x_edge_result_type", "x-edge-result-type"),
        ("x_edge_request_id", "x-edge-request-id"),
        ("x_host_header", "x-host-header"),
        ("cs_protocol", "cs-protocol"),
        ("cs_bytes", "cs-bytes"),
        ("time_taken", "time-taken"),
        ("ssl_protocol", "ssl-protocol"),
        ("ssl_cipher", "ssl-cipher"),
        ("x_edge_response_result_type", "x-edge-response-result-type"),
    ];
    let of_cloudfront = |case: &Value| {
        let is = case["pattern"] == "CLOUDFRONT_ACCESS_LOG" && !case["expected_legacy_partial"].is_null();
        is.then(|| case["input"].as_str().map(str::to_owned)).flatten()
    };
    let file = "elb_s3_cloudfront/logstash-plugins__logstash-patterns-core/aws_spec.cases.jsonl";
    for (line, expected) in cases(file, of_cloudfront, "expected_legacy_partial") {
        let row = row(&line, "cloudfront");
        for (theirs, ours) in OURS.iter().filter(|(theirs, _)| expected.get(theirs).is_some()) {
            assert_eq!(plain(&row[ours]), plain(&expected[theirs]), "{theirs} of {line}\n{row}");
        }
        let time = expected["timestamp"].as_str().expect("a time").replace('\t', "T") + "Z";
        assert_eq!(row["@timestamp"], time);
        // The vendor encodes it twice; ours is the browser's own text.
        let agent = row["cs(User-Agent)"].as_str().expect("an agent");
        assert!(agent.starts_with("Mozilla/5.0 (Windows NT "), "{agent}");
    }
}

/// The cases that logstash has for its pattern of this name, with what it expects.
fn logstash(pattern: &'static str) -> Vec<(String, Value)> {
    let of_pattern = move |case: &Value| {
        let is = case["pattern"] == pattern && !case["expected_legacy_partial"].is_null();
        is.then(|| case["input"].as_str().map(str::to_owned)).flatten()
    };
    let file = "elb_s3_cloudfront/logstash-plugins__logstash-patterns-core/aws_spec.cases.jsonl";
    cases(file, of_pattern, "expected_legacy_partial")
}

/// Compares what they have of a line with ours; a dash of theirs is no value of ours.
#[track_caller]
fn same_values(line: &str, expected: &Value, row: &Value, names: &[(&str, &str)]) {
    for (theirs, ours) in names.iter().filter(|(theirs, _)| expected.get(theirs).is_some()) {
        let value = plain(&expected[theirs]).replace('"', "");
        let value = if value == "-" { String::new() } else { value };
        assert_eq!(plain(&row[ours]), value, "{theirs} of {line}\n{row}");
    }
}

#[test]
fn classic_balancers_lines_as_logstash_reads_them() {
    const OURS: &[(&str, &str)] = &[
        ("elb", "elb"),
        ("clientip", "client_ip"),
        ("clientport", "client_port"),
        ("backendip", "backend_ip"),
        ("backendport", "backend_port"),
        ("request_processing_time", "request_processing_time"),
        ("backend_processing_time", "backend_processing_time"),
        ("response_processing_time", "response_processing_time"),
        ("response", "elb_status_code"),
        ("backend_response", "backend_status_code"),
        ("received_bytes", "received_bytes"),
        ("bytes", "sent_bytes"),
        ("verb", "request_verb"),
        ("request", "request_url"),
        ("httpversion", "http.version"),
        ("path", "url.path"),
    ];
    let cases = logstash("ELB_ACCESS_LOG");
    for (line, expected) in &cases {
        let row = row(line, "clb");
        same_values(line, expected, &row, OURS);
        assert_eq!(row["@timestamp"], expected["timestamp"]);
    }
    assert!(cases.is_empty() || cases.len() == 2);
}

#[test]
fn s3_lines_as_logstash_reads_them() {
    const OURS: &[(&str, &str)] = &[
        ("owner", "bucket_owner_id"),
        ("bucket", "bucket_name"),
        ("clientip", "remote_ip"),
        ("requester", "requester"),
        ("request_id", "request_id"),
        ("operation", "operation"),
        ("key", "key_name"),
        ("verb", "http.request.method"),
        ("request", "url.original"),
        ("httpversion", "http.version"),
        ("response", "http_status"),
        ("bytes", "bytes_sent_size"),
        ("object_size", "object_size"),
        ("request_time_ms", "total_duration"),
        ("referrer", "referer"),
        ("agent", "user_agent"),
    ];
    let cases = logstash("S3_ACCESS_LOG");
    for (line, expected) in &cases {
        same_values(line, expected, &row(line, "s3_access"), OURS);
    }
    assert!(cases.is_empty() || cases.len() == 2);
}

#[test]
fn s3_lines_as_the_opentelemetry_collector_reads_them() {
    const OURS: &[(&str, &str)] = &[
        ("aws.s3.bucket", "bucket_name"),
        ("aws.s3.owner", "bucket_owner_id"),
        ("source.address", "remote_ip"),
        ("user.id", "requester"),
        ("aws.request_id", "request_id"),
        ("rpc.method", "operation"),
        ("http.request.method", "http.request.method"),
        ("url.path", "url.path"),
        ("url.query", "url.query"),
        ("network.protocol.version", "http.version"),
        ("http.response.status_code", "http_status"),
        ("http.response.body.size", "bytes_sent_size"),
        ("duration", "total_duration"),
        ("user_agent.original", "user_agent"),
        ("aws.extended_request_id", "host_id"),
        ("aws.signature.version", "signature_version"),
        ("tls.cipher", "cipher_suite"),
        ("aws.s3.auth_type", "authentication_type"),
        ("http.request.header.host", "host_header"),
        ("tls.protocol.version", "tls.version"),
        ("aws.s3.access_point.arn", "access_point_arn"),
        ("aws.s3.acl_required", "acl_required"),
    ];
    let Some(folder) = samples() else { return };
    let folder = folder.join("s3access/open-telemetry__opentelemetry-collector-contrib");
    for (name, least) in [("valid_s3_access_log", 22), ("unknown_request_uri", 18)] {
        let line = fs::read_to_string(folder.join(format!("{name}.log"))).expect("there");
        let expected = fs::read_to_string(folder.join(format!("{name}_expected.yaml"))).expect("there");
        let row = row(&line, "s3_access");
        // A list of attributes: a key, and two lines below it its value behind the name of its type.
        let lines: Vec<&str> = expected.lines().map(str::trim).collect();
        let mut compared = 0;
        for window in lines.windows(3) {
            let (Some(key), Some((_, value))) =
                (window[0].strip_prefix("- key: "), window[2].split_once(": "))
            else {
                continue;
            };
            if let Some((_, ours)) = OURS.iter().find(|(theirs, _)| *theirs == key) {
                assert_eq!(plain(&row[ours]), value.trim_matches('"'), "{key} of {name}\n{row}");
                compared += 1;
            }
        }
        assert!(compared >= least, "{name}: {compared}");
    }
}

/// One file of three logs of balancers: the first log claims it, lines of the others are read by themselves.
#[test]
fn lines_of_three_balancers_in_one_file() {
    let Some(folder) = samples() else { return };
    let file = folder.join("elb/log2timeline__plaso/test_data/aws_elb_access.log");
    let text = fs::read_to_string(file).expect("there");
    let mut counts = [("alb", 0), ("clb", 0), ("nlb", 0)];
    for line in text.lines() {
        let rows = logloupe(&["convert", "-"], line.as_bytes()).lines();
        assert_eq!(rows.len(), 1, "{line}");
        counts.iter_mut().filter(|(format, _)| rows[0]["@format"] == *format).for_each(|(_, n)| *n += 1);
    }
    assert_eq!(counts, [("alb", 10), ("clb", 4), ("nlb", 2)]);
}

/// The output of pgaudit's own regression test, put behind the prefix that RDS has: each record has its fields, statements
/// over several lines too.
#[test]
fn pgaudits_records_as_its_own_test_expects_them() {
    let Some(folder) = samples() else { return };
    let text =
        fs::read(folder.join("rds_audit/pgaudit__pgaudit/pgaudit.out")).expect("the samples are complete");
    let text = String::from_utf8_lossy(&text);
    let (mut log, mut expected, mut open) = (String::new(), Vec::new(), false);
    for line in text.lines() {
        let record = line.split_once(":  AUDIT: ").filter(|(head, _)| ["NOTICE", "WARNING"].contains(head));
        let odd = line.matches('"').count() % 2 == 1;
        if let Some((_, fields)) = record {
            expected.push(fields.split(',').take(5).map(str::to_owned).collect::<Vec<_>>());
            log.push_str(&format!("2026-03-05 01:29:37 UTC:[local]:u@d:[1]:{line}\n"));
            open = odd;
        } else if open {
            log.push_str(&format!("\t{line}\n"));
            open ^= odd;
        }
    }
    assert!(expected.len() > 400, "{}", expected.len());
    let said = logloupe(&["convert", "--format", "postgresql", "-"], log.as_bytes());
    let rows = said.lines();
    assert_eq!(rows.len(), expected.len(), "{}", said.err);
    let names = ["audit_type", "statement_id", "substatement_id", "class", "command"];
    for (row, fields) in rows.iter().zip(&expected) {
        for (name, field) in names.iter().zip(fields) {
            assert_eq!(plain(&row[*name]), *field, "{name} of {row}");
        }
        let statement = plain(&row["db.statement"]);
        assert!(!statement.is_empty() && !statement.starts_with('"'), "{row}");
        assert!(!plain(&row["parameter"]).is_empty(), "{row}");
    }
}
