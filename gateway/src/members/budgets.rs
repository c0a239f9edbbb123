//! Campaigns' budgets, from headquarters' documents to their owners.

use actors::{Errand, Submission};
use commerce::budget::{AllowanceCommand, BudgetCommand, Portion};
use commerce::{Campaign, Members, TierCode};
use dispatch::By;
use vocabulary::{OrderId, Slot};

use crate::app::App;
use crate::cities::MEMBERS;
use crate::wire::fault::Fault;

/// A campaign's budget as its owner counts it; `None` where there is none.
pub fn budget_of(campaign: &Campaign) -> Option<Portion> {
    campaign.budget.map(|budget| Portion { money: budget.amount, uses: budget.uses })
}

/// Whether a campaign is for members of this tier.
pub fn is_for(campaign: &Campaign, tier: &TierCode) -> bool {
    match &campaign.scope.members {
        Members::Everybody | Members::All => true,
        Members::Tiers(tiers) => tiers.contains(tier),
    }
}

/// Tells the owner of a campaign's budget what there is, and every city that there is one. The same
/// again changes nothing.
pub async fn tell_budget(app: &App, campaign: &Campaign) -> Result<(), Fault> {
    let Some(total) = budget_of(campaign) else { return Ok(()) };
    let (home, campaign) = (Slot(MEMBERS), campaign.id);
    let set = Errand::Budget { home, campaign, command: BudgetCommand::Set { total } };
    app.cities.members().run(submission(app), set).await?;
    for city in app.cities.all() {
        let command = AllowanceCommand::Open { home };
        let open = Errand::Allowance { city: Slot(city.partition().0), campaign, command };
        city.run(submission(app), open).await?;
    }
    Ok(())
}

/// All of them, at the start.
pub async fn tell_all_budgets(app: &App) -> Result<(), Fault> {
    let campaigns = app.reference.campaigns();
    let now = app.now();
    for campaign in campaigns.iter().filter(|campaign| now < campaign.ends_at) {
        tell_budget(app, campaign).await?;
    }
    Ok(())
}

fn submission(app: &App) -> Submission {
    let command: OrderId = app.id();
    Submission { by: By::Partition, command: command.bits(), trace: 0, keys: Vec::new() }
}
