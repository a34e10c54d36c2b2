//! Expressions over Athena's table, where what it has at a column's paths is not enough.

/// Athena's expression for a value in `resource` or `service`, whose path is written in parts.
macro_rules! scalar {
    ($column:literal $(, $part:literal)+) => {
        concat!("nullif(json_extract_scalar(", $column, ", '$.", $($part,)+ "'), '')")
    };
}

/// Athena's expression for the private address of an instance's interface that has a public one too.
macro_rules! reached {
    ($index:literal) => {
        concat!(
            "CASE WHEN ",
            scalar!("resource", "instancedetails.networkinterfaces[", $index, "].publicip"),
            " IS NOT NULL THEN ",
            scalar!("resource", "instancedetails.networkinterfaces[", $index, "].privateipaddress"),
            " END, "
        )
    };
}

/// Athena's expression for a `WHEN` of a kind of resource and the path of its name.
macro_rules! named {
    ($kind:literal, $path:literal) => {
        concat!(" WHEN '", $kind, "' THEN ", scalar!("resource", $path))
    };
}

/// The severity in words.
pub(super) const LABEL: &str = "CASE WHEN TRY_CAST(severity AS double) >= 9 THEN 'Critical' WHEN TRY_CAST(severity AS \
             double) >= 7 THEN 'High' WHEN TRY_CAST(severity AS double) >= 4 THEN 'Medium' WHEN \
             severity IS NOT NULL THEN 'Low' END";

/// The name of the resource, by its type.
pub(super) const RESOURCE: &str = concat!(
    "coalesce(CASE ",
    scalar!("resource", "resourcetype"),
    named!("AccessKey", "accesskeydetails.username"),
    named!("Instance", "instancedetails.instanceid"),
    named!("S3Bucket", "s3bucketdetails[0].name"),
    named!("S3Object", "s3bucketdetails[0].name"),
    named!("EKSCluster", "eksclusterdetails.name"),
    named!("KubernetesCluster", "eksclusterdetails.name"),
    named!("ECSCluster", "ecsclusterdetails.name"),
    named!("Container", "containerdetails.name"),
    named!("RDSDBInstance", "rdsdbinstancedetails.dbinstanceidentifier"),
    named!("RDSLimitlessDB", "rdslimitlessdbdetails.dbclusteridentifier"),
    named!("Lambda", "lambdadetails.functionname"),
    named!("EBSVolume", "ebsvolumedetails.scannedvolumedetails[0].volumearn"),
    named!("EBSSnapshot", "ebssnapshotdetails.snapshotarn"),
    named!("EC2Image", "ec2imagedetails.imagearn"),
    " END, ",
    scalar!("resource", "instancedetails.instanceid"),
    ", ",
    scalar!("resource", "s3bucketdetails[0].name"),
    ", ",
    scalar!("resource", "eksclusterdetails.name"),
    ", ",
    scalar!("resource", "ecsclusterdetails.name"),
    ", ",
    scalar!("resource", "lambdadetails.functionname"),
    ", ",
    scalar!("resource", "rdsdbinstancedetails.dbinstanceidentifier"),
    ", ",
    scalar!("resource", "containerdetails.name"),
    ", ",
    scalar!("resource", "rdslimitlessdbdetails.dbclusteridentifier"),
    ", ",
    scalar!("resource", "ebsvolumedetails.scannedvolumedetails[0].volumearn"),
    ", ",
    scalar!("resource", "accesskeydetails.username"),
    ")"
);

/// The address that a connection or a probe reached.
pub(super) const DESTINATION: &str = concat!(
    "CASE WHEN ",
    scalar!("service", "action.actiontype"),
    " IN ('NETWORK_CONNECTION', 'PORT_PROBE') THEN coalesce(",
    scalar!("service", "action.networkconnectionaction.localipdetails.ipaddressv4"),
    ", ",
    scalar!("service", "action.networkconnectionaction.localipdetails.ipaddressv6"),
    ", ",
    scalar!("service", "action.portprobeaction.portprobedetails[0].localipdetails.ipaddressv4"),
    ", ",
    scalar!("service", "action.portprobeaction.portprobedetails[0].localipdetails.ipaddressv6"),
    ", ",
    reached!("0"),
    reached!("1"),
    reached!("2"),
    reached!("3"),
    scalar!("resource", "instancedetails.networkinterfaces[0].privateipaddress"),
    ") END"
);
