export default {
  loading: 'Loading', failed: 'That did not work. Please try again later.', offline: 'The server cannot be reached. Check the network and try again.', requestId: 'Reference',
  retry: 'Try again', cancel: 'Cancel', save: 'Save', close: 'Close', confirm: 'Confirm', add: 'Add', edit: 'Edit', remove: 'Remove', back: 'Back', print: 'Print',
  more: 'Show more', shown: '{shown} of {total} shown', select: 'Select', selectAll: 'Select all', selected: '{n} selected', clear: 'Clear selection', columns: 'Columns', export: 'Export',
  reason: 'Reason', reasonHint: 'It goes into the operation log', pickOrganization: 'Choose an organisation', pickPerson: 'Name, pinyin or full ID number', all: 'All', none: 'None', yes: 'Yes', no: 'No', saved: 'Saved', until: '{from} to {to}', now: 'now', people: '{n} people',
  required: 'Required', unsaved: 'There are unsaved changes. Leave anyway?', loadError: 'Not loaded', rule: 'Rule {version}', level: { 1: 'Level 1', 2: 'Level 2', 3: 'Level 3', 4: 'Level 4', 5: 'Level 5' },
  levelLong: { 1: 'Level 1 / senior technician', 2: 'Level 2 / technician', 3: 'Level 3 / senior worker', 4: 'Level 4 / intermediate', 5: 'Level 5 / junior' },
  state: { failed: 'Not loaded', offline: 'No network', forbidden: 'Not permitted', forbiddenHint: 'Your account may not see this page. Ask the administrator of your institution or district bureau.', missing: 'Not found', empty: 'Nothing here yet' },
  role: { admin: 'Administrator', cityBureau: 'City bureau', districtBureau: 'District bureau', subdistrict: 'Subdistrict', institution: 'Institution', school: 'Training school', assessor: 'Assessment body', caregiver: 'Caregiver', auditor: 'Auditor' },
  kind: { cityBureau: 'City bureau', districtBureau: 'District bureau', subdistrict: 'Subdistrict', institution: 'Institution', trainingSchool: 'Training school', practiceBase: 'Practice base', assessmentBody: 'Assessment body', operatorGroup: 'Operator group' },
}
