CREATE EXTERNAL TABLE IF NOT EXISTS nlb_tls_logs (
  type STRING,
  version STRING,
  time STRING,
  elb STRING,
  listener_id STRING,
  client_ip STRING,
  client_port INT,
  target_ip STRING,
  target_port INT,
  tcp_connection_time_ms DOUBLE,
  tls_handshake_time_ms DOUBLE,
  received_bytes BIGINT,
  sent_bytes BIGINT,
  incoming_tls_alert INT,
  cert_arn STRING,
  certificate_serial STRING,
  tls_cipher_suite STRING,
  tls_protocol_version STRING,
  tls_named_group STRING,
  domain_name STRING,
  alpn_fe_protocol STRING,
  alpn_be_protocol STRING,
  alpn_client_preference_list STRING,
  tls_connection_creation_time STRING
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES (
  'serialization.format' = '1',
  'input.regex' = '([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*):([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-0-9]*) ([-0-9]*) ([-0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ?([^ ]*)?( .*)?'
)
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/111122223333/elasticloadbalancing/us-east-1/';
