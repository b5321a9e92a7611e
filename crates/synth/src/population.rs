//! The invented company: its machines, its people, and how often each is seen.

use crate::random::{Random, Zipf};

/// Number of machines.
const MACHINES: u32 = 2_000;

/// Number of people with an account.
const PEOPLE: u32 = 1_500;

/// The NetBIOS name of the company's domain.
pub(crate) const DOMAIN: &str = "NORDWIND";

/// The DNS suffix of the company's domain; the top level is reserved for examples.
pub(crate) const SUFFIX: &str = ".nordwind.example";

/// First parts of account names.
const FIRST: &[&str] = &[
    "anna", "ben", "carla", "david", "elif", "frank", "greta", "hugo", "irina", "jonas", "klara", "liam", "mira",
    "noah", "olga", "paul", "quinn", "rosa", "sven", "tara", "ugo", "vera", "willem", "xenia", "yusuf", "zoe",
];

/// Second parts of account names.
const LAST: &[&str] = &[
    "adler", "berg", "castro", "dupont", "ekholm", "fischer", "garcia", "haas", "ivanov", "jansen", "keller", "lang",
    "meyer", "novak", "olsen", "petrov", "quist", "rossi", "silva", "thomas", "ulrich", "vogel", "weber", "young",
    "zimmer",
];

/// Machines and people, with the skew of a real archive: a few are seen very often, most seldom.
pub(crate) struct Population {
    /// Short machine names in upper case.
    machines: Vec<String>,
    /// Account names in lower case.
    people: Vec<String>,
    /// How often each machine is drawn.
    machine_skew: Zipf,
    /// How often each person is drawn.
    person_skew: Zipf,
}

impl Population {
    /// Returns the same company every time.
    pub(crate) fn new() -> Population {
        let machines = (0..MACHINES)
            .map(|number| match number % 23 {
                0 => format!("SRV-APP-{number:04}"),
                5 => format!("SRV-SQL-{number:04}"),
                11 => format!("DC-{number:04}"),
                _ => format!("WKS-{:05}", number * 37 + 104),
            })
            .collect();
        let people = (0..PEOPLE).map(person).collect();
        Population { machines, people, machine_skew: Zipf::new(MACHINES), person_skew: Zipf::new(PEOPLE) }
    }

    /// Returns the number of a drawn machine.
    pub(crate) fn draw_machine(&self, random: &mut Random) -> usize {
        self.machine_skew.draw(random)
    }

    /// Returns the number of a drawn person.
    pub(crate) fn draw_person(&self, random: &mut Random) -> usize {
        self.person_skew.draw(random)
    }

    /// Returns the short name of machine `number`, in upper case; an empty text when there is none.
    pub(crate) fn machine(&self, number: usize) -> &str {
        self.machines.get(number).map_or("", String::as_str)
    }

    /// Returns the account name of person `number`, in lower case; an empty text when there is none.
    pub(crate) fn person(&self, number: usize) -> &str {
        self.people.get(number).map_or("", String::as_str)
    }
}

/// Returns the account name of person `number`; names past the first 650 carry a digit.
fn person(number: u32) -> String {
    let number = usize::try_from(number).unwrap_or(0);
    let first = FIRST.get(number % FIRST.len()).copied().unwrap_or("");
    let last = LAST.get(number / FIRST.len() % LAST.len()).copied().unwrap_or("");
    match number / (FIRST.len() * LAST.len()) {
        0 => format!("{first}.{last}"),
        again => format!("{first}.{last}{}", again + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_distinct() {
        let population = Population::new();
        assert_eq!(population.machines.iter().collect::<HashSet<_>>().len(), population.machines.len());
        assert_eq!(population.people.iter().collect::<HashSet<_>>().len(), population.people.len());
    }
}
