CREATE EXTERNAL TABLE IF NOT EXISTS network_firewall_logs (
  firewall_name STRING,
  availability_zone STRING,
  event_timestamp STRING,
  event STRUCT<
    timestamp: STRING,
    flow_id: BIGINT,
    event_type: STRING,
    src_ip: STRING,
    src_port: INT,
    dest_ip: STRING,
    dest_port: INT,
    proto: STRING,
    app_proto: STRING,
    direction: STRING,
    pkt_src: STRING,
    icmp_type: INT,
    icmp_code: INT,
    sni: STRING,
    tls_inspected: BOOLEAN,
    tls_error: STRUCT<error_message: STRING>,
    revocation_check: STRUCT<leaf_cert_fpr: STRING, status: STRING, action: STRING>,
    alert: STRUCT<action: STRING, signature_id: INT, rev: INT, gid: INT, signature: STRING, category: STRING, severity: INT>,
    verdict: STRUCT<action: STRING>,
    aws_category: STRING,
    http: STRUCT<hostname: STRING, url: STRING, http_user_agent: STRING, http_method: STRING, protocol: STRING, status: INT, length: BIGINT>,
    tls: STRUCT<sni: STRING, version: STRING, subject: STRING, issuerdn: STRING, ja3: STRUCT<hash: STRING>>,
    netflow: STRUCT<pkts: INT, bytes: BIGINT, start: STRING, `end`: STRING, age: INT, min_ttl: INT, max_ttl: INT>,
    tcp: STRUCT<tcp_flags: STRING>
  >
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/111122223333/network-firewall/alert/us-east-1/';
