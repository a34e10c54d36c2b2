//! Names: every documented name of a field reaches it, in any letter case, and names that do not mean what they seem to
//! are remarked on.
//!
//! The lists are facts: the columns of AWS's `CREATE TABLE` statements (the earlier ones as the public Markdown of the
//! guides has them, which ends in 2023; the later ones are those in `src/formats/athena`), the fields that CloudWatch
//! Logs Insights discovers, the common names of ECS. A name in a list of pairs
//! means the field behind it; one that stands alone is the field's own name but for its letters.

use logloupe_core::{
    formats::{ALL, Format, Paths},
    ingest::{Limits, Loader, Options},
};
use logloupe_query::{
    exec::{self, Answer, Reader},
    plan::{self, Catalog},
};
use logloupe_syntax::{self as syntax, diagnostic::render};
use logloupe_table::{Shard, Value};

/// All samples of these formats.
fn load(formats: &[&'static dyn Format]) -> Shard {
    let mut loader = Loader::new(formats.to_vec(), Limits::default(), 1);
    for sample in formats.iter().flat_map(|f| f.samples()) {
        loader.open(sample.name, Options::default());
        loader.push(sample.content);
    }
    loader.into_parts().0
}

fn format(id: &str) -> &'static dyn Format {
    *ALL.iter().find(|f| f.meta().id == id).unwrap()
}

fn column(name: &str, shard: &mut Shard) -> Vec<Value> {
    let (plan, answer) = exec::run(&format!("fields `{name}`"), shard, &Paths(ALL)).unwrap();
    let Answer::Rows(rows) = answer else { panic!("{name}") };
    let reader = Reader::new(&plan, shard);
    rows.into_iter().flat_map(|row| reader.values(row)).collect()
}

