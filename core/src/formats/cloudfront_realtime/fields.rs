//! The columns of real-time logs, in the order in which all fields stand.

use crate::formats::field::{
    TokenField,
    cells::{float, integer, outcome_of_status, status, text},
    protocol,
};
use logloupe_table::{Cell, Computed, Kind, Role, Unit};

pub(super) static FIELDS: &[TokenField] = &[
    TokenField::new("timestamp", Kind::Float, Role::Timestamp, float).unit(Unit::EpochSeconds).doc("when the server finished responding, in seconds with thousandths"),
    TokenField::new("c-ip", Kind::Ip, Role::Dimension, text).aliases(&["c_ip", "requestip", "request_ip", "source.ip", "source.address", "client.ip"]).doc("address of the viewer, or of its proxy"),
    TokenField::new("s-ip", Kind::Ip, Role::Dimension, text).aliases(&["s_ip", "destination.ip", "server.ip"]).doc("address of the CloudFront server"),
    TokenField::new("time-to-first-byte", Kind::Float, Role::Measure, float).unit(Unit::Seconds).aliases(&["time_to_first_byte"]).doc("from receiving the request to writing the first byte of the response"),
    TokenField::new("sc-status", Kind::Int, Role::Status, status).aliases(&["sc_status", "statuscode", "status", "http.response.status_code"]).doc("status of the response; 0 where the viewer was gone"),
    TokenField::again("event.outcome", Kind::Text, Role::Status, outcome_of_status)
        .athena("CASE WHEN sc_status IS NULL THEN 'unknown' WHEN sc_status BETWEEN 1 AND 399 THEN 'success' ELSE 'failure' END")
        .made()
        .doc("success below status 400, failure from there on, unknown without a status"),
    TokenField::new("sc-bytes", Kind::Int, Role::Measure, integer).unit(Unit::Bytes).aliases(&["sc_bytes", "bytes", "http.response.bytes", "destination.bytes"]).doc("size of the response, headers included"),
    TokenField::new("cs-method", Kind::Text, Role::Dimension, text).aliases(&["cs_method", "method", "http.request.method"]).doc("the method of the request"),
    TokenField::new("cs-protocol", Kind::Text, Role::Dimension, text).aliases(&["cs_protocol", "url.scheme", "network.protocol"]).doc("http, https, ws, wss, grpcs"),
    TokenField::new("cs-host", Kind::Text, Role::Dimension, text).aliases(&["cs_host", "host", "url.domain"]).doc("the Host header that the viewer sent: in standard logs that is x-host-header"),
    TokenField::new("cs-uri-stem", Kind::Text, Role::Dimension, text).aliases(&["cs_uri_stem", "url.original"]).doc("path and query of the request's URL"),
    TokenField::new("cs-bytes", Kind::Int, Role::Measure, integer).unit(Unit::Bytes).aliases(&["cs_bytes", "http.request.bytes", "source.bytes"]).doc("size of the request, headers included"),
    TokenField::new("x-edge-location", Kind::Text, Role::Dimension, text).aliases(&["x_edge_location"]).doc("the edge location, by airport"),
    TokenField::new("x-edge-request-id", Kind::Text, Role::Identifier, text).aliases(&["x_edge_request_id", "requestid", "request_id", "http.request.id"]).doc("the request's id"),
    TokenField::new("x-host-header", Kind::Text, Role::Dimension, text).aliases(&["x_host_header"]).doc("the distribution's domain name: in standard logs that is cs(Host)"),
    TokenField::new("time-taken", Kind::Float, Role::Measure, float).unit(Unit::Seconds).aliases(&["time_taken"]).doc("from receiving the request to sending the last byte of the response"),
    TokenField::new("cs-protocol-version", Kind::Text, Role::Dimension, text).aliases(&["cs_protocol_version", "http_version"]).doc("HTTP version of the request"),
    TokenField::new("c-ip-version", Kind::Text, Role::Dimension, text).aliases(&["c_ip_version"]).doc("IPv4 or IPv6"),
    TokenField::new("cs-user-agent", Kind::Text, Role::Dimension, text).percent().athena("url_decode(replace(nullif(cs_user_agent, '-'), '+', '%2B'))").aliases(&["cs_user_agent", "useragent", "user_agent", "user_agent.original"]).doc("the User-Agent header, percent-decoded"),
    TokenField::new("cs-referer", Kind::Text, Role::Dimension, text).aliases(&["cs_referer", "referrer", "referer", "http.request.referrer"]).doc("the Referer header"),
    TokenField::new("cs-cookie", Kind::Text, Role::Identifier, text).aliases(&["cs_cookie", "cookie"]).doc("the Cookie header, cut at 800 bytes"),
    TokenField::new("cs-uri-query", Kind::Text, Role::Identifier, text).aliases(&["cs_uri_query", "querystring", "query_string", "url.query"]).doc("the query of the request's URL"),
    TokenField::new("x-edge-response-result-type", Kind::Text, Role::Status, text).aliases(&["x_edge_response_result_type"]).doc("how the edge classified the response just before returning it"),
    TokenField::new("x-forwarded-for", Kind::Text, Role::Dimension, text).percent().athena("url_decode(replace(nullif(x_forwarded_for, '-'), '+', '%2B'))").aliases(&["x_forwarded_for", "network.forwarded_ip"]).doc("the X-Forwarded-For header, percent-decoded"),
    TokenField::new("ssl-protocol", Kind::Text, Role::Dimension, text).aliases(&["ssl_protocol"]).doc("protocol of the TLS connection"),
    TokenField::new("ssl-cipher", Kind::Text, Role::Dimension, text).aliases(&["ssl_cipher", "tls.cipher"]).doc("cipher of the TLS connection"),
    TokenField::new("x-edge-result-type", Kind::Text, Role::Status, text).aliases(&["x_edge_result_type", "result_type", "event.action"]).doc("how the edge classified the response: Hit, Miss, RefreshHit, Error, LimitExceeded, Redirect"),
    TokenField::new("fle-encrypted-fields", Kind::Int, Role::Measure, integer).aliases(&["fle_encrypted_fields"]).doc("how many fields field-level encryption encrypted"),
    TokenField::new("fle-status", Kind::Text, Role::Status, text).aliases(&["fle_status"]).doc("how field-level encryption of the request body ended"),
    TokenField::new("sc-content-type", Kind::Text, Role::Dimension, text).percent().athena("url_decode(replace(nullif(sc_content_type, '-'), '+', '%2B'))").aliases(&["sc_content_type", "http.response.mime_type"]).doc("the response's Content-Type header, percent-decoded"),
    TokenField::new("sc-content-len", Kind::Int, Role::Measure, integer).unit(Unit::Bytes).aliases(&["sc_content_len", "http.response.body.bytes"]).doc("the response's Content-Length header"),
    TokenField::new("sc-range-start", Kind::Int, Role::Identifier, integer).unit(Unit::Bytes).aliases(&["sc_range_start"]).doc("start of the range that the response holds"),
    TokenField::new("sc-range-end", Kind::Int, Role::Identifier, integer).unit(Unit::Bytes).aliases(&["sc_range_end"]).doc("end of the range that the response holds"),
    TokenField::new("c-port", Kind::Int, Role::Identifier, integer).aliases(&["c_port", "source.port", "client.port"]).doc("port of the viewer"),
    TokenField::new("x-edge-detailed-result-type", Kind::Text, Role::Status, text).aliases(&["x_edge_detailed_result_type", "event.reason"]).doc("the result type in detail"),
    TokenField::new("c-country", Kind::Text, Role::Dimension, text).aliases(&["c_country", "source.geo.country_iso_code"]).doc("country of the viewer, by its address"),
    TokenField::new("cs-accept-encoding", Kind::Text, Role::Dimension, text).aliases(&["cs_accept_encoding"]).doc("the Accept-Encoding header"),
    TokenField::new("cs-accept", Kind::Text, Role::Dimension, text).aliases(&["cs_accept"]).doc("the Accept header"),
    TokenField::new("cache-behavior-path-pattern", Kind::Text, Role::Dimension, text).aliases(&["cache_behavior_path_pattern"]).doc("the cache behaviour that matched"),
    TokenField::new("cs-headers", Kind::Text, Role::Identifier, text).percent().athena("url_decode(replace(nullif(cs_headers, '-'), '+', '%2B'))").aliases(&["cs_headers"]).doc("names and values of the request's headers, each on a line, cut at 800 bytes"),
    TokenField::new("cs-header-names", Kind::Text, Role::Identifier, text).percent().athena("url_decode(replace(nullif(cs_header_names, '-'), '+', '%2B'))").aliases(&["cs_header_names"]).doc("their names, each on a line: order and spelling tell clients apart"),
    TokenField::new("cs-headers-count", Kind::Int, Role::Measure, integer).aliases(&["cs_headers_count"]).doc("how many headers the request had"),
    TokenField::new("primary-distribution-id", Kind::Text, Role::Dimension, text).aliases(&["primary_distribution_id"]).doc("the primary distribution of a continuous deployment"),
    TokenField::new("primary-distribution-dns-name", Kind::Text, Role::Dimension, text).aliases(&["primary_distribution_dns_name"]).doc("the primary distribution's domain name"),
    TokenField::new("origin-fbl", Kind::Float, Role::Measure, float).unit(Unit::Seconds).aliases(&["origin_fbl"]).doc("first-byte latency between CloudFront and the origin"),
    TokenField::new("origin-lbl", Kind::Float, Role::Measure, float).unit(Unit::Seconds).aliases(&["origin_lbl"]).doc("last-byte latency between CloudFront and the origin"),
    TokenField::new("asn", Kind::Int, Role::Dimension, integer).aliases(&["source.as.number"]).doc("autonomous system of the viewer"),
    TokenField::new("cmcd-encoded-bitrate", Kind::Text, Role::Dimension, text).aliases(&["cmcd_encoded_bitrate"]).doc("encoded bitrate of the object"),
    TokenField::new("cmcd-buffer-length", Kind::Text, Role::Dimension, text).aliases(&["cmcd_buffer_length"]).doc("length of the player's buffer"),
    TokenField::new("cmcd-buffer-starvation", Kind::Text, Role::Dimension, text).aliases(&["cmcd_buffer_starvation"]).doc("whether the player's buffer ran empty"),
    TokenField::new("cmcd-content-id", Kind::Text, Role::Dimension, text).aliases(&["cmcd_content_id"]).doc("id of the content"),
    TokenField::new("cmcd-object-duration", Kind::Text, Role::Dimension, text).aliases(&["cmcd_object_duration"]).doc("how long the object plays"),
    TokenField::new("cmcd-deadline", Kind::Text, Role::Dimension, text).aliases(&["cmcd_deadline"]).doc("until when the player needs the object"),
    TokenField::new("cmcd-measured-throughput", Kind::Text, Role::Dimension, text).aliases(&["cmcd_measured_throughput"]).doc("throughput that the player measured"),
    TokenField::new("cmcd-next-object-request", Kind::Text, Role::Dimension, text).aliases(&["cmcd_next_object_request"]).doc("path of the object that is asked for next"),
    TokenField::new("cmcd-next-range-request", Kind::Text, Role::Dimension, text).aliases(&["cmcd_next_range_request"]).doc("range that is asked for next"),
    TokenField::new("cmcd-object-type", Kind::Text, Role::Dimension, text).aliases(&["cmcd_object_type"]).doc("kind of the object: audio, video, manifest"),
    TokenField::new("cmcd-playback-rate", Kind::Text, Role::Dimension, text).aliases(&["cmcd_playback_rate"]).doc("speed of playing"),
    TokenField::new("cmcd-requested-maximum-throughput", Kind::Text, Role::Dimension, text).aliases(&["cmcd_requested_maximum_throughput"]).doc("throughput that the player asks for"),
    TokenField::new("cmcd-streaming-format", Kind::Text, Role::Dimension, text).aliases(&["cmcd_streaming_format"]).doc("format of the stream"),
    TokenField::new("cmcd-session-id", Kind::Text, Role::Dimension, text).aliases(&["cmcd_session_id"]).doc("the player's session"),
    TokenField::new("cmcd-stream-type", Kind::Text, Role::Dimension, text).aliases(&["cmcd_stream_type"]).doc("v for video on demand, l for live"),
    TokenField::new("cmcd-startup", Kind::Text, Role::Dimension, text).aliases(&["cmcd_startup"]).doc("whether the object is needed to start playing"),
    TokenField::new("cmcd-top-bitrate", Kind::Text, Role::Dimension, text).aliases(&["cmcd_top_bitrate"]).doc("highest bitrate that the player may play"),
    TokenField::new("cmcd-version", Kind::Text, Role::Dimension, text).aliases(&["cmcd_version"]).doc("version of CMCD"),
    TokenField::new("r-host", Kind::Text, Role::Dimension, text).aliases(&["r_host"]).doc("the origin's host"),
    TokenField::new("sr-reason", Kind::Text, Role::Dimension, text).aliases(&["sr_reason"]).doc("why the request was sent to that origin"),
    TokenField::new("x-edge-mqcs", Kind::Text, Role::Dimension, text).aliases(&["x_edge_mqcs"]).doc("media quality score of the connection"),
    TokenField::new("distribution-tenant-id", Kind::Text, Role::Dimension, text).aliases(&["distribution_tenant_id"]).doc("the distribution tenant"),
    TokenField::new("connection-id", Kind::Text, Role::Identifier, text).aliases(&["connection_id"]).doc("the connection, as the connection log names it"),
    // Computed.
    TokenField::computed("url.path", Kind::Text, Role::Dimension, &PATH)
        .aliases(&["requesturi", "uri"])
        .athena("regexp_extract(cs_uri_stem, '^[^?]+')")
        .doc("the path of the request's URL"),
    TokenField::computed("time", Kind::Time, Role::Timestamp, &TIME)
        .aliases(&["event.end"])
        .athena("from_unixtime(TRY_CAST(\"timestamp\" AS double))")
        .doc("when the server finished responding"),
    TokenField::computed("http.version", Kind::Text, Role::Dimension, &HTTP_VERSION)
        .athena("regexp_extract(cs_protocol_version, '^[^/.0-9]+/?([0-9][0-9.]*)$', 1)")
        .doc("the version of HTTP of the request: 1.1, 2.0, 3.0"),
    TokenField::computed("tls.version", Kind::Text, Role::Dimension, &TLS_VERSION)
        .athena("regexp_extract(ssl_protocol, '^[^/.0-9]+/?([0-9][0-9.]*)$', 1)")
        .doc("the version of the TLS connection's protocol: 1.2, 1.3"),
];

static PATH: Computed = Computed { from: &["cs-uri-stem"], value: path };
static TIME: Computed = Computed { from: &["timestamp"], value: time };
static HTTP_VERSION: Computed = Computed { from: &["cs-protocol-version"], value: protocol::version };
static TLS_VERSION: Computed = Computed { from: &["ssl-protocol"], value: protocol::version };

fn path<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    match cells {
        [Cell::Text(stem)] => match stem.split(|b| *b == b'?').next() {
            Some(path) if !path.is_empty() => Cell::Text(path),
            _ => Cell::Null,
        },
        _ => Cell::Null,
    }
}

fn time<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    match cells {
        [Cell::Float(seconds)] if seconds.abs() < 9e12 => Cell::Time((seconds * 1e6).round() as i64),
        _ => Cell::Null,
    }
}
