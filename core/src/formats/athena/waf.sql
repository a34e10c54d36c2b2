CREATE EXTERNAL TABLE IF NOT EXISTS waf_logs (
  `timestamp` BIGINT,
  formatversion INT,
  webaclid STRING,
  terminatingruleid STRING,
  terminatingruletype STRING,
  action STRING,
  terminatingrulematchdetails ARRAY<STRUCT<conditiontype: STRING, sensitivitylevel: STRING, location: STRING, matcheddata: ARRAY<STRING>>>,
  httpsourcename STRING,
  httpsourceid STRING,
  rulegrouplist ARRAY<STRUCT<
    rulegroupid: STRING,
    terminatingrule: STRUCT<
      ruleid: STRING,
      action: STRING,
      rulematchdetails: ARRAY<STRUCT<conditiontype: STRING, sensitivitylevel: STRING, location: STRING, matcheddata: ARRAY<STRING>>>>,
    nonterminatingmatchingrules: ARRAY<STRUCT<
      ruleid: STRING,
      action: STRING,
      overriddenaction: STRING,
      rulematchdetails: ARRAY<STRUCT<conditiontype: STRING, sensitivitylevel: STRING, location: STRING, matcheddata: ARRAY<STRING>>>,
      challengeresponse: STRUCT<responsecode: STRING, solvetimestamp: STRING>,
      captcharesponse: STRUCT<responsecode: STRING, solvetimestamp: STRING>>>,
    excludedrules: STRING>>,
  ratebasedrulelist ARRAY<STRUCT<ratebasedruleid: STRING, limitkey: STRING, maxrateallowed: INT>>,
  nonterminatingmatchingrules ARRAY<STRUCT<
    ruleid: STRING,
    action: STRING,
    rulematchdetails: ARRAY<STRUCT<conditiontype: STRING, sensitivitylevel: STRING, location: STRING, matcheddata: ARRAY<STRING>>>,
    challengeresponse: STRUCT<responsecode: STRING, solvetimestamp: STRING>,
    captcharesponse: STRUCT<responsecode: STRING, solvetimestamp: STRING>>>,
  requestheadersinserted ARRAY<STRUCT<name: STRING, value: STRING>>,
  responsecodesent STRING,
  httprequest STRUCT<
    clientip: STRING,
    country: STRING,
    headers: ARRAY<STRUCT<name: STRING, value: STRING>>,
    uri: STRING,
    args: STRING,
    httpversion: STRING,
    httpmethod: STRING,
    requestid: STRING,
    fragment: STRING,
    scheme: STRING,
    host: STRING>,
  labels ARRAY<STRUCT<name: STRING>>,
  captcharesponse STRUCT<responsecode: STRING, solvetimestamp: STRING, failurereason: STRING>,
  challengeresponse STRUCT<responsecode: STRING, solvetimestamp: STRING, failurereason: STRING>,
  ja3fingerprint STRING,
  ja4fingerprint STRING,
  oversizefields STRING,
  requestbodysize INT,
  requestbodysizeinspectedbywaf INT
)
PARTITIONED BY (region STRING, day STRING)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/111122223333/WAFLogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'eu-central-1,us-east-1',
  'projection.day.type' = 'date',
  'projection.day.range' = '2026/01/01,NOW',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.interval' = '1',
  'projection.day.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/AWSLogs/111122223333/WAFLogs/${region}/example-acl/${day}/'
);
