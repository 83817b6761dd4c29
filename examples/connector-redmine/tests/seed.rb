# Makes accounts, roles and a custom field in a fresh Redmine, and prints the API keys as JSON.
Setting.rest_api_enabled = '1'
Setting.default_language = 'en'
Setting.cross_project_issue_relations = '1'
def account(login, admin: false)
  user = User.new(firstname: login.capitalize, lastname: 'Test', mail: "#{login}@example.org", admin: admin, language: 'en')
  user.login = login
  user.password = user.password_confirmation = 'a-long-password-1'
  user.must_change_passwd = false
  user.save!
  user
end
hub, ana, boss = account('hub'), account('ana'), account('boss', admin: true)
role = Role.create!(name: 'Hub', permissions: [:view_issues, :add_issue_notes, :edit_own_issue_notes])
people = Role.create!(name: 'People', permissions: [:view_issues, :add_issues, :edit_issues, :add_issue_notes,
  :edit_issue_notes, :edit_own_issue_notes, :manage_issue_relations, :manage_subtasks, :delete_issues, :view_private_notes,
  :set_notes_private, :set_issues_private])
IssueCustomField.create!(name: 'Key Result', field_format: 'string', is_for_all: true, trackers: Tracker.all, role_ids: [])
puts JSON.generate(hub: hub.api_key, ana: ana.api_key, boss: boss.api_key, hub_id: hub.id, ana_id: ana.id,
  role: role.id, people: people.id, field: IssueCustomField.last.id, feature: Tracker.find_by(name: 'Feature').id)
