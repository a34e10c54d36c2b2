CREATE EXTERNAL TABLE IF NOT EXISTS r53_rlogs (
  version STRING,
  account_id STRING,
  region STRING,
  vpc_id STRING,
  query_timestamp STRING,
  query_name STRING,
  query_type STRING,
  query_class STRING,
  rcode STRING,
  answers ARRAY<STRUCT<Rdata: STRING, Type: STRING, Class: STRING>>,
  srcaddr STRING,
  srcport INT,
  transport STRING,
  srcids STRUCT<instance: STRING, resolver_endpoint: STRING>,
  firewall_rule_action STRING,
  firewall_rule_group_id STRING,
  firewall_domain_list_id STRING
)
PARTITIONED BY (`date` STRING, `vpc` STRING)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/111122223333/vpcdnsquerylogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.vpc.type' = 'enum',
  'projection.vpc.values' = 'vpc-0a1b2c3d4e5f60718',
  'projection.date.type' = 'date',
  'projection.date.range' = '2026/01/01,NOW',
  'projection.date.format' = 'yyyy/MM/dd',
  'projection.date.interval' = '1',
  'projection.date.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/AWSLogs/111122223333/vpcdnsquerylogs/${vpc}/${date}/'
);
