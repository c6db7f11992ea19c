//! A path of each template, in the world that has one of everything.

use crate::client::Client;

/// With every placeholder that needs no look at the world spelled out.
pub fn spelled(template: &str) -> String {
    let mut path = template.to_owned();
    for (placeholder, value) in [
        ("{owner}", "acme"),
        ("{org}", "acme"),
        ("{enterprise}", "acme-group"),
        ("{repo}", "service-0001"),
        ("{team_slug}", "platform"),
        ("{custom_property_name}", "data"),
        ("{environment_name}", "production"),
        ("{branch}", "main"),
        ("{path}", "README.md"),
        ("{ref}", "heads/main"),
        ("{pull_number}", "1"),
        ("{milestone_number}", "1"),
        ("{issue_number}", "2"),
        ("{comment_id}", "1"),
        ("labels/{name}", "labels/help%20wanted"),
        ("variables/{name}", "variables/REGION"),
        ("{secret_name}", "TOKEN"),
        ("{runner_group_id}", "1"),
        ("{configuration_id}", "17"),
        ("{role_id}", "8132"),
        ("{hook_id}", "1"),
        ("{autolink_id}", "1"),
    ] {
        path = path.replace(placeholder, value);
    }
    path
}

pub fn path_of(client: &Client, template: &str) -> String {
    let world = client.simulator.world();
    let organization = world.organization("acme").unwrap();
    let repository = organization.repository("service-0001").unwrap();
    let rulesets = if template.starts_with("/orgs/") { &organization.rulesets } else { &repository.rulesets };
    let path = spelled(template)
        .replace("{ruleset_id}", &rulesets[0].id.to_string())
        .replace("{basehead}", "main...main")
        .replace("{key_id}", &repository.deploy_keys[0].id.to_string());
    assert!(!path.contains('{'), "{path} has a placeholder that nothing is known for");
    path
}
