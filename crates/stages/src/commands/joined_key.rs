//! The keys of a row when its key fields may be multivalues: every combination is a key.

use std::borrow::Cow;

use crate::error::PipelineError;

/// Calls `visit` with every combination of one text per field, the first field's values outermost; never if a field has none.
///
/// # Errors
///
/// `E-STAGE-LIMIT` if there are more than `limit` combinations.
pub(super) fn combinations<'a>(
    fields: &'a [Vec<Cow<'a, str>>],
    limit: usize,
    mut visit: impl FnMut(&[&'a str]),
) -> Result<(), PipelineError> {
    let count = fields.iter().try_fold(1_usize, |count, texts| count.checked_mul(texts.len()));
    let Some(count) = count.filter(|count| *count <= limit) else {
        let message = format!("the multivalues of the keys of one row have more than {limit} combinations");
        return Err(PipelineError::new("E-STAGE-LIMIT", message));
    };
    let mut key: Vec<&str> = Vec::with_capacity(fields.len());
    for at in 0..count {
        key.clear();
        let mut left = count;
        let mut rest = at;
        for texts in fields {
            left /= texts.len();
            key.extend(texts.get(rest / left).map(AsRef::as_ref));
            rest %= left;
        }
        visit(&key);
    }
    Ok(())
}

/// Writes texts as one key, each with its length, so that no two lists of texts give the same.
pub(super) fn write_key(key: &mut Vec<u8>, texts: &[&str]) {
    key.clear();
    for text in texts {
        key.extend_from_slice(&text.len().to_le_bytes());
        key.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(fields: &[&[&str]], limit: usize) -> Result<Vec<String>, PipelineError> {
        let fields: Vec<Vec<Cow<'_, str>>> =
            fields.iter().map(|texts| texts.iter().map(|text| Cow::Borrowed(*text)).collect()).collect();
        let mut keys = Vec::new();
        combinations(&fields, limit, |key| keys.push(key.join(",")))?;
        Ok(keys)
    }

    #[test]
    fn combinations_come_with_the_first_field_outermost() {
        assert_eq!(all(&[&["a", "b"], &["1", "2"], &["x"]], 4).unwrap(), ["a,1,x", "a,2,x", "b,1,x", "b,2,x"]);
        assert_eq!(all(&[&["a"], &[]], 4).unwrap(), Vec::<String>::new());
        assert_eq!(all(&[], 4).unwrap(), [""]);
        assert_eq!(all(&[&["a", "b"], &["1", "2"]], 3).unwrap_err().code, "E-STAGE-LIMIT");
    }
}
