//! One query over all web access logs that are loaded: the four questions that such a tool is asked first.

use logloupe_tests::command::Folder;
use serde_json::{Value, json};

use crate::logloupe;

/// How many logs there are.
const LOGS: u64 = 10;

/// A file per format that answers to `access_logs`, each with two requests of one client and one of another.
fn folder() -> Folder {
    let folder = Folder::new();
    let line = |status: u16, path: &str, bytes: u32, client: &str, second: u8| {
        let owner = "5f0e8a1c2b3d4e5f";
        let s3 = format!(
            "{owner} b [05/Mar/2026:01:31:{second:02} +0000] {client} - 3E57 REST.GET.OBJECT k \"GET {path} HTTP/1.1\" \
             {status} - {bytes} - 7 - \"-\" \"say \"hi\" now\" - h= SigV4 TLS_AES AuthHeader b.s3.amazonaws.com TLSv1.3 - - -"
        );
        let alb = format!(
            "https 2026-03-05T01:31:{second:02}.000000Z app/shop/50dc {client}:40122 - -1 -1 -1 {status} - 120 {bytes} \
             \"GET https://b.example.com:443{path} HTTP/1.1\" \"curl/8\" TLS_AES TLSv1.3 - \"Root=1-6\""
        );
        let clb = format!(
            "2026-03-05T01:31:{second:02}.000000Z lb {client}:40122 - -1 -1 -1 {status} - 0 {bytes} \
             \"GET http://b.example.com:80{path} HTTP/1.1\" \"curl/8\" - -"
        );
        let cloudfront = format!(
            "2026-03-05\t01:31:{second:02}\tFRA56-P5\t{bytes}\t{client}\tGET\td1.cloudfront.net\t{path}\t{status}"
        );
        // Milliseconds, and a field that only the user's choice puts there.
        let realtime = format!(
            "{}.250\t{client}\t{status}\t{bytes}\tGET\twww.example.com\t{path}\tFRA56-P5\t-",
            1_772_674_260 + u32::from(second)
        );
        let gateway = format!(
            "{client} - - [05/Mar/2026:01:31:{second:02} +0000] \"GET {path} HTTP/1.1\" {status} {bytes} \
             f71c1a2b-00{second:02}-4a8e-a965-15ccbbb78d4c Xyz{second}aExampleId="
        );
        let place = if client.contains(':') { format!("[{client}]") } else { client.to_owned() };
        let lattice = json!({
            "serviceArn": "arn:aws:vpc-lattice:eu-central-1:111122223333:service/svc-0a1b",
            "startTime": format!("2026-03-05T01:31:{second:02}Z"),
            "sourceIpPort": format!("{place}:36172"),
            "requestMethod": "GET",
            "requestPath": path,
            "responseCode": status,
            "bytesReceived": 42,
            "bytesSent": bytes,
        });
        let nginx = format!(
            "b.example.com:443 {client} - - [05/Mar/2026:01:31:{second:02} +0000] \"GET {path} HTTP/1.1\" {status} {bytes} \
             \"-\" \"curl/8\" 0.004"
        );
        let iis =
            format!("2026-03-05 01:31:{second:02} {client} GET b.example.com {path} {status} {bytes} curl/8");
        let envoy = format!(
            "[2026-03-05T01:31:{second:02}.000Z] \"GET {path} HTTP/1.1\" {status} - 0 {bytes} 1 1 \"{client}\" \"curl/8\" \
             \"0c7f0f4c-9bb0\" \"b.example.com\" \"10.0.0.1:80\""
        );
        [s3, alb, clb, cloudfront, realtime, gateway, lattice.to_string(), nginx, iis, envoy]
    };
    let rows = [
        line(200, "/a", 100, "192.0.2.1", 1),
        line(404, "/b", 10, "192.0.2.1", 2),
        line(200, "/a", 1, "2001:db8::1", 3),
    ];
    let header = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status\n";
    let chosen =
        "timestamp c-ip sc-status sc-bytes cs-method cs-host cs-uri-stem x-edge-location c-country\n";
    let files = [
        ("s3", ""),
        ("alb.log", ""),
        ("clb.log", ""),
        ("cloudfront", header),
        ("realtime.log", chosen),
        ("gateway.log", ""),
        ("lattice.ndjson", ""),
        ("nginx.log", ""),
        (
            "iis.log",
            "#Fields: date time c-ip cs-method cs-host cs-uri-stem sc-status sc-bytes cs(User-Agent)\n",
        ),
        ("envoy.log", ""),
    ];
    for (i, (name, before)) in files.into_iter().enumerate() {
        let text: Vec<&str> = rows.iter().map(|row| row[i].as_str()).collect();
        folder.write(name, format!("{before}{}\n", text.join("\n")).as_bytes());
    }
    folder
}

