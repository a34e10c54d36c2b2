CREATE EXTERNAL TABLE IF NOT EXISTS aga_flow_logs (
  version STRING,
  account STRING,
  acceleratorid STRING,
  clientip STRING,
  clientport INT,
  gip STRING,
  gipport INT,
  endpointip STRING,
  endpointport INT,
  protocol STRING,
  ipaddresstype STRING,
  numpackets BIGINT,
  numbytes BIGINT,
  starttime BIGINT,
  endtime BIGINT,
  action STRING,
  logstatus STRING,
  agasourceip STRING,
  agasourceport INT,
  endpointregion STRING,
  agaregion STRING,
  direction STRING,
  vpc_id STRING,
  reject_reason STRING
)
PARTITIONED BY (dt STRING)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/111122223333/globalaccelerator/us-west-2/'
TBLPROPERTIES ('skip.header.line.count' = '1');
