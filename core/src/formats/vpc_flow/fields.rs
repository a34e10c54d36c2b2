//! The field table of flow logs: one line per column, those that are computed from others last.

use logloupe_table::{Computed, Kind, Role, Unit};

use super::outcome;
use crate::formats::field::{
    TokenField,
    cells::{integer, ip, text},
    flow,
};

/// Athena's condition for an address that is not beyond the network.
macro_rules! inside {
    ($column:literal) => {
        concat!(
            "regexp_like(",
            $column,
            ", '^(10[.]|172[.](1[6-9]|2[0-9]|3[01])[.]|192[.]168[.]|100[.](6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])[.]\
             |169[.]254[.]|127[.]|22[4-9][.]|23[0-9][.]|255[.]255[.]255[.]255$|f[cdf][0-9a-f]{2}:|fe[89ab][0-9a-f]:\
             |::1$)')"
        )
    };
}

/// In the order of the vendor's tables, which begins with the default format.
pub(super) static FIELDS: &[TokenField] = &[
    TokenField::new("version", Kind::Int, Role::Dimension, integer).doc("the highest version among the chosen fields"),
    TokenField::new("account-id", Kind::Text, Role::Dimension, text)
        .aliases(&["accountId", "account_id", "account", "cloud.account.id"])
        .insights("accountId")
        .doc("the account that owns the network interface, or `unknown`"),
    TokenField::new("interface-id", Kind::Text, Role::Dimension, text)
        .aliases(&["interfaceId", "interface_id", "network.interface.id"])
        .insights("interfaceId")
        .doc("the network interface"),
    TokenField::new("srcaddr", Kind::Ip, Role::Dimension, ip)
        .aliases(&["srcAddr", "src_addr", "sourceaddress", "source.ip", "source.address"])
        .insights("srcAddr")
        .doc("source address of incoming traffic, or the interface's own private address of outgoing traffic"),
    TokenField::new("dstaddr", Kind::Ip, Role::Dimension, ip)
        .aliases(&["dstAddr", "dst_addr", "destinationaddress", "destination.ip", "destination.address"])
        .insights("dstAddr")
        .doc("destination address of outgoing traffic, or the interface's own private address of incoming traffic"),
    TokenField::new("srcport", Kind::Int, Role::Dimension, integer)
        .aliases(&["srcPort", "src_port", "sourceport", "source.port"])
        .insights("srcPort")
        .doc("source port, 0 for ICMP"),
    TokenField::new("dstport", Kind::Int, Role::Dimension, integer)
        .aliases(&["dstPort", "dst_port", "destinationport", "destination.port"])
        .insights("dstPort")
        .doc("destination port, 0 for ICMP"),
    TokenField::new("protocol", Kind::Int, Role::Dimension, integer)
        .aliases(&["network.iana_number"])
        .doc("IANA protocol number: 6 TCP, 17 UDP, 1 ICMP"),
    TokenField::new("packets", Kind::Int, Role::Measure, integer)
        .unit(Unit::Packets)
        .aliases(&["numpackets", "network.packets", "source.packets"])
        .doc("packets transferred during the window, from source to destination only"),
    TokenField::new("bytes", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["numbytes", "network.bytes", "source.bytes"])
        .doc("bytes transferred during the window, from source to destination only, headers of packets included"),
    TokenField::new("start", Kind::Int, Role::Timestamp, integer)
        .unit(Unit::EpochSeconds)
        .aliases(&["startTime", "start_time", "event.start"])
        .insights("startTime")
        .doc("when the first packet of the window was received; this, and not the window's end, is `@timestamp`"),
    TokenField::new("end", Kind::Int, Role::Timestamp, integer)
        .unit(Unit::EpochSeconds)
        .aliases(&["endTime", "end_time", "event.end"])
        .insights("endTime")
        .doc("when the last packet of the window was received"),
    TokenField::new("action", Kind::Text, Role::Status, text)
        .aliases(&["event.action"])
        .doc("ACCEPT or REJECT by security groups and network ACLs"),
    TokenField::again("event.outcome", Kind::Text, Role::Status, outcome)
        .athena("CASE action WHEN 'ACCEPT' THEN 'success' WHEN 'REJECT' THEN 'failure' END")
        .made()
        .doc("success where the action is ACCEPT, failure where it is REJECT"),
    TokenField::new("log-status", Kind::Text, Role::Status, text)
        .aliases(&["logStatus", "log_status"])
        .insights("logStatus")
        .doc("OK, NODATA (no traffic in the window) or SKIPDATA (records were lost)"),
    // Version 3.
    TokenField::new("vpc-id", Kind::Text, Role::Dimension, text).aliases(&["vpcId", "vpc_id"]).doc("the VPC"),
    TokenField::new("subnet-id", Kind::Text, Role::Dimension, text)
        .aliases(&["subnetId", "subnet_id"])
        .doc("the subnet of the interface"),
    TokenField::new("instance-id", Kind::Text, Role::Dimension, text)
        .aliases(&["instanceId", "instance_id", "cloud.instance.id"])
        .doc("the instance of the interface, if it is yours"),
    TokenField::new("tcp-flags", Kind::Int, Role::Dimension, integer)
        .aliases(&["tcpFlags", "tcp_flags"])
        .doc("TCP flags seen in the window, or-ed: FIN 1, SYN 2, RST 4, PSH 8, ACK 16 (only with SYN), URG 32"),
    TokenField::new("type", Kind::Text, Role::Dimension, text).doc("IPv4, IPv6 or EFA"),
    TokenField::new("pkt-srcaddr", Kind::Ip, Role::Dimension, ip)
        .aliases(&["pktSrcAddr", "pkt_srcaddr", "pkt_src_addr"])
        .doc("source address of the packet itself, behind a NAT gateway or load balancer"),
    TokenField::new("pkt-dstaddr", Kind::Ip, Role::Dimension, ip)
        .aliases(&["pktDstAddr", "pkt_dstaddr", "pkt_dst_addr"])
        .doc("destination address of the packet itself"),
    // Version 4.
    TokenField::new("region", Kind::Text, Role::Dimension, text).aliases(&["cloud.region"]).doc("the region"),
    TokenField::new("az-id", Kind::Text, Role::Dimension, text)
        .aliases(&["azId", "az_id", "cloud.availability_zone"])
        .doc("the availability zone"),
    TokenField::new("sublocation-type", Kind::Text, Role::Dimension, text)
        .aliases(&["sublocationType", "sublocation_type"])
        .doc("wavelength, outpost or localzone"),
    TokenField::new("sublocation-id", Kind::Text, Role::Dimension, text)
        .aliases(&["sublocationId", "sublocation_id"])
        .doc("the sublocation"),
    // Version 5.
    TokenField::new("pkt-src-aws-service", Kind::Text, Role::Dimension, text)
        .aliases(&["pktSrcAwsService", "pkt_src_aws_service"])
        .doc("the AWS service that the packet's source address belongs to"),
    TokenField::new("pkt-dst-aws-service", Kind::Text, Role::Dimension, text)
        .aliases(&["pktDstAwsService", "pkt_dst_aws_service"])
        .doc("the AWS service that the packet's destination address belongs to"),
    TokenField::new("flow-direction", Kind::Text, Role::Dimension, text)
        .aliases(&["flowDirection", "flow_direction"])
        .doc("ingress or egress, seen from the interface"),
    TokenField::new("traffic-path", Kind::Int, Role::Dimension, integer)
        .aliases(&["trafficPath", "traffic_path"])
        .doc("the way out that egress traffic took, 1 to 8 (3 VPN gateway, 8 internet gateway)"),
    // Version 7.
    TokenField::new("ecs-cluster-arn", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_cluster_arn", "orchestrator.cluster.id"])
        .doc("ARN of the ECS cluster"),
    TokenField::new("ecs-cluster-name", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_cluster_name", "orchestrator.cluster.name"])
        .doc("name of the ECS cluster"),
    TokenField::new("ecs-container-instance-arn", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_container_instance_arn"])
        .doc("ARN of the ECS container instance"),
    TokenField::new("ecs-container-instance-id", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_container_instance_id"])
        .doc("id of the ECS container instance"),
    TokenField::new("ecs-container-id", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_container_id", "container.id"])
        .doc("Docker runtime id of the first container"),
    TokenField::new("ecs-second-container-id", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_second_container_id"])
        .doc("Docker runtime id of the second container"),
    TokenField::new("ecs-service-name", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_service_name", "service.name"])
        .doc("name of the ECS service"),
    TokenField::new("ecs-task-definition-arn", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_task_definition_arn"])
        .doc("ARN of the ECS task definition"),
    TokenField::new("ecs-task-arn", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_task_arn"])
        .doc("ARN of the ECS task"),
    TokenField::new("ecs-task-id", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_task_id"])
        .doc("id of the ECS task"),
    // Versions 8 to 10.
    TokenField::new("reject-reason", Kind::Text, Role::Status, text)
        .aliases(&["rejectReason", "reject_reason", "event.reason"])
        .doc("why traffic was rejected: BPA (block public access), EC (encryption control)"),
    TokenField::new("resource-id", Kind::Text, Role::Dimension, text)
        .aliases(&["resourceId", "resource_id"])
        .doc("the resource of the interface, such as a NAT gateway"),
    TokenField::new("encryption-status", Kind::Int, Role::Dimension, integer)
        .aliases(&["encryptionStatus", "encryption_status"])
        .doc("whether and where the traffic was encrypted, as a number"),
    // Version 11.
    TokenField::new("instance-tag", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["instanceTag", "instance_tag"])
        .doc("the instance's value of the first chosen tag key, percent-decoded"),
    TokenField::new("instance-tag-2", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["instanceTag2", "instance_tag_2"])
        .doc("the instance's value of the second chosen tag key, percent-decoded"),
    TokenField::new("interface-tag", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["interfaceTag", "interface_tag"])
        .doc("the interface's value of the first chosen tag key, percent-decoded"),
    TokenField::new("interface-tag-2", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["interfaceTag2", "interface_tag_2"])
        .doc("the interface's value of the second chosen tag key, percent-decoded"),
    TokenField::new("asg-tag", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["asgTag", "asg_tag"])
        .doc("the auto scaling group's value of the first chosen tag key, percent-decoded"),
    TokenField::new("asg-tag-2", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["asgTag2", "asg_tag_2"])
        .doc("the auto scaling group's value of the second chosen tag key, percent-decoded"),
    TokenField::new("interface-type", Kind::Text, Role::Dimension, text)
        .aliases(&["interfaceType", "interface_type"])
        .doc("nat_gateway, network_load_balancer, regional_nat_gateway, transit_gateway, vpc_endpoint"),
    TokenField::new("next-hop-interface-id", Kind::Text, Role::Dimension, text)
        .aliases(&["nextHopInterfaceId", "next_hop_interface_id"])
        .doc("the network interface that the traffic goes to next"),
    TokenField::new("next-hop-subnet-id", Kind::Text, Role::Dimension, text)
        .aliases(&["nextHopSubnetId", "next_hop_subnet_id"])
        .doc("the subnet of the next hop"),
    TokenField::new("next-hop-az-id", Kind::Text, Role::Dimension, text)
        .aliases(&["nextHopAzId", "next_hop_az_id"])
        .doc("the availability zone of the next hop"),
    TokenField::new("next-hop-vpc-id", Kind::Text, Role::Dimension, text)
        .aliases(&["nextHopVpcId", "next_hop_vpc_id"])
        .doc("the VPC of the next hop"),
    TokenField::new("next-hop-interface-type", Kind::Text, Role::Dimension, text)
        .aliases(&["nextHopInterfaceType", "next_hop_interface_type"])
        .doc("the type of the next hop's interface"),
    // Computed.
    TokenField::computed("network.transport", Kind::Text, Role::Dimension, &TRANSPORT)
        .aliases(&["protocol_name"])
        .athena(
            "CASE protocol WHEN 0 THEN 'hopopt' WHEN 1 THEN 'icmp' WHEN 2 THEN 'igmp' WHEN 4 THEN 'ipv4' WHEN 6 \
             THEN 'tcp' WHEN 8 THEN 'egp' WHEN 17 THEN 'udp' WHEN 27 THEN 'rdp' WHEN 33 THEN 'dccp' WHEN 41 THEN \
             'ipv6' WHEN 43 THEN 'ipv6-route' WHEN 44 THEN 'ipv6-frag' WHEN 46 THEN 'rsvp' WHEN 47 THEN 'gre' \
             WHEN 50 THEN 'esp' WHEN 51 THEN 'ah' WHEN 58 THEN 'ipv6-icmp' WHEN 59 THEN 'ipv6-nonxt' WHEN 60 THEN \
             'ipv6-opts' WHEN 88 THEN 'eigrp' WHEN 89 THEN 'ospfigp' WHEN 94 THEN 'ipip' WHEN 97 THEN 'etherip' \
             WHEN 98 THEN 'encap' WHEN 103 THEN 'pim' WHEN 108 THEN 'ipcomp' WHEN 112 THEN 'vrrp' WHEN 115 THEN \
             'l2tp' WHEN 132 THEN 'sctp' WHEN 136 THEN 'udplite' WHEN 137 THEN 'mpls-in-ip' END",
        )
        .doc("the protocol's keyword at IANA in small letters: tcp, udp, icmp, ipv6-icmp, esp and others"),
    TokenField::computed("network.type", Kind::Text, Role::Dimension, &NETWORK_TYPE)
        .athena(
            "coalesce(lower(nullif(type, '-')), CASE WHEN strpos(srcaddr, ':') > 0 THEN 'ipv6' WHEN strpos(srcaddr, '.') > 0 \
             THEN 'ipv4' END)",
        )
        .doc("ipv4, ipv6 or efa: the type in small letters or, where it is not logged, by the source address"),
    TokenField::computed("network.direction", Kind::Text, Role::Dimension, &DIRECTION)
        .athena(concat!(
            "CASE WHEN flow_direction <> '-' THEN lower(flow_direction) WHEN ",
            inside!("srcaddr"),
            " AND ",
            inside!("dstaddr"),
            " THEN 'internal' WHEN ",
            inside!("srcaddr"),
            " THEN 'outbound' WHEN ",
            inside!("dstaddr"),
            " THEN 'inbound' END"
        ))
        .doc(
            "ingress or egress where the flow's direction is logged; else outbound from a private address, inbound \
             to one, internal between two; none between public ones",
        ),
    TokenField::computed("network.community_id", Kind::Text, Role::Identifier, &COMMUNITY_ID).doc(
        "Community ID, version 1, seed 0: one id for both directions of a flow, as Zeek and Suricata write it; none \
         for ICMP",
    ),
    TokenField::computed("tcp-flags-array", Kind::Text, Role::Dimension, &FLAGS)
        .aliases(&["tcp_flags_array", "tcp.flags"])
        .athena(
            "nullif(concat_ws(', ', CASE WHEN bitwise_and(tcp_flags, 1) > 0 THEN 'fin' END, CASE WHEN \
             bitwise_and(tcp_flags, 2) > 0 THEN 'syn' END, CASE WHEN bitwise_and(tcp_flags, 4) > 0 THEN 'rst' END, \
             CASE WHEN bitwise_and(tcp_flags, 8) > 0 THEN 'psh' END, CASE WHEN bitwise_and(tcp_flags, 16) > 0 THEN \
             'ack' END, CASE WHEN bitwise_and(tcp_flags, 32) > 0 THEN 'urg' END), '')",
        )
        .doc("the TCP flags in words, from the lowest bit on: `syn`, `syn, ack`, `fin, syn, rst`"),
];

static TRANSPORT: Computed = Computed { from: &["protocol"], value: flow::transport };
static NETWORK_TYPE: Computed = Computed { from: &["type", "srcaddr"], value: flow::network_type };
static DIRECTION: Computed =
    Computed { from: &["flow-direction", "srcaddr", "dstaddr"], value: flow::direction };
static COMMUNITY_ID: Computed =
    Computed { from: &["srcaddr", "dstaddr", "srcport", "dstport", "protocol"], value: flow::community_id };
static FLAGS: Computed = Computed { from: &["tcp-flags"], value: flow::tcp_flags };
