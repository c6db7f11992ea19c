//! The organization itself.

use crate::forge::error::ForgeError;
use crate::forge::reading::{Beside, ORGANIZATION, Refusal, complete, observe};
use serde_json::{Value as Json, json};

use super::client::Reader;
use super::plan::ReadPlan;
use crate::catalog::mark_refused;
use crate::model::{Observed, Subject};

/// Reads what the query carries of the organization; with it comes the answer itself.
pub(super) async fn read(
    reader: &Reader,
    plan: &ReadPlan<'_>,
    subject: Subject,
) -> Result<(Observed, Json), ForgeError> {
    let login = subject.name.to_string();
    let object = query(reader, plan, &login).await?;
    let beside = Beside { document: Ok(None), via: None };
    Ok((observe(&plan.organization, subject, &object, beside), object))
}

async fn query(reader: &Reader, plan: &ReadPlan<'_>, login: &str) -> Result<Json, ForgeError> {
    if plan.organization.selection.is_empty() {
        return Ok(json!({}));
    }
    let text = format!(
        "query($org: String!) {{ rateLimit {{ cost }} organization(login: $org) {{ id {} }} }}",
        plan.organization.selection.text()
    );
    let mut answer = reader.query(&text, &json!({"org": login})).await?;
    // A repository of the organization that is not there is an absence, which GitHub tells as an error, too.
    let refused = |r: &&Refusal| !r.message.starts_with("Could not resolve to a Repository");
    for refusal in answer.errors.iter().filter(refused) {
        mark_refused(&mut answer.data, &refusal.path, &refusal.message);
    }
    match answer.data["organization"].take() {
        Json::Null => {
            let message = answer.errors.first().map_or("it is not shown", |e| e.message.as_str()).to_owned();
            Err(ForgeError::Refused { what: format!("organization {login}"), status: 200, message })
        }
        object => {
            let mut one = [object];
            complete(reader, ORGANIZATION, &plan.organization.selection, &mut one).await?;
            Ok(one.into_iter().next().unwrap_or_default())
        }
    }
}
