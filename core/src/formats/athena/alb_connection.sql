CREATE EXTERNAL TABLE IF NOT EXISTS alb_connection_logs (
  time STRING,
  client_ip STRING,
  client_port INT,
  listener_port INT,
  tls_protocol STRING,
  tls_cipher STRING,
  tls_handshake_latency DOUBLE,
  leaf_client_cert_subject STRING,
  leaf_client_cert_validity STRING,
  leaf_client_cert_serial_number STRING,
  tls_verify_status STRING,
  conn_trace_id STRING
)
PARTITIONED BY (day STRING)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES (
  'serialization.format' = '1',
  'input.regex' = '([^ ]*) ([^ ]*) ([0-9]*) ([0-9]*) ([A-Za-z0-9.-]*) ([^ ]*) ([-.0-9]*) \"([^\"]*)\" ([^ ]*) ([^ ]*) ([^ ]*) ?([^ ]*)?( .*)?'
)
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/111122223333/elasticloadbalancing/us-east-1/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.interval' = '1',
  'projection.day.interval.unit' = 'DAYS',
  'projection.day.range' = '2024/01/01,NOW',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/AWSLogs/111122223333/elasticloadbalancing/us-east-1/${day}'
);