/// The format, the page, `name` or `name=field`.
const DOCUMENTED: &[(&str, &str, &str)] = &[
    (
        "cloudtrail",
        "Athena, querying CloudTrail logs",
        "eventversion useridentity.type useridentity.principalid useridentity.arn useridentity.accountid \
         useridentity.invokedby useridentity.accesskeyid useridentity.username \
         useridentity.onbehalfof.userid useridentity.onbehalfof.identitystorearn \
         useridentity.sessioncontext.attributes.mfaauthenticated \
         useridentity.sessioncontext.attributes.creationdate useridentity.sessioncontext.sessionissuer.type \
         useridentity.sessioncontext.sessionissuer.principalid useridentity.sessioncontext.sessionissuer.arn \
         useridentity.sessioncontext.sessionissuer.accountid \
         useridentity.sessioncontext.sessionissuer.username useridentity.sessioncontext.ec2roledelivery \
         eventtime eventsource eventname awsregion sourceipaddress useragent errorcode errormessage requestid \
         eventid eventtype apiversion readonly recipientaccountid sharedeventid vpcendpointid \
         vpcendpointaccountid eventcategory managementevent tlsdetails.tlsversion tlsdetails.ciphersuite \
         tlsdetails.clientprovidedhostheader sessioncredentialfromconsole",
    ),
    ("cloudtrail", "Insights, sample queries", "eventSource eventName awsRegion region=awsRegion errorCode"),
    (
        "cloudtrail",
        "ECS",
        "event.action=eventName event.provider=eventSource event.id=eventID source.ip=sourceIPAddress \
         source.address=sourceIPAddress user_agent.original=userAgent cloud.region=awsRegion \
         cloud.account.id=recipientAccountId error.code=errorCode error.message=errorMessage event.outcome \
         user.name user.id=userIdentity.principalId",
    ),
    (
        "vpc_flow",
        "Athena, VPC flow logs, the earlier statement",
        "version account=account-id interfaceid=interface-id sourceaddress=srcaddr destinationaddress=dstaddr \
         sourceport=srcport destinationport=dstport protocol numpackets=packets numbytes=bytes \
         starttime=start endtime=end action logstatus=log-status",
    ),
    (
        "vpc_flow",
        "Athena, VPC flow logs, the later statement",
        "version account_id=account-id interface_id=interface-id srcaddr dstaddr srcport dstport protocol \
         packets bytes start end action log_status=log-status vpc_id=vpc-id subnet_id=subnet-id \
         instance_id=instance-id tcp_flags=tcp-flags type pkt_srcaddr=pkt-srcaddr pkt_dstaddr=pkt-dstaddr \
         region az_id=az-id sublocation_type=sublocation-type sublocation_id=sublocation-id \
         pkt_src_aws_service=pkt-src-aws-service pkt_dst_aws_service=pkt-dst-aws-service \
         flow_direction=flow-direction traffic_path=traffic-path",
    ),
    (
        "vpc_flow",
        "Insights, discovered fields",
        "accountId=account-id endTime=end interfaceId=interface-id logStatus=log-status startTime=start \
         version action bytes dstAddr=dstaddr dstPort=dstport packets protocol srcAddr=srcaddr \
         srcPort=srcport",
    ),
    (
        "vpc_flow",
        "ECS",
        "source.ip=srcaddr source.port=srcport destination.ip=dstaddr destination.port=dstport \
         network.bytes=bytes network.packets=packets network.iana_number=protocol event.start=start \
         event.end=end event.action=action event.outcome cloud.account.id=account-id",
    ),
    (
        "alb",
        "Athena, Application Load Balancer logs",
        "type time elb client_ip client_port target_ip target_port request_processing_time \
         target_processing_time response_processing_time elb_status_code target_status_code received_bytes \
         sent_bytes request_verb request_url request_proto user_agent ssl_cipher ssl_protocol \
         target_group_arn trace_id domain_name chosen_cert_arn matched_rule_priority request_creation_time \
         actions_executed redirect_url lambda_error_reason=error_reason target_port_list \
         target_status_code_list classification classification_reason conn_trace_id",
    ),
    (
        "alb",
        "ECS",
        "source.ip=client_ip source.port=client_port http.request.method=request_verb \
         http.response.status_code=elb_status_code user_agent.original=user_agent url.domain url.path \
         url.original=request_url tls.cipher=ssl_cipher event.outcome event.end=time",
    ),
    (
        "cloudfront",
        "Athena, CloudFront logs, the earlier statement",
        "date time location=x-edge-location bytes=sc-bytes requestip=c-ip method=cs-method host=cs(Host) \
         uri=cs-uri-stem status=sc-status referrer=cs(Referer) useragent=cs(User-Agent) \
         querystring=cs-uri-query cookie=cs(Cookie) resulttype=x-edge-result-type \
         requestid=x-edge-request-id hostheader=x-host-header requestprotocol=cs-protocol \
         requestbytes=cs-bytes timetaken=time-taken xforwardedfor=x-forwarded-for sslprotocol=ssl-protocol \
         sslcipher=ssl-cipher responseresulttype=x-edge-response-result-type httpversion=cs-protocol-version \
         filestatus=fle-status encryptedfields=fle-encrypted-fields",
    ),
    (
        "cloudfront",
        "Athena, CloudFront standard logs, the later statement",
        "date time x_edge_location=x-edge-location sc_bytes=sc-bytes c_ip=c-ip cs_method=cs-method \
         cs_host=cs(Host) cs_uri_stem=cs-uri-stem sc_status=sc-status cs_referrer=cs(Referer) \
         cs_user_agent=cs(User-Agent) cs_uri_query=cs-uri-query cs_cookie=cs(Cookie) \
         x_edge_result_type=x-edge-result-type x_edge_request_id=x-edge-request-id \
         x_host_header=x-host-header cs_protocol=cs-protocol cs_bytes=cs-bytes time_taken=time-taken \
         x_forwarded_for=x-forwarded-for ssl_protocol=ssl-protocol ssl_cipher=ssl-cipher \
         x_edge_response_result_type=x-edge-response-result-type cs_protocol_version=cs-protocol-version \
         fle_status=fle-status fle_encrypted_fields=fle-encrypted-fields c_port=c-port \
         time_to_first_byte=time-to-first-byte x_edge_detailed_result_type=x-edge-detailed-result-type \
         sc_content_type=sc-content-type sc_content_len=sc-content-len sc_range_start=sc-range-start \
         sc_range_end=sc-range-end",
    ),
    (
        "cloudfront",
        "ECS",
        "source.ip=c-ip http.request.method=cs-method http.response.status_code=sc-status \
         url.path=cs-uri-stem url.query=cs-uri-query user_agent.original=cs(User-Agent) event.outcome",
    ),
    (
        "guardduty",
        "Athena, querying GuardDuty findings",
        "schemaversion accountid region partition id arn type severity createdate=createdAt \
         updatedate=updatedAt createdat updatedat title description",
    ),
    (
        "guardduty",
        "ECS",
        "event.id=id event.severity=severity rule.name=type cloud.account.id=accountId cloud.region=region \
         source.ip user.name=resource.accessKeyDetails.userName event.start=service.eventFirstSeen \
         event.end=service.eventLastSeen event.action=service.action.actionType",
    ),
    (
        "lambda",
        "Insights, discovered fields",
        "@requestId @duration @billedDuration @type @maxMemoryUsed @memorySize @initDuration @xrayTraceId \
         @xraySegmentId",
    ),
    (
        "lambda",
        "ECS",
        "log.level=level message error.type=errorType trace.id=@xrayTraceId faas.execution=@requestId \
         faas.version=version event.outcome",
    ),
];

