//! Campaigns and campaign grants as documents: the last event about each subject is one document.

use std::sync::{Arc, PoisonError};

use commerce::{CampaignCommand, CampaignEvent, Campaigns, Context, Giver};
use persistence::Journal;
use vocabulary::CampaignId;

use super::directory::broken;
use super::{Author, Reference, documents, kinds};
use crate::error::Error;
use crate::wire::campaign::CampaignBody;
use crate::wire::fault::Fault;

/// Folds the newest event about every subject; the version counts all events ever.
pub(super) async fn load(journal: &Journal) -> Result<Campaigns, Error> {
    let mut campaigns = Campaigns::default();
    let mut version = 0;
    for (_, count, event) in documents::all::<CampaignEvent>(journal, kinds::CAMPAIGN).await? {
        campaigns.apply(&event);
        version += count;
    }
    Ok(campaigns.at_version(version))
}

/// What an event is about: the next event about the same replaces it.
fn subject(event: &CampaignEvent) -> String {
    match event {
        CampaignEvent::Put(campaign) => format!("campaign:{}", campaign.id),
        CampaignEvent::GrantPut(grant) => format!("grant:{}", grant.name),
        CampaignEvent::GrantRevoked { name } => format!("grant:{name}"),
    }
}

impl Reference {
    pub fn campaigns(&self) -> Arc<Campaigns> {
        Arc::clone(&self.campaigns.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Carries out one command over the campaigns; says their new version.
    pub async fn change_campaigns(
        &self,
        command: CampaignCommand,
        author: Author,
    ) -> Result<u64, Fault> {
        self.change_campaign_documents(author, |_| Ok(vec![command])).await
    }

    /// Writes campaigns of one giver, all or none; says the new version of them all.
    pub async fn put_campaigns(
        &self,
        bodies: Vec<(CampaignId, CampaignBody)>,
        giver: Giver,
        author: Author,
    ) -> Result<u64, Fault> {
        let commands = |campaigns: &Campaigns| {
            let commands = bodies.into_iter().map(|(id, body)| {
                let current = campaigns.get(id).map_or(0, |known| known.version);
                let campaign = body.campaign(id, giver, current)?;
                Ok(CampaignCommand::Put(Box::new(campaign)))
            });
            commands.collect()
        };
        self.change_campaign_documents(author, commands).await
    }

    async fn change_campaign_documents(
        &self,
        author: Author,
        commands: impl FnOnce(&Campaigns) -> Result<Vec<CampaignCommand>, Fault>,
    ) -> Result<u64, Fault> {
        let _writing = self.writing.lock().await;
        let book = self.book();
        let mut campaigns = Campaigns::clone(&self.campaigns());
        let context = Context { now: author.at, by: author.by };
        let mut drafts = Vec::new();
        for command in commands(&campaigns)? {
            let event = campaigns.decide(&book, &command, &context)?;
            campaigns.apply(&event);
            let draft = documents::draft(kinds::CAMPAIGN, subject(&event), &event, None, author);
            drafts.push(draft.map_err(broken)?);
        }
        self.journal.put_references(drafts).await?;
        let version = campaigns.version();
        let mut known = self.campaigns.write().unwrap_or_else(PoisonError::into_inner);
        *known = Arc::new(campaigns);
        Ok(version)
    }
}
