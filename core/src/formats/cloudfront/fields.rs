//! The columns of CloudFront's standard logs.

use super::ATHENA_TIME;
use crate::formats::field::{
    TokenField,
    cells::{date, float, integer, outcome_of_status, status, text, time_of_day},
    protocol,
};
use logloupe_table::{Computed, Kind, Role, Unit};

/// The legacy log's columns in its order, then those of version 2.
pub(super) static FIELDS: &[TokenField] = &[
    TokenField::new("date", Kind::Text, Role::Dimension, date).doc("the day of the event, UTC"),
    TokenField::new("time", Kind::Time, Role::Timestamp, time_of_day)
        .of_day()
        .aliases(&["event.end"])
        .athena(ATHENA_TIME)
        .doc("when the server finished responding: the log's date and time together"),
    TokenField::new("x-edge-location", Kind::Text, Role::Dimension, text)
        .aliases(&["x_edge_location", "location"])
        .doc("the edge location, by airport"),
    TokenField::new("sc-bytes", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["sc_bytes", "bytes", "http.response.bytes", "destination.bytes"])
        .doc("size of the response, headers included: more than its body (`sc-content-len`)"),
    TokenField::new("c-ip", Kind::Ip, Role::Dimension, text)
        .aliases(&["c_ip", "requestip", "request_ip", "source.ip", "source.address", "client.ip"])
        .doc("address of the viewer, or of its proxy"),
    TokenField::new("cs-method", Kind::Text, Role::Dimension, text)
        .aliases(&["cs_method", "method", "http.request.method"])
        .doc("the method of the request"),
    TokenField::new("cs(Host)", Kind::Text, Role::Dimension, text)
        .aliases(&["cs_host", "host", "cs-host"])
        .doc("the distribution's domain name"),
    TokenField::new("cs-uri-stem", Kind::Text, Role::Dimension, text)
        .aliases(&["cs_uri_stem", "uri", "requesturi", "url.path"])
        .doc("the path of the request's URL"),
    TokenField::new("sc-status", Kind::Int, Role::Status, status)
        .aliases(&["sc_status", "status", "statuscode", "http.response.status_code"])
        .doc("status of the response; 0 where the viewer was gone"),
    TokenField::again("event.outcome", Kind::Text, Role::Status, outcome_of_status)
        .athena(
            "CASE WHEN sc_status IS NULL THEN 'unknown' WHEN sc_status BETWEEN 1 AND 399 THEN 'success' \
             ELSE 'failure' END",
        )
        .made()
        .doc("success below status 400, failure from there on, unknown without a status"),
    TokenField::new("cs(Referer)", Kind::Text, Role::Dimension, text)
        .aliases(&["cs_referer", "cs_referrer", "referrer", "referer", "cs-referer", "http.request.referrer"])
        .doc("the Referer header"),
    TokenField::new("cs(User-Agent)", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["cs_user_agent", "useragent", "user_agent", "cs-user-agent", "user_agent.original"])
        .athena("url_decode(replace(nullif(cs_user_agent, '-'), '+', '%2B'))")
        .doc("the User-Agent header, percent-decoded"),
    TokenField::new("cs-uri-query", Kind::Text, Role::Identifier, text)
        .aliases(&["cs_uri_query", "querystring", "query_string", "url.query"])
        .doc("the query of the request's URL"),
    TokenField::new("cs(Cookie)", Kind::Text, Role::Identifier, text)
        .aliases(&["cs_cookie", "cookie", "cs-cookie"])
        .doc("the Cookie header, if cookies are logged"),
    TokenField::new("x-edge-result-type", Kind::Text, Role::Status, text)
        .aliases(&["x_edge_result_type", "resulttype", "result_type", "event.action"])
        .doc("how the edge classified the response: Hit, Miss, RefreshHit, Error, LimitExceeded, Redirect"),
    TokenField::new("x-edge-request-id", Kind::Text, Role::Identifier, text)
        .aliases(&["x_edge_request_id", "requestid", "request_id", "http.request.id"])
        .doc("the request's id"),
    TokenField::new("x-host-header", Kind::Text, Role::Dimension, text)
        .aliases(&["x_host_header", "hostheader", "host_header", "url.domain"])
        .doc("the Host header that the viewer sent"),
    TokenField::new("cs-protocol", Kind::Text, Role::Dimension, text)
        .aliases(&["cs_protocol", "requestprotocol", "request_protocol", "url.scheme", "network.protocol"])
        .doc("http, https, ws, wss, grpcs"),
    TokenField::new("cs-bytes", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["cs_bytes", "requestbytes", "request_bytes", "http.request.bytes", "source.bytes"])
        .doc("size of the request, headers included"),
    TokenField::new("time-taken", Kind::Float, Role::Measure, float)
        .unit(Unit::Seconds)
        .aliases(&["time_taken", "timetaken"])
        .doc("from receiving the request to sending the last byte of the response"),
    TokenField::new("x-forwarded-for", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["x_forwarded_for", "xforwarded_for", "xforwardedfor"])
        .athena("url_decode(replace(nullif(x_forwarded_for, '-'), '+', '%2B'))")
        .doc("the X-Forwarded-For header, percent-decoded"),
    TokenField::new("ssl-protocol", Kind::Text, Role::Dimension, text)
        .aliases(&["ssl_protocol", "sslprotocol"])
        .doc("protocol of the TLS connection"),
    TokenField::new("ssl-cipher", Kind::Text, Role::Dimension, text)
        .aliases(&["ssl_cipher", "sslcipher", "tls.cipher"])
        .doc("cipher of the TLS connection"),
    TokenField::new("x-edge-response-result-type", Kind::Text, Role::Status, text)
        .aliases(&["x_edge_response_result_type", "responseresulttype", "response_result_type"])
        .doc("how the edge classified the response just before returning it"),
    TokenField::new("cs-protocol-version", Kind::Text, Role::Dimension, text)
        .aliases(&["cs_protocol_version", "httpversion", "http_version"])
        .doc("HTTP version of the request"),
    TokenField::new("fle-status", Kind::Text, Role::Status, text)
        .aliases(&["fle_status", "flestatus", "filestatus"])
        .doc("how field-level encryption of the request body ended"),
    TokenField::new("fle-encrypted-fields", Kind::Int, Role::Measure, integer)
        .aliases(&["fle_encrypted_fields", "fleencryptedfields", "encryptedfields"])
        .doc("how many fields field-level encryption encrypted"),
    TokenField::new("c-port", Kind::Int, Role::Identifier, integer)
        .aliases(&["c_port", "cport", "source.port", "client.port"])
        .doc("port of the viewer"),
    TokenField::new("time-to-first-byte", Kind::Float, Role::Measure, float)
        .unit(Unit::Seconds)
        .aliases(&["time_to_first_byte", "timetofirstbyte"])
        .doc("from receiving the request to writing the first byte of the response"),
    TokenField::new("x-edge-detailed-result-type", Kind::Text, Role::Status, text)
        .aliases(&["x_edge_detailed_result_type", "event.reason"])
        .doc("the result type in detail: kind of error, of hit at the origin shield"),
    TokenField::new("sc-content-type", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["sc_content_type", "http.response.mime_type"])
        .athena("url_decode(replace(nullif(sc_content_type, '-'), '+', '%2B'))")
        .doc("the response's Content-Type header, percent-decoded"),
    TokenField::new("sc-content-len", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["sc_content_len", "http.response.body.bytes"])
        .doc("the response's Content-Length header"),
    TokenField::new("sc-range-start", Kind::Int, Role::Identifier, integer)
        .unit(Unit::Bytes)
        .aliases(&["sc_range_start"])
        .doc("start of the range that the response holds"),
    TokenField::new("sc-range-end", Kind::Int, Role::Identifier, integer)
        .unit(Unit::Bytes)
        .aliases(&["sc_range_end"])
        .doc("end of the range that the response holds"),
    // Version 2.
    TokenField::new("timestamp", Kind::Float, Role::Timestamp, float)
        .unit(Unit::EpochSeconds)
        .doc("when the server finished responding"),
    TokenField::new("timestamp(ms)", Kind::Int, Role::Timestamp, integer)
        .unit(Unit::EpochMillis)
        .aliases(&["timestamp_ms"])
        .doc("when the server finished responding, to the millisecond"),
    TokenField::new("DistributionId", Kind::Text, Role::Dimension, text)
        .aliases(&["distribution_id", "distribution-id"])
        .doc("the distribution"),
    TokenField::new("origin-fbl", Kind::Float, Role::Measure, float)
        .unit(Unit::Seconds)
        .aliases(&["origin_fbl"])
        .doc("first-byte latency between CloudFront and the origin"),
    TokenField::new("origin-lbl", Kind::Float, Role::Measure, float)
        .unit(Unit::Seconds)
        .aliases(&["origin_lbl"])
        .doc("last-byte latency between CloudFront and the origin"),
    TokenField::new("asn", Kind::Int, Role::Dimension, integer)
        .aliases(&["source.as.number"])
        .doc("autonomous system of the viewer"),
    TokenField::new("c-country", Kind::Text, Role::Dimension, text)
        .aliases(&["c_country", "source.geo.country_iso_code"])
        .doc("country of the viewer, by its address"),
    TokenField::new("cache-behavior-path-pattern", Kind::Text, Role::Dimension, text)
        .aliases(&["cache_behavior_path_pattern"])
        .doc("the cache behaviour that matched"),
    TokenField::new("distribution-tenant-id", Kind::Text, Role::Dimension, text)
        .aliases(&["distribution_tenant_id"])
        .doc("the distribution tenant"),
    TokenField::new("connection-id", Kind::Text, Role::Identifier, text)
        .aliases(&["connection_id"])
        .doc("the connection, as the connection log names it"),
    TokenField::new("viewer-request-log-data", Kind::Text, Role::Identifier, text)
        .aliases(&["viewer_request_log_data"])
        .doc("what a function at the viewer request logged"),
    TokenField::new("viewer-response-log-data", Kind::Text, Role::Identifier, text)
        .aliases(&["viewer_response_log_data"])
        .doc("what a function at the viewer response logged"),
    TokenField::new("s-ip", Kind::Ip, Role::Dimension, text)
        .aliases(&["s_ip", "destination.ip", "server.ip"])
        .doc("address of the CloudFront server"),
    TokenField::new("primary-distribution-id", Kind::Text, Role::Dimension, text)
        .aliases(&["primary_distribution_id"])
        .doc("the primary distribution of a continuous deployment"),
    TokenField::new("primary-distribution-dns-name", Kind::Text, Role::Dimension, text)
        .aliases(&["primary_distribution_dns_name"])
        .doc("the primary distribution's domain name"),
    TokenField::new("r-host", Kind::Text, Role::Dimension, text)
        .aliases(&["r_host"])
        .doc("the origin's host"),
    TokenField::new("sr-reason", Kind::Text, Role::Dimension, text)
        .aliases(&["sr_reason"])
        .doc("why the request was sent to that origin"),
    TokenField::new("x-edge-mqcs", Kind::Text, Role::Dimension, text)
        .aliases(&["x_edge_mqcs"])
        .doc("media quality score of the connection"),
    // Computed.
    TokenField::computed("http.version", Kind::Text, Role::Dimension, &HTTP_VERSION)
        .athena("regexp_extract(cs_protocol_version, '^[^/.0-9]+/?([0-9][0-9.]*)$', 1)")
        .doc("the version of HTTP of the request: 1.1, 2.0, 3.0"),
    TokenField::computed("tls.version", Kind::Text, Role::Dimension, &TLS_VERSION)
        .athena("regexp_extract(ssl_protocol, '^[^/.0-9]+/?([0-9][0-9.]*)$', 1)")
        .doc("the version of the TLS connection's protocol: 1.2, 1.3"),
    TokenField::computed("tls.version_protocol", Kind::Text, Role::Dimension, &TLS_NAME)
        .athena("lower(regexp_extract(ssl_protocol, '^([^/.0-9]+?)[vV]?/?[0-9][0-9.]*$', 1))")
        .doc("the TLS connection's protocol without its version: tls or ssl"),
];

static HTTP_VERSION: Computed = Computed { from: &["cs-protocol-version"], value: protocol::version };
static TLS_VERSION: Computed = Computed { from: &["ssl-protocol"], value: protocol::version };
static TLS_NAME: Computed = Computed { from: &["ssl-protocol"], value: protocol::name };
