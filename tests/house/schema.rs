//! What crosses a wire changes only on purpose: every message, field, number, type and call is compared with `schema.txt`.
//!
//! `DUTYNET_BLESS=1 cargo test -p dutynet-tests --test house schema` writes the list anew; the diff of that file is what a reviewer
//! reads. Numbers are never reused: a field that goes leaves `reserved` behind, which the list shows.

use std::{collections::BTreeSet, fmt::Write, fs};

use dutynet_tests::ground::repository;
use prost::Message;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorSet, ServiceDescriptorProto,
    field_descriptor_proto::{Label, Type},
};

use crate::nothing_breaks;

fn descriptors() -> FileDescriptorSet {
    FileDescriptorSet::decode(dutynet_proto::DESCRIPTORS).expect("the build embeds valid descriptors")
}

/// One block per message, enum and service, sorted by full name.
fn schema() -> String {
    let mut blocks = BTreeSet::new();
    for file in descriptors().file {
        let package = file.package().to_owned();
        file.message_type.iter().for_each(|message| add_message(&package, message, &mut blocks));
        file.enum_type.iter().for_each(|list| add_enum(&package, list, &mut blocks));
        file.service.iter().for_each(|service| add_service(&package, service, &mut blocks));
    }
    blocks.into_iter().collect()
}

fn add_message(scope: &str, message: &DescriptorProto, blocks: &mut BTreeSet<String>) {
    let name = format!("{scope}.{}", message.name());
    let mut fields: Vec<&FieldDescriptorProto> = message.field.iter().collect();
    fields.sort_by_key(|field| field.number());
    let mut block = format!("{name} message\n");
    for field in fields {
        let _ = writeln!(block, "  {} {} {}", field.number(), field.name(), field_type(message, field));
    }
    for range in &message.reserved_range {
        let _ = writeln!(block, "  reserved {}..{}", range.start(), range.end());
    }
    for gone in &message.reserved_name {
        let _ = writeln!(block, "  reserved {gone}");
    }
    blocks.insert(block);
    message.nested_type.iter().for_each(|inner| add_message(&name, inner, blocks));
    message.enum_type.iter().for_each(|list| add_enum(&name, list, blocks));
}

/// The type as a `.proto` file would say it, with the oneof that it stands in.
fn field_type(message: &DescriptorProto, field: &FieldDescriptorProto) -> String {
    let kind = field.r#type();
    let plain = if matches!(kind, Type::Message | Type::Enum) {
        field.type_name().trim_start_matches('.').to_owned()
    } else {
        kind.as_str_name().trim_start_matches("TYPE_").to_lowercase()
    };
    let label = if field.label() == Label::Repeated { "repeated " } else { "" };
    if field.proto3_optional() {
        return format!("optional {plain}");
    }
    let group = field.oneof_index.and_then(|index| message.oneof_decl.get(usize::try_from(index).ok()?));
    let group = group.map(|group| format!(" oneof {}", group.name())).unwrap_or_default();
    format!("{label}{plain}{group}")
}

fn add_enum(scope: &str, list: &EnumDescriptorProto, blocks: &mut BTreeSet<String>) {
    let mut block = format!("{scope}.{} enum\n", list.name());
    for value in &list.value {
        let _ = writeln!(block, "  {} {}", value.number(), value.name());
    }
    for range in &list.reserved_range {
        let _ = writeln!(block, "  reserved {}..={}", range.start(), range.end());
    }
    blocks.insert(block);
}

fn add_service(scope: &str, service: &ServiceDescriptorProto, blocks: &mut BTreeSet<String>) {
    let mut block = format!("{scope}.{} service\n", service.name());
    for call in &service.method {
        let side =
            |streams: bool, name: &str| format!("{}{}", if streams { "stream " } else { "" }, name.trim_start_matches('.'));
        let asked = side(call.client_streaming(), call.input_type());
        let answered = side(call.server_streaming(), call.output_type());
        let _ = writeln!(block, "  {}({asked}) -> {answered}", call.name());
    }
    blocks.insert(block);
}

#[test]
fn schema_changes_only_on_purpose() {
    let golden = repository().join("tests/house/schema.txt");
    let now = schema();
    if std::env::var_os("DUTYNET_BLESS").is_some() {
        fs::write(&golden, &now).expect("the list can be written");
    }
    let kept = fs::read_to_string(&golden).unwrap_or_default();
    nothing_breaks(
        "The wire has changed. If that is meant: DUTYNET_BLESS=1, and read the diff of schema.txt.",
        &difference(&kept, &now),
    );
}

/// Lines that only one of the two has, under the block that they stand in.
fn difference(kept: &str, now: &str) -> Vec<String> {
    let (kept, now) = (placed_lines(kept), placed_lines(now));
    let gone = kept.difference(&now).map(|line| format!("- {line}"));
    let new = now.difference(&kept).map(|line| format!("+ {line}"));
    gone.chain(new).collect()
}

fn placed_lines(text: &str) -> BTreeSet<String> {
    let mut block = "";
    let mut lines = BTreeSet::new();
    for line in text.lines() {
        match line.strip_prefix("  ") {
            Some(member) => lines.insert(format!("{block}: {member}")),
            None => {
                block = line;
                lines.insert(line.to_owned())
            }
        };
    }
    lines
}

#[test]
fn enum_zero_means_not_said() {
    let mut faults = Vec::new();
    for file in descriptors().file.iter().filter(|file| file.package().starts_with("dutynet")) {
        let inner = file.message_type.iter().flat_map(|message| &message.enum_type);
        for list in file.enum_type.iter().chain(inner) {
            let zero = list.value.iter().find(|value| value.number() == 0);
            if !zero.is_some_and(|value| value.name().ends_with("_UNSPECIFIED")) {
                faults.push(format!("{}.{}", file.package(), list.name()));
            }
        }
    }
    nothing_breaks("Zero of every enum is UNSPECIFIED, so that what was not said is not taken for something.", &faults);
}

#[test]
fn a_changed_number_shows_in_the_difference() {
    let kept = "a.B message\n  1 x string\n";
    assert_eq!(difference(kept, "a.B message\n  2 x string\n"), ["- a.B message: 1 x string", "+ a.B message: 2 x string"]);
    assert!(difference(kept, kept).is_empty());
}