#[test]
fn documented_names_reach_their_fields_in_any_letter_case() {
    let mut count = 0;
    for format in ALL {
        let mut shard = load(&[*format]);
        let id = format.meta().id;
        let all: Vec<_> = DOCUMENTED.iter().filter(|(of, ..)| *of == id).collect();
        assert!(!all.is_empty(), "{id}");
        let fields = format.fields();
        for (_, page, names) in all {
            for entry in names.split_whitespace() {
                let (name, field) = entry.split_once('=').unwrap_or((entry, entry));
                let own = fields.iter().find(|f| f.name.eq_ignore_ascii_case(field));
                let own = own.unwrap_or_else(|| panic!("{id}, {page}: no field {field}"));
                let expected = column(&own.name, &mut shard);
                assert!(expected.iter().any(|v| !v.is_null()), "{id}: {field}");
                for name in [name.to_owned(), name.to_ascii_lowercase(), name.to_ascii_uppercase()] {
                    assert_eq!(column(&name, &mut shard), expected, "{id}, {page}: {name}");
                    count += 1;
                }
            }
        }
    }
    assert!(count > 600, "{count}");
}

#[test]
fn built_in_names_have_any_letter_case_too() {
    let mut shard = load(&[format("vpc_flow")]);
    for name in ["@timestamp", "@message", "@format", "@source", "@line", "@record"] {
        assert_eq!(column(&name.to_ascii_uppercase(), &mut shard), column(name, &mut shard), "{name}");
    }
}

/// What is said of a query over the samples of these formats.
fn remarks(formats: &[&str], query: &str) -> String {
    let formats: Vec<_> = formats.iter().map(|id| format(id)).collect();
    let shard = load(&formats);
    let parsed = syntax::parse(query).into_result().unwrap();
    render(query, &plan::check(&parsed, &Catalog::of(&shard, &Paths(ALL))))
}

