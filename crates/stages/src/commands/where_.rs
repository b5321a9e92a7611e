//! `where` (§5.8).

use retrohunt_spl::plan::Expr;

use crate::batch::Batch;
use crate::error::PipelineError;
use crate::expr::Evaluator;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::pipeline::Settings;
use crate::stage::Stage;

/// A `where` made ready: rows for which the condition is true stay.
#[derive(Debug)]
pub(crate) struct Where {
    /// The condition.
    condition: Evaluator,
}

impl Where {
    /// Makes a `where` ready.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::new`].
    pub(crate) fn new(condition: &Expr, settings: &Settings) -> Result<Self, PipelineError> {
        Ok(Self { condition: Evaluator::new(condition, settings)? })
    }
}

impl Stage for Where {
    fn apply(&self, batch: Batch, notes: &mut Notes) -> Result<Batch, PipelineError> {
        let rows = self.condition.filter(&batch, notes);
        batch.filter(&rows)
    }

    fn needs(&self, after: Needs) -> Needs {
        self.condition.needs(after)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::StringArray;
    use retrohunt_spl::plan::{Command, FieldPattern, Glob};

    use super::*;
    use crate::batch::RowKey;
    use crate::pipeline::Pipeline;

    fn where_(text: &str) -> Command {
        Command::Where(retrohunt_spl::expr::parse(text).0.unwrap())
    }

    #[test]
    fn section_5_8_rows_for_which_it_is_true_stay_with_all_columns() {
        let texts = StringArray::from(vec![Some("a*"), None, Some("A*"), Some("ab")]);
        let keys = (0..4).map(|row| RowKey { time: None, file: 0, row }).collect();
        let batch = Batch::new(vec![("x".into(), Arc::new(texts))], keys).unwrap();
        for (condition, expected) in [(r#"x="a*""#, vec![0]), (r#"NOT x="a*""#, vec![1, 2, 3]), ("x=null()", vec![])] {
            let stage = Where::new(&retrohunt_spl::expr::parse(condition).0.unwrap(), &Settings::default()).unwrap();
            let kept = stage.apply(batch.clone(), &mut Notes::default()).unwrap();
            assert_eq!(kept.keys().iter().map(|key| key.row).collect::<Vec<_>>(), expected, "{condition}");
        }
    }

    #[test]
    fn it_reads_what_its_condition_reads() {
        let list = Command::Table(vec![FieldPattern { glob: Glob::new("b") }]);
        let pipeline = Pipeline::new(&[where_(r#"a="1" OR match(b, c)"#), list], &Settings::default()).unwrap();
        let needs = pipeline.needs();
        assert!(["a", "b", "c"].iter().all(|name| needs.selects(name)) && !needs.selects("d"));
    }

    #[test]
    fn a_pattern_that_does_not_compile_is_refused_before_any_row() {
        let error = Pipeline::new(&[where_(r#"match(a, "(")"#)], &Settings::default()).unwrap_err();
        assert_eq!((error.code, error.command_index), ("E-STAGE-REGEX", Some(0)));
    }
}
