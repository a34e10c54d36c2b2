//! The field table: one line per column, with the names that templates give its value. The names of `$context` variables
//! are <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html>, read
//! 2026-11-26.

use crate::formats::field::json::text;
use crate::formats::field::{json::JsonField, protocol as versions};
use logloupe_table::{Cell, Computed, Kind, Role, Unit};

const fn millis(path: &'static str) -> JsonField {
    JsonField::new(path, Kind::Int, Role::Measure).unit(Unit::Millis)
}

/// Where JSON has the time of the request as web servers write it, or in ISO 8601.
pub(super) const TIMES: &[&str] = &["requestTime", "request_time", "requesttime"];
/// Where it has the same in milliseconds since 1970.
pub(super) const EPOCHS: &[&str] = &["requestTimeEpoch", "request_time_epoch"];
/// Where it has the id without which a template is refused.
pub(super) const IDS: &[&str] =
    &["requestId", "request_id", "requestID", "extendedRequestId", "extended_request_id"];

pub(super) static FIELDS: &[JsonField] = &[
    JsonField::derived("requestTime", Kind::Time, Role::Timestamp)
        .aliases(&["time", "requestTimeEpoch", "request_time", "event.created"])
        .doc("when the request came, in seconds, or in milliseconds where the log has requestTimeEpoch"),
    JsonField::new("ip", Kind::Ip, Role::Dimension)
        .also(&[
            "sourceIp",
            "sourceIP",
            "source_ip",
            "identity.sourceIp",
            "clientIp",
            "client_ip",
            "ipAddress",
        ])
        .aliases(&["requestip", "source.ip", "source.address", "client.ip"])
        .doc("address of the client"),
    text("httpMethod", Role::Dimension)
        .also(&["http_method", "method", "requestMethod"])
        .aliases(&["method", "http.request.method"])
        .doc("method of the request; none of WebSocket messages"),
    text("resourcePath", Role::Dimension)
        .also(&["resource_path", "resource"])
        .doc("the path as the API declares it, such as /pets/{id}"),
    text("routeKey", Role::Dimension)
        .also(&["route_key", "route"])
        .doc("the route that was chosen: a method and a path, $default, $connect or an action"),
    text("path", Role::Identifier)
        .also(&["requestPath", "uri"])
        .doc("the path that was asked for, with the stage"),
    JsonField::computed("url.path", Kind::Text, Role::Identifier, &PATH)
        .aliases(&["requesturi"])
        .doc("the path that was asked for, or the one that the API declares"),
    JsonField::new("status", Kind::Int, Role::Status)
        .also(&["statusCode", "status_code"])
        .aliases(&["statuscode", "http.response.status_code"])
        .doc("status of the gateway's response"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("success below status 400, failure from there on, unknown without a status"),
    text("protocol", Role::Dimension).also(&["httpProtocol"]).doc("protocol of the request"),
    JsonField::computed("http.version", Kind::Text, Role::Dimension, &HTTP_VERSION)
        .doc("version of HTTP: 1.1, 2.0"),
    JsonField::new("responseLength", Kind::Int, Role::Measure)
        .also(&["response_length", "contentLength"])
        .unit(Unit::Bytes)
        .aliases(&["bytes", "http.response.bytes"])
        .doc("size of the response's body"),
    text("requestId", Role::Identifier)
        .also(&["request_id", "requestID"])
        .aliases(&["http.request.id"])
        .doc("the request's id, which a client may choose: it is not unique"),
    text("extendedRequestId", Role::Identifier)
        .also(&["extended_request_id"])
        .doc("the id that the gateway gave the request"),
    text("caller", Role::Dimension)
        .also(&["identity.caller"])
        .aliases(&["user.id"])
        .doc("id of the principal that signed the request"),
    text("user", Role::Dimension)
        .also(&["identity.user"])
        .aliases(&["user.name"])
        .doc("id of the user that is authorized for the resource"),
    text("userArn", Role::Dimension).also(&["user_arn", "identity.userArn"]).doc("ARN of that user"),
    text("principalId", Role::Dimension)
        .also(&["principal_id", "authorizerPrincipalId", "authorizer.principalId"])
        .doc("who called, as a Lambda authorizer says"),
    text("apiKeyId", Role::Dimension).also(&["api_key_id", "identity.apiKeyId"]).doc("id of the API key"),
    text("userAgent", Role::Dimension)
        .also(&["user_agent", "identity.userAgent"])
        .aliases(&["user_agent.original"])
        .doc("the client's User-Agent header"),
    text("domainName", Role::Dimension)
        .also(&["domain_name", "domain"])
        .aliases(&["host", "url.domain"])
        .doc("the API's domain that was asked"),
    text("apiId", Role::Dimension).also(&["api_id"]).doc("the API"),
    text("stage", Role::Dimension).doc("its stage"),
    text("accountId", Role::Dimension)
        .also(&["account_id"])
        .aliases(&["cloud.account.id"])
        .doc("the API's account"),
    text("eventType", Role::Dimension)
        .also(&["event_type"])
        .aliases(&["event.action"])
        .doc("of WebSocket APIs CONNECT, MESSAGE or DISCONNECT"),
    text("connectionId", Role::Identifier).also(&["connection_id"]).doc("the WebSocket connection"),
    text("messageId", Role::Identifier).also(&["message_id"]).doc("the message's id"),
    JsonField::new("integrationStatus", Kind::Int, Role::Status)
        .also(&["integration_status", "integration.status", "integration.integrationStatus"])
        .doc("status that the integration gave"),
    millis("integrationLatency")
        .also(&["integration_latency", "integration.latency"])
        .doc("time that the integration took"),
    text("integrationError", Role::Identifier)
        .also(&["integrationErrorMessage", "integration_error", "integration.error"])
        .aliases(&["integrationErrorMessage"])
        .doc("what the integration said went wrong"),
    millis("responseLatency")
        .also(&["response_latency"])
        .aliases(&["event.duration"])
        .doc("time until the response was given"),
    text("errorMessage", Role::Dimension)
        .also(&["error_message", "error.message", "error.messageString"])
        .aliases(&["error.message"])
        .doc("what the gateway said went wrong"),
    text("errorResponseType", Role::Status)
        .also(&["error_response_type", "responseType", "error.responseType"])
        .aliases(&["error.code"])
        .doc("kind of the gateway's error: UNAUTHORIZED, ACCESS_DENIED, THROTTLED and others"),
    text("validationError", Role::Identifier)
        .also(&["validationErrorString", "error.validationErrorString"])
        .doc("why the request's body or parameters were not valid"),
    text("authorizerError", Role::Identifier)
        .also(&["authorizer.error"])
        .doc("what the authorizer said went wrong"),
    JsonField::new("authorizerStatus", Kind::Int, Role::Status)
        .also(&["authorizer.status"])
        .doc("status that the authorizer gave"),
    millis("authorizerLatency").also(&["authorizer.latency"]).doc("time that the authorizer took"),
    text("wafResponseCode", Role::Status)
        .also(&["waf.responseCode"])
        .doc("what AWS WAF said: WAF_ALLOW or WAF_BLOCK"),
    text("cipherSuite", Role::Dimension)
        .also(&["cipher_suite"])
        .aliases(&["tls.cipher"])
        .doc("cipher of the TLS connection"),
    text("tlsVersion", Role::Dimension).also(&["tls_version"]).doc("TLS version as the log has it"),
    JsonField::computed("tls.version", Kind::Text, Role::Dimension, &TLS_VERSION)
        .doc("version of TLS: 1.2, 1.3"),
    text("xrayTraceId", Role::Identifier)
        .also(&["xray_trace_id", "traceId"])
        .aliases(&["trace.id"])
        .doc("the X-Ray trace"),
    text("vpceId", Role::Dimension)
        .also(&["vpce_id", "identity.vpceId"])
        .doc("the VPC endpoint through which it came"),
    text("awsEndpointRequestId", Role::Identifier)
        .also(&["aws_endpoint_request_id", "integrationRequestId", "integration.requestId"])
        .doc("id of the request to the integration"),
];

static PATH: Computed = Computed { from: &["path", "resourcePath", "routeKey"], value: path };
static OUTCOME: Computed = Computed { from: &["status"], value: outcome };
static HTTP_VERSION: Computed = Computed { from: &["protocol"], value: versions::version };
static TLS_VERSION: Computed = Computed { from: &["tlsVersion"], value: versions::version };

/// The first path that there is; a route's is what begins with its slash.
fn path<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    cells
        .iter()
        .find_map(|cell| match cell {
            Cell::Text(text) => memchr::memchr(b'/', text).and_then(|at| text.get(at..)).map(Cell::Text),
            _ => None,
        })
        .unwrap_or(Cell::Null)
}

fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    Cell::Text(match cells {
        [Cell::Int(1..=399)] => b"success",
        [Cell::Int(_)] => b"failure",
        _ => b"unknown",
    })
}
