//! Places of addresses, from a database in MaxMind's format (§5.14).

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use maxminddb::{Reader, geoip2};

use crate::error::Error;

/// Most bytes of a database; the largest published ones have a fraction of it.
const FILE_LIMIT: u64 = 2 << 30;

/// A location database.
pub struct Geo {
    /// The file.
    path: PathBuf,
    /// Its content.
    reader: Reader<Vec<u8>>,
}

/// Where an address is. What the database does not say is `None`; texts are never empty.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place<'a> {
    /// English name of the city.
    pub city: Option<&'a str>,
    /// English name of the country.
    pub country: Option<&'a str>,
    /// English name of the largest part of the country.
    pub region: Option<&'a str>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// English name of the continent.
    pub continent: Option<&'a str>,
    /// Metro code of the United States.
    pub metro_code: Option<u16>,
    /// Name of the time zone.
    pub timezone: Option<&'a str>,
}

impl std::fmt::Debug for Geo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Geo").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Geo {
    /// Reads a database.
    ///
    /// # Errors
    ///
    /// `E-GEOIP` if the file cannot be read, is too large or is no such database.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let wrong = |message: String| Error::new("E-GEOIP", path, message);
        let length = std::fs::metadata(path).map_err(|error| wrong(format!("the file cannot be read: {error}")))?.len();
        if length > FILE_LIMIT {
            return Err(wrong(format!("the file has {length} bytes; at most {FILE_LIMIT} are read")));
        }
        let reader = Reader::open_readfile(path).map_err(|error| {
            wrong(format!("not a location database: {error}; give an .mmdb file of cities or countries"))
        })?;
        Ok(Self { path: path.to_path_buf(), reader })
    }

    /// A database of these bytes.
    ///
    /// # Errors
    ///
    /// `E-GEOIP` if they are none.
    #[cfg(any(test, feature = "testing"))]
    pub fn of_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
        let path = PathBuf::from("bytes");
        let reader = Reader::from_source(bytes).map_err(|error| Error::new("E-GEOIP", &path, error.to_string()))?;
        Ok(Self { path, reader })
    }

    /// Returns the place of an address; `None` for a text that is no address, and for one that the database has nothing about.
    ///
    /// # Errors
    ///
    /// `E-GEOIP` if the database is damaged where the address leads.
    pub fn find(&self, address: &str) -> Result<Option<Place<'_>>, Error> {
        let Ok(address) = address.parse::<IpAddr>() else { return Ok(None) };
        if address.is_ipv6() && self.reader.metadata().ip_version == 4 {
            return Ok(None);
        }
        let damaged = |error| Error::new("E-GEOIP", &self.path, format!("the database is damaged: {error}"));
        let found = self.reader.lookup(address).map_err(damaged)?;
        let Some(record) = found.decode::<geoip2::City<'_>>().map_err(damaged)? else { return Ok(None) };
        let place = Place {
            city: text(record.city.names.english),
            country: text(record.country.names.english),
            region: record.subdivisions.first().and_then(|part| text(part.names.english)),
            lat: record.location.latitude.filter(|degrees| degrees.is_finite()),
            lon: record.location.longitude.filter(|degrees| degrees.is_finite()),
            continent: text(record.continent.names.english),
            metro_code: record.location.metro_code,
            timezone: text(record.location.time_zone),
        };
        Ok(Some(place).filter(|place| *place != Place::default()))
    }
}

/// A text that is not empty.
fn text(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
