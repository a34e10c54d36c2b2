//! About 300 names of API calls with their services: the cardinality that real trails have.

/// Service and the names of its calls, separated by spaces.
pub(super) const APIS: [(&str, &str); 22] = [
    (
        "ec2",
        "DescribeInstances DescribeVpcs DescribeSubnets DescribeSecurityGroups DescribeVolumes DescribeSnapshots \
         DescribeImages DescribeRouteTables DescribeNetworkInterfaces DescribeAddresses DescribeKeyPairs DescribeTags \
         DescribeRegions DescribeAvailabilityZones DescribeInstanceStatus DescribeInstanceTypes DescribeInternetGateways \
         DescribeNatGateways DescribeNetworkAcls DescribeVpcEndpoints DescribeFlowLogs DescribeLaunchTemplates \
         DescribeLaunchTemplateVersions DescribePrefixLists DescribeVpcAttribute DescribeVpcPeeringConnections \
         DescribeSecurityGroupRules DescribeSpotPriceHistory DescribeTransitGateways DescribeDhcpOptions RunInstances \
         TerminateInstances StartInstances StopInstances RebootInstances CreateTags DeleteTags CreateVolume DeleteVolume \
         AttachVolume DetachVolume CreateSnapshot DeleteSnapshot CreateNetworkInterface DeleteNetworkInterface \
         AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress CreateSecurityGroup ModifyInstanceAttribute \
         ModifyNetworkInterfaceAttribute CreateLaunchTemplateVersion AssignPrivateIpAddresses GetConsoleOutput \
         GetEbsEncryptionByDefault CreateFleet SharedSnapshotVolumeCreated",
    ),
    (
        "s3",
        "GetObject PutObject HeadObject ListObjects DeleteObject ListBuckets GetBucketAcl GetBucketPolicy \
         GetBucketLocation GetBucketEncryption GetBucketVersioning GetBucketLogging GetBucketTagging \
         GetBucketPublicAccessBlock GetBucketLifecycle GetBucketCors GetBucketWebsite HeadBucket CreateBucket \
         PutBucketPolicy PutBucketTagging PutBucketEncryption CreateMultipartUpload UploadPart CompleteMultipartUpload \
         CopyObject",
    ),
    (
        "sts",
        "AssumeRole GetCallerIdentity AssumeRoleWithWebIdentity AssumeRoleWithSAML GetSessionToken GetFederationToken \
         GetServiceBearerToken DecodeAuthorizationMessage",
    ),
    (
        "kms",
        "Decrypt GenerateDataKey Encrypt DescribeKey ListAliases ListKeys GetKeyPolicy GetKeyRotationStatus CreateGrant \
         RetireGrant GenerateDataKeyWithoutPlaintext ReEncrypt ListResourceTags CreateKey",
    ),
    (
        "iam",
        "GetUser ListUsers ListRoles GetRole GetPolicy GetPolicyVersion ListPolicies ListAttachedRolePolicies \
         ListRolePolicies ListAttachedUserPolicies ListUserPolicies ListGroupsForUser ListAccessKeys \
         GetAccessKeyLastUsed ListMFADevices GetAccountSummary GetAccountPasswordPolicy GetCredentialReport \
         GenerateCredentialReport GetInstanceProfile ListInstanceProfilesForRole GetRolePolicy SimulatePrincipalPolicy \
         CreateRole DeleteRole PutRolePolicy AttachRolePolicy DetachRolePolicy CreateUser CreateAccessKey \
         UpdateAccessKey PassRole CreateServiceLinkedRole TagRole",
    ),
    (
        "ssm",
        "UpdateInstanceInformation GetParameter GetParameters GetParametersByPath DescribeParameters PutParameter \
         ListAssociations DescribeInstanceInformation SendCommand GetCommandInvocation ListCommands StartSession \
         OpenDataChannel PutInventory GetDeployablePatchSnapshotForInstance DescribeDocument",
    ),
    (
        "logs",
        "CreateLogStream CreateLogGroup DescribeLogGroups DescribeLogStreams FilterLogEvents StartQuery GetQueryResults \
         PutRetentionPolicy PutSubscriptionFilter DescribeMetricFilters ListTagsForResource",
    ),
    (
        "lambda",
        "Invoke ListFunctions20150331 GetFunction20150331v2 GetFunctionConfiguration20150331v2 \
         UpdateFunctionCode20150331v2 UpdateFunctionConfiguration20150331v2 GetPolicy20150331v2 \
         ListEventSourceMappings20150331 CreateFunction20150331 AddPermission20150331v2 ListTags20170331",
    ),
    (
        "monitoring",
        "DescribeAlarms GetMetricData GetMetricStatistics ListMetrics PutMetricAlarm DescribeAlarmsForMetric \
         GetDashboard ListDashboards",
    ),
    (
        "rds",
        "DescribeDBInstances DescribeDBClusters DescribeDBSnapshots DescribeDBSubnetGroups DescribeEvents \
         DescribePendingMaintenanceActions CreateDBSnapshot DeleteDBSnapshot ModifyDBInstance DescribeDBEngineVersions \
         DescribeDBParameterGroups DescribeOrderableDBInstanceOptions",
    ),
    (
        "ecs",
        "DescribeServices DescribeTasks ListTasks DescribeClusters RegisterTaskDefinition UpdateService RunTask StopTask \
         DescribeTaskDefinition ListServices SubmitTaskStateChange DescribeContainerInstances",
    ),
    (
        "ecr",
        "GetAuthorizationToken BatchGetImage BatchCheckLayerAvailability GetDownloadUrlForLayer DescribeRepositories \
         DescribeImages PutImage InitiateLayerUpload CompleteLayerUpload",
    ),
    (
        "elasticloadbalancing",
        "DescribeTargetHealth DescribeLoadBalancers DescribeTargetGroups DescribeListeners DescribeRules RegisterTargets \
         DeregisterTargets DescribeLoadBalancerAttributes DescribeTags",
    ),
    (
        "autoscaling",
        "DescribeAutoScalingGroups DescribeAutoScalingInstances DescribeScalingActivities UpdateAutoScalingGroup \
         SetDesiredCapacity CompleteLifecycleAction DescribePolicies",
    ),
    (
        "dynamodb",
        "DescribeTable ListTables GetItem PutItem UpdateItem Query Scan BatchGetItem DescribeTimeToLive \
         DescribeContinuousBackups UpdateTable",
    ),
    (
        "secretsmanager",
        "GetSecretValue DescribeSecret ListSecrets RotateSecret PutSecretValue GetRandomPassword",
    ),
    (
        "cloudformation",
        "DescribeStacks DescribeStackEvents ListStacks DescribeStackResources GetTemplate CreateChangeSet \
         ExecuteChangeSet DescribeChangeSet ListStackResources",
    ),
    (
        "cloudtrail",
        "LookupEvents DescribeTrails GetTrailStatus GetEventSelectors ListTrails ListTags StopLogging StartLogging",
    ),
    (
        "config",
        "DescribeConfigRules PutEvaluations DescribeConfigurationRecorders GetComplianceDetailsByConfigRule \
         SelectResourceConfig BatchGetResourceConfig",
    ),
    ("guardduty", "ListDetectors GetDetector ListFindings GetFindings GetFindingsStatistics"),
    ("eks", "DescribeCluster ListClusters ListNodegroups DescribeNodegroup AccessKubernetesApi"),
    ("signin", "ConsoleLogin SwitchRole CheckMfa CredentialVerification"),
];
