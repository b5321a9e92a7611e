//! Class markers: leaves that name a class of events by some product's word for it (§2.8).

use retrohunt_spl::plan::{CompareOp, Glob, SearchExpr, TermKind};

use super::archive::EventClass;
use super::value::fold;

/// Bare terms and the class they mean.
const TERMS: [(&str, EventClass); 8] = [
    ("ProcessRollup2", EventClass::ProcessCreation),
    ("SyntheticProcessRollup2", EventClass::ProcessCreation),
    ("DeviceProcessEvents", EventClass::ProcessCreation),
    ("ingress.event.procstart", EventClass::ProcessCreation),
    ("NetworkConnectIP4", EventClass::NetworkConnection),
    ("NetworkConnectIP6", EventClass::NetworkConnection),
    ("DeviceNetworkEvents", EventClass::NetworkConnection),
    ("ingress.event.netconn", EventClass::NetworkConnection),
];

/// Values of `event_type` and `event_simpleName`, and the class they mean.
const VALUES: [(&str, &str, EventClass); 5] = [
    ("event_type", "proc", EventClass::ProcessCreation),
    ("event_type", "childproc", EventClass::ProcessCreation),
    ("event_type", "netconn", EventClass::NetworkConnection),
    ("event_simpleName", "ProcessRollup2", EventClass::ProcessCreation),
    ("event_simpleName", "SyntheticProcessRollup2", EventClass::ProcessCreation),
];

/// Returns the classes that a leaf means as a marker; none for any other leaf.
pub(super) fn classes(leaf: &SearchExpr) -> Vec<EventClass> {
    match leaf {
        SearchExpr::Term(term) if term.kind != TermKind::Case => {
            let text = fold(&term.glob.text());
            TERMS.iter().filter(|(marker, _)| fold(marker) == text).map(|(_, class)| *class).collect()
        }
        SearchExpr::Compare(leaf) if leaf.op == CompareOp::Eq => value_classes(&leaf.field.name, &leaf.value),
        SearchExpr::In(leaf) => leaf.values.iter().flat_map(|value| value_classes(&leaf.field.name, value)).collect(),
        _ => Vec::new(),
    }
}

/// Returns the class that `field=value` means.
fn value_classes(field: &str, value: &Glob) -> Vec<EventClass> {
    let value = fold(&value.text());
    let hits = VALUES.iter().filter(|(name, marker, _)| *name == field && fold(marker) == value);
    hits.map(|(_, _, class)| *class).collect()
}
