//! Class markers (§2.8): how rules name a class of events by one product's word for it.

use crate::document;
use crate::error::Error;
use crate::event_class::EventClass;

/// The shipped table of §2.8.1.
const SHIPPED: &str = include_str!("shipped/markers.toml");

/// Which bare terms and comparisons are class markers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Markers {
    markers: Vec<Marker>,
}

/// The markers of one class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    /// What they mean.
    pub(crate) class: EventClass,
    /// Bare terms.
    pub(crate) terms: Vec<String>,
    /// Field names, each with the values that are markers.
    pub(crate) fields: Vec<(String, Vec<String>)>,
}

impl Markers {
    /// Returns the shipped table of §2.8.1.
    ///
    /// # Errors
    ///
    /// None in practice: the table is part of the program and tested.
    pub fn shipped() -> Result<Self, Error> {
        Self::parse("markers.toml", SHIPPED)
    }

    /// Returns the table that `text` describes (TOML); `origin` names it in messages.
    ///
    /// # Errors
    ///
    /// If `text` is not TOML, or a key is unknown, missing or of a wrong type.
    pub fn parse(origin: &str, text: &str) -> Result<Self, Error> {
        Ok(Self { markers: document::markers(origin, text)? })
    }

    /// Returns the class that a bare term or `TERM(x)` of this text marks, without regard to case (§2.6).
    ///
    /// The text is unescaped and without wildcards: a term with a `*` is never a marker.
    #[must_use]
    pub fn of_term(&self, text: &str) -> Option<EventClass> {
        let marks = |marker: &&Marker| marker.terms.iter().any(|term| retrohunt_fold::eq(term, text));
        self.markers.iter().find(marks).map(|marker| marker.class)
    }

    /// Returns the class that `field=value` marks, also as a member of `field IN (…)`, without regard to case (§2.6).
    #[must_use]
    pub fn of_comparison(&self, field: &str, value: &str) -> Option<EventClass> {
        let marks = |marker: &&Marker| {
            marker.fields.iter().any(|(name, values)| {
                retrohunt_fold::eq(name, field) && values.iter().any(|known| retrohunt_fold::eq(known, value))
            })
        };
        self.markers.iter().find(marks).map(|marker| marker.class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_is_that_of_the_spec() {
        let markers = Markers::shipped().expect("valid");
        for term in [
            "ProcessRollup2",
            "processrollup2",
            "SyntheticProcessRollup2",
            "DeviceProcessEvents",
            "ingress.event.procstart",
        ] {
            assert_eq!(markers.of_term(term), Some(EventClass::ProcessCreation), "{term}");
        }
        for term in ["NetworkConnectIP4", "NETWORKCONNECTIP6", "DeviceNetworkEvents", "ingress.event.netconn"] {
            assert_eq!(markers.of_term(term), Some(EventClass::NetworkConnection), "{term}");
        }
        for value in ["proc", "Proc", "childproc"] {
            assert_eq!(markers.of_comparison("event_type", value), Some(EventClass::ProcessCreation));
        }
        assert_eq!(markers.of_comparison("event_type", "netconn"), Some(EventClass::NetworkConnection));
        assert_eq!(markers.of_comparison("event_simpleName", "ProcessRollup2"), Some(EventClass::ProcessCreation));
        assert_eq!(
            markers.of_comparison("EVENT_SIMPLENAME", "SyntheticProcessRollup2"),
            Some(EventClass::ProcessCreation)
        );
    }

    #[test]
    fn ordinary_terms_and_fields_are_no_markers() {
        let markers = Markers::shipped().expect("valid");
        for term in ["EventCode=4688", "Type=Process", "*ProcessRollup2", "ProcessRollup", "proc", ""] {
            assert_eq!(markers.of_term(term), None, "{term}");
        }
        assert_eq!(markers.of_comparison("Type", "Process"), None);
        assert_eq!(markers.of_comparison("event_type", "process"), None);
        assert_eq!(markers.of_comparison("type", "proc"), None);
    }

    #[test]
    fn a_table_with_a_mistake_is_refused() {
        assert!(Markers::parse("m", "[[marker]]\nclass = 'x'").is_err());
        assert!(Markers::parse("m", "[[marker]]\nterms = ['x']").is_err());
        assert!(Markers::parse("m", "[[markers]]\n").is_err());
    }
}
