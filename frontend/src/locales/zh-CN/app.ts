export default {
  name: '护理员持证', skip: '跳到正文', offline: '现在没有网络，看到的是上一次载入的内容。', search: '查找', searchHint: '姓名、证件号、证书号', searchNone: '没有找到。可试完整证件号、证书编号，或姓名的拼音首字母。', searchTips: '输入姓名、拼音首字母、完整证件号、机构名称或证书编号。',
  scope: '范围', asOf: '截至', asOfLabel: '截至日期（当日 24:00）', account: '账号：{name}', myAccount: '我的账号', signOut: '退出登录', switchLanguage: '切换为英文', forbidden: '没有权限', missing: '没有这一页', missingHint: '地址可能写错了，或者内容已移走。', backHome: '回到今日',
  nav: { label: '主菜单', open: '打开菜单', today: '今日', organizations: '机构', people: '人员登记', imports: '批量导入', training: '培训', classes: '课程与班次', hours: '在岗培训学时', skills: '技能', certificates: '证书', oversight: '治理', statistics: '统计与快照', quality: '数据质量', audit: '操作日志', users: '账号', privacy: '更正与同意', retention: '保存期限' },
}