#[test]
fn one_query_reads_all_web_access_logs() {
    let folder = folder();
    let ask = |query: &str| -> Value {
        let said = logloupe(&["query", "--sql", "--output", "json", query, folder.arg()]);
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{query}");
        said.json()
    };
    for (query, answer) in [
        (
            "SELECT count(DISTINCT \"@format\") AS logs, count(*) AS n FROM access_logs",
            json!([{ "logs": LOGS, "n": LOGS * 3 }]),
        ),
        (
            "SELECT requestip, count(*) AS n FROM access_logs GROUP BY requestip ORDER BY n DESC",
            json!([{ "requestip": "192.0.2.1", "n": LOGS * 2 }, { "requestip": "2001:db8::1", "n": LOGS }]),
        ),
        (
            "SELECT statuscode, count(*) AS n FROM access_logs GROUP BY statuscode ORDER BY n DESC",
            json!([{ "statuscode": 200, "n": LOGS * 2 }, { "statuscode": 404, "n": LOGS }]),
        ),
        (
            "SELECT requesturi, count(*) AS n FROM access_logs WHERE method = 'GET' GROUP BY requesturi ORDER BY n DESC",
            json!([{ "requesturi": "/a", "n": LOGS * 2 }, { "requesturi": "/b", "n": LOGS }]),
        ),
        (
            "SELECT sum(bytes) AS bytes FROM access_logs WHERE requestip = '192.0.2.1'",
            json!([{ "bytes": LOGS * 110 }]),
        ),
        (
            "SELECT date_trunc('second', time) AS at, count(*) AS n FROM access_logs GROUP BY 1 ORDER BY at",
            json!([
                { "at": "2026-03-05T01:31:01Z", "n": LOGS },
                { "at": "2026-03-05T01:31:02Z", "n": LOGS },
                { "at": "2026-03-05T01:31:03Z", "n": LOGS },
            ]),
        ),
    ] {
        assert_eq!(ask(query), answer, "{query}");
    }
    // The same in the query language, by the names of ECS.
    let query = "filter source.ip = \"192.0.2.1\" | stats count(*) as n, sum(http.response.bytes) as bytes by event.outcome | sort n desc, bytes desc";
    let said = logloupe(&["query", "--output", "json", query, folder.arg()]);
    let expected = json!([
        { "event.outcome": "success", "n": LOGS, "bytes": LOGS * 100 },
        { "event.outcome": "failure", "n": LOGS, "bytes": LOGS * 10 },
    ]);
    assert_eq!(said.json(), expected);
}

#[test]
fn a_balancers_logs_join() {
    let folder = Folder::new();
    let lb = "app/shop/50dc6c495c0c9188 192.0.2.30";
    let request = format!(
        "https 2026-03-05T01:31:20.1Z {} 198.51.100.7:50599 [2001:db8::2]:8080 0.001 0.052 0.000 502 502 589 2084 \
         \"GET https://b.example.com:443/a HTTP/2.0\" \"curl/8\" TLS_AES TLSv1.3 arn \"Root=1-6\" \"b.example.com\" \"-\" 0 \
         2026-03-05T01:31:20.0Z \"forward\" \"-\" \"-\" \"[2001:db8::2]:8080\" \"502\" \"-\" \"-\" TID_2a1b\n",
        "app/shop/50dc6c495c0c9188"
    );
    let connection = format!(
        "2026-03-05T01:31:20.0Z 198.51.100.7 50599 443 TLSv1.3 TLS_AES 0.012 \"CN=a \"b\" c\" \
         NotBefore=2025-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z 01 Success TID_2a1b x25519 {lb}\n"
    );
    let check =
        format!("https 2026-03-05T01:31:14.9Z 1.12 2001:db8:0::2:8080 shop FAIL 502 TargetError {lb}\n");
    for (name, text) in [("requests.log", request), ("connections.log", connection), ("checks.log", check)] {
        folder.write(name, text.as_bytes());
    }
    let query = "SELECT a.elb_status_code AS status, c.leaf_client_cert_subject AS subject, h.reason_code AS reason FROM alb a \
                 JOIN alb_connection c ON a.conn_trace_id = c.conn_trace_id \
                 JOIN alb_health h ON a.target_ip = h.target_ip AND a.target_port = h.target_port";
    let said = logloupe(&["query", "--sql", "--output", "json", query, folder.arg()]);
    let expected = json!([{ "status": 502, "subject": "CN=a \"b\" c", "reason": "TargetError" }]);
    assert_eq!((said.status, said.err.as_str(), said.json()), (0, "", expected));
}
