//! Macro definitions from files: one YAML mapping a file with `name`, `definition` and, if it has any, `arguments`, as Splunk
//! security content publishes them.

use std::path::{Path, PathBuf};

use crate::{
    LoadError, LoadErrorKind,
    document::{File, Keys},
    load,
    tree::{self, Node},
};

/// One macro, as its file defines it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacroDefinition {
    /// The name, without the number of arguments.
    pub name: String,
    /// Names of the arguments, in order; `$name$` stands for them in the definition.
    pub arguments: Vec<String>,
    /// The text that takes the place of a call, trimmed.
    pub definition: String,
    /// The file, as it was given or found.
    pub path: PathBuf,
}

/// Returns the macros that the files at `paths` define, in load order (see [`crate::load()`]), and what could not be read.
///
/// A folder gives its `.yml` and `.yaml` files at any depth. Of two definitions with one name, which one counts is the
/// caller's choice; both are returned.
#[must_use]
pub fn load_macros(paths: &[PathBuf]) -> (Vec<MacroDefinition>, Vec<LoadError>) {
    let (mut macros, mut errors) = (Vec::new(), Vec::new());
    for found in paths.iter().flat_map(|path| load::files(path)) {
        match found.and_then(|path| definition(&path, &load::read(&path)?)) {
            Ok(definition) => macros.push(definition),
            Err(error) => errors.push(error),
        }
    }
    (macros, errors)
}

/// Returns the macro that the bytes of a file define.
fn definition(path: &Path, bytes: &[u8]) -> Result<MacroDefinition, LoadError> {
    let source = load::decode(path, bytes)?;
    let documents = tree::parse(source.text())
        .map_err(|error| LoadError::new(error.kind, path, error.message).at(error.position))?;
    let shape = || {
        let error = LoadError::new(LoadErrorKind::Shape, path, "not a macro: there is no `name` or no `definition`");
        error.help("a macro file is a mapping with `name`, `definition` and, if it has any, `arguments`")
    };
    let [Node::Collection(top)] = documents.roots.as_slice() else { return Err(shape()) };
    if !top.mapping {
        return Err(shape());
    }
    let keys = Keys::new(File { path, sha256: "", source: &source }, &documents, top)?;
    let (Some(name), Some(definition)) = (keys.text("name")?, keys.text("definition")?) else { return Err(shape()) };
    Ok(MacroDefinition { name, arguments: keys.texts("arguments"), definition, path: path.to_path_buf() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the macro of a text.
    fn read(yaml: &str) -> Result<MacroDefinition, LoadError> {
        definition(Path::new("m.yml"), yaml.as_bytes())
    }

    #[test]
    fn a_macro_has_name_arguments_and_text() {
        let found = read("arguments:\n- field\ndefinition: 'convert ctime($field$)'\nname: ctime\n").expect("a macro");
        assert_eq!((found.name.as_str(), found.definition.as_str()), ("ctime", "convert ctime($field$)"));
        assert_eq!(found.arguments, ["field"]);
        assert_eq!(read("name: a\ndefinition: search *\n").expect("a macro").arguments, Vec::<String>::new());
    }

    #[test]
    fn other_files_are_named() {
        for yaml in ["", "name: a\n", "definition: x\n", "- name: a\n", "name: a\ndefinition: x\n---\nname: b\n"] {
            assert_eq!(read(yaml).expect_err("no macro").kind, LoadErrorKind::Shape, "{yaml}");
        }
        assert_eq!(read("name: [").expect_err("no YAML").kind, LoadErrorKind::Yaml);
        let (macros, errors) = load_macros(&[PathBuf::from("no/such/folder")]);
        assert_eq!((macros, errors[0].kind), (vec![], LoadErrorKind::Missing));
    }
}
