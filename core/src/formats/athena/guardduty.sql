CREATE EXTERNAL TABLE IF NOT EXISTS gd_logs (
  schemaversion STRING,
  accountid STRING,
  region STRING,
  `partition` STRING,
  id STRING,
  arn STRING,
  type STRING,
  resource STRING,
  service STRING,
  severity STRING,
  createdat STRING,
  updatedat STRING,
  title STRING,
  description STRING
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/111122223333/GuardDuty/'
TBLPROPERTIES ('has_encrypted_data' = 'true');