#[test]
fn slips_in_paths_are_mended_from_the_paths_that_exist() {
    for (query, near) in [
        ("filter userIdentity.typ = \"Root\"", "userIdentity.type"),
        ("filter requestParameters.bucketNam = \"x\"", "requestParameters.bucketName"),
        // No column, but met in a record.
        ("fields responseElements.credential.accessKeyId", "responseElements.credentials.accessKeyId"),
        // Its last part alone.
        ("fields federatedProvider", "userIdentity.sessionContext.webIdFederationData.federatedProvider"),
        ("fields evntName", "eventName"),
    ] {
        let said = remarks(&["cloudtrail"], query);
        assert!(said.starts_with("warning: no "), "{query}: {said}");
        assert!(said.contains(&format!("did you mean `{near}`?")), "{query}: {said}");
    }
    // Having been asked for once does not make a path right, nor wrong.
    let mut shard = load(&[format("cloudtrail")]);
    for path in ["userIdentity.typ", "responseElements.credentials.accessKeyId"] {
        let query = syntax::parse(&format!("fields {path}")).into_result().unwrap();
        let before = plan::check(&query, &Catalog::of(&shard, &Paths(ALL)));
        column(path, &mut shard);
        assert_eq!(plan::check(&query, &Catalog::of(&shard, &Paths(ALL))), before, "{path}");
    }
    for query in [
        "fields responseElements.credentials.accessKeyId, requestParameters, responseElements.nobody.knows",
        "fields USERIDENTITY.TYPE, @Message, `userIdentity.sessionContext`",
    ] {
        assert_eq!(remarks(&["cloudtrail"], query), "", "{query}");
    }
}

#[test]
fn text_with_a_colon_may_want_quotes() {
    let said = remarks(&["vpc_flow"], "srcadr:10.0.0.1");
    assert_eq!(
        said,
        "error: no loaded log has a field `srcadr`\n1 | srcadr:10.0.0.1\n  | ^^^^^^\n  help: did you mean `srcaddr`? \
         Or to search for the text itself write it in quotes: `\"srcadr:10.0.0.1\"`\n"
    );
    let said = remarks(&["cloudtrail"], "iam:CreateUser");
    assert_eq!(
        said,
        "warning: no loaded log has a field `iam`\n1 | iam:CreateUser\n  | ^^^\n  help: to search for the text itself \
         write it in quotes: `\"iam:CreateUser\"`\n"
    );
    assert_eq!(remarks(&["cloudtrail"], "user.name:alice \"iam:CreateUser\" arn:aws:iam"), "");
}

#[test]
fn what_hides_a_field_or_a_key_is_said() {
    let said = remarks(&["vpc_flow"], "fields dstAddr as srcaddr | filter srcaddr = \"10.0.0.1\"");
    assert!(said.contains("`srcaddr` is what this query defined, not the field of that name"), "{said}");
    assert_eq!(remarks(&["vpc_flow"], "fields toUpper(action) as action | filter action = \"REJECT\""), "");
    assert_eq!(remarks(&["vpc_flow"], "stats sum(bytes) as bytes by srcaddr | sort bytes desc"), "");

    // A function's own JSON has a key that is another name of a column.
    let lines =
        "START RequestId: 8edab1f8-7d34-4a8e-a965-15ccbbb78d4c Version: 1\n{\"duration\":7,\"x\":1}\n";
    let mut loader = Loader::new(vec![format("lambda")], Limits::default(), 1);
    loader.open("x", Options::default());
    loader.push(lines.as_bytes());
    let mut shard = loader.into_parts().0;
    let query = "filter duration > 3";
    let parsed = syntax::parse(query).into_result().unwrap();
    let said = render(query, &plan::check(&parsed, &Catalog::of(&shard, &Paths(ALL))));
    assert_eq!(
        said,
        "warning: `duration` means the field `@duration`, and some records have a key `duration` besides\n1 | filter \
         duration > 3\n  |        ^^^^^^^^\n  help: write `@message.duration` for the key\n"
    );
    let key = column("@message.duration", &mut shard);
    assert_eq!(key.iter().filter(|v| !v.is_null()).collect::<Vec<_>>(), [&Value::text("7")]);
}
