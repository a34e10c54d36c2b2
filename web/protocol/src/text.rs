//! Requests about a text that is being written. Both read it with the fields of all workers, see
//! [`Catalogs`](crate::views::Catalogs).

use logloupe_syntax::{
    Language,
    completion::Completions,
    explanation::{AthenaQuery, InsightsQuery, PlanStep},
};
use serde::{Deserialize, Serialize};

crate::request::requests! {
    Text, TextRequest, TextResponse;
    Complete -> Completions,
    Explain -> Box<Explained>,
}

/// What may stand at the cursor of this text, with the counts of this worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Complete {
    /// The text.
    pub text: String,
    /// The byte at which the cursor stands.
    pub cursor: u64,
    /// What it is written in, unless it is clearly of another language.
    pub language: Language,
}

/// Explain this text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Explain {
    /// The text.
    pub query: String,
    /// What it is written in, unless it is clearly of another language.
    pub language: Language,
}

/// A question explained; each part is that or why there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    steps: Vec<PlanStep>,
    athena: Option<AthenaQuery>,
    insights: Option<InsightsQuery>,
    // Not one `Result` each: the schema knows a type by its name, and all results have the same.
    no_steps: String,
    no_athena: String,
    no_insights: String,
}

impl Explained {
    /// The parts, or why there is none.
    pub fn new(
        steps: Result<Vec<PlanStep>, String>,
        athena: Result<AthenaQuery, String>,
        insights: Result<InsightsQuery, String>,
    ) -> Explained {
        let mut explained = Explained::default();
        match steps {
            Ok(steps) => explained.steps = steps,
            Err(why) => explained.no_steps = why,
        }
        match athena {
            Ok(athena) => explained.athena = Some(athena),
            Err(why) => explained.no_athena = why,
        }
        match insights {
            Ok(insights) => explained.insights = Some(insights),
            Err(why) => explained.no_insights = why,
        }
        explained
    }
    /// The plan in words.
    ///
    /// # Errors
    /// Why there is none.
    pub fn steps(&self) -> Result<&[PlanStep], &str> {
        if self.no_steps.is_empty() { Ok(&self.steps) } else { Err(&self.no_steps) }
    }
    /// The query in Athena's SQL, and the statement that makes its table.
    ///
    /// # Errors
    /// Why there is none.
    pub fn athena(&self) -> Result<&AthenaQuery, &str> {
        self.athena.as_ref().ok_or(&self.no_athena)
    }
    /// The query as CloudWatch Logs Insights takes it.
    ///
    /// # Errors
    /// Why there is none.
    pub fn insights(&self) -> Result<&InsightsQuery, &str> {
        self.insights.as_ref().ok_or(&self.no_insights)
    }
}
