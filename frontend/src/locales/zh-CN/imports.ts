export default {
  title: '批量导入', new: '导入文件', one: '导入结果', hint: '每次导入都先试算、再写入；没有被后续业务引用前可以整批撤回。', none: '还没有导入过', noneHint: '花名册、证书清单、外部学时、考核成绩可以直接导入 Excel 或 CSV。',
  file: '文件', kind: '内容', organization: '所属机构', state: '状态', at: '时间', created: '新增', updated: '变更', unchanged: '不变', about: { hours: '在别处参加的、或系统启用前的培训。默认须经区（市）民政局确认后才计入学时。', results: '结业考核成绩；班级须尚未结业。班级页可下载已填好学员的成绩表。' }, rejected: '未通过', total: '共计行数', kinds: { people: '花名册', certificates: '证书清单', organizations: '机构名单', hours: '外部学时', results: '考核成绩' },
  states: { queued: '排队中', running: '处理中', done: '已写入', failed: '未处理', withdrawn: '已撤回', tried: '仅试算' }, steps: { 1: '选模板', 2: '选文件', 3: '预览', 4: '结果' },
  template: '下载{kind}模板', templateHint: '用机构现有的表也可以：表头会自动辨认。需要空表时', drop: '把文件拖到这里，或点击选择', dropHint: '.xlsx 或 .csv（UTF-8、GB18030），不超过 50 MB', another: '点击换一个文件', wrongKind: '请选择 .xlsx 或 .csv 文件。', tooLarge: '文件超过 50 MB，请拆成几个文件。',
  try: '试算，不写入', tryHint: '先看会发生什么，再决定。', waiting: '正在排队', trying: '正在试算', writing: '正在写入', doneOf: '已处理 {done} / {total} 行', leaveHint: '可以离开或刷新本页，进度不会丢失。',
  previewHint: '这是试算结果，还没有写入任何内容。', go: '写入 {n} 行', nothing: '没有可写入的内容', again: '换文件重来', errorWorkbook: '下载未通过的 {n} 行（原样附原因）', fileGone: '页面已刷新，浏览器不再保留文件；请重新选择文件后写入。', preview: '逐行预览', firstRows: '显示前 200 行', row: '行', action: '结果', who: '对象', what: '内容', column: '列', cause: '原因',
  errors: '未通过', warnings: '提醒', by: '{name} 于 {at}', withdrawnAt: '{at} 撤回', seeList: '看{kind}', withdraw: '撤回本次导入', withdrawHint: '将撤销本次新增的 {created} 行和变更的 {updated} 行。已有培训、证书等后续登记的，会拒绝撤回并说明是谁。', withdrawn: '已撤回',
  whose: '请选择这份名单属于哪家养老机构',
}
