//! Fields that older servers lack. The versions are near the real ones; that an older server refuses a
//! whole query for one of them is what matters.

use crate::sim::gitlab::world::at_least;

const SINCE: [(&str, &[&str]); 5] = [
    (
        "16.11",
        &[
            "Project.isForked",
            "Project.allowsMultipleMergeRequestAssignees",
            "Project.allowsMultipleMergeRequestReviewers",
            "ProjectCiCdSetting.groupRunnersEnabled",
            "ProjectCiCdSetting.mergeTrainsSkipTrainAllowed",
        ],
    ),
    (
        "17.3",
        &[
            "Project.preReceiveSecretDetectionEnabled",
            "Project.preventMergeWithoutJiraIssueEnabled",
            "Project.pagesForceHttps",
            "Project.pagesUseUniqueDomain",
            "Project.containerScanningForRegistryEnabled",
            "ProjectCiCdSetting.pipelineVariablesMinimumOverrideRole",
            "ProjectCiCdSetting.pushRepositoryForJobTokenAllowed",
        ],
    ),
    ("17.9", &["Project.secretPushProtectionEnabled"]),
    (
        "18.2",
        &[
            "Project.mergeRequestTitleRegex",
            "Project.mergeRequestTitleRegexDescription",
            "ProjectCiCdSetting.displayPipelineVariables",
            "ProjectCiCdSetting.crossProjectPushForJobTokenAllowed",
            "ProjectCiCdSetting.resourceGroupDefaultProcessMode",
            "ProjectCiCdSetting.maxPipelinesPerMergeTrain",
            "PushRules.authorEmailRegex",
            "PushRules.branchNameRegex",
            "PushRules.commitCommitterCheck",
            "PushRules.commitCommitterNameCheck",
            "PushRules.commitMessageNegativeRegex",
            "PushRules.commitMessageRegex",
            "PushRules.denyDeleteTag",
            "PushRules.fileNameRegex",
            "PushRules.maxFileSize",
            "PushRules.memberCheck",
            "PushRules.preventSecrets",
            "PushRules.rejectNonDcoCommits",
        ],
    ),
    ("19.0", &["ProjectCiCdSetting.mergeTrainEnforcement", "ProjectCiCdSetting.skipBranchPipelinesForMrs"]),
];

/// The fields, as `Type.field`, that a server of that version does not know.
pub fn missing(version: &str) -> Vec<String> {
    SINCE
        .iter()
        .filter(|(since, _)| !at_least(version, since))
        .flat_map(|(_, fields)| fields.iter())
        .map(|field| (*field).to_owned())
        .collect()
}
