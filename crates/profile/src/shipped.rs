//! The profiles that are part of the program.

use crate::error::Error;
use crate::profile::Profile;

/// Name in messages, and text, in the order in which profiles are tried and their classes stand before each other's.
const SHIPPED: [(&str, &str); 6] = [
    ("sysmon.toml", include_str!("shipped/sysmon.toml")),
    ("windows-security.toml", include_str!("shipped/windows-security.toml")),
    ("crowdstrike-fdr.toml", include_str!("shipped/crowdstrike-fdr.toml")),
    ("defender.toml", include_str!("shipped/defender.toml")),
    ("carbon-black.toml", include_str!("shipped/carbon-black.toml")),
    ("cim.toml", include_str!("shipped/cim.toml")),
];

/// Returns the shipped profiles in the order in which they are tried: sysmon, windows-security, crowdstrike-fdr, defender,
/// carbon-black, cim.
///
/// # Errors
///
/// None in practice: the profiles are part of the program and tested.
pub fn shipped() -> Result<Vec<Profile>, Error> {
    SHIPPED.iter().map(|(origin, text)| Profile::parse(origin, text)).collect()
}
