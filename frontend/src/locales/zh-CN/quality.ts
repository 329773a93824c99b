export default {
  title: '数据质量', of: '{name} 数据质量', hint: '截至 {date} 24:00，按当天系统里的登记情况计算；以后补正或补录，不改变以前的日子。',
  score: '总分', points: '分', up: '比上月末 {n}', down: '比上月末 {n}', allMended: '没有待补正', wanting: '在岗 {of} 人，待补正 {n} 人', weight: '占 {n}%', noRule: '没有适用的口径',
  dimensions: { completeness: '数据完善', timeliness: '填报及时', accuracy: '信息准确' },
  fraction: { completeness: '{n} / {of} 人完整', timeliness: '{n} / {of} 条及时', accuracy: '{n} / {of} 人无误' },
  numerators: { completeness: '完整人数', timeliness: '及时条数', accuracy: '无误人数' }, denominators: { completeness: '在岗人数', timeliness: '填报条数', accuracy: '在岗人数' },
  trend: '近十二个月', trendHint: '各月末与当日', limits: '入职 {start} 天内、离职 {end} 天内、证书 {certificate} 天内登记为及时，逾期计入 {months} 个月；机构入网 {opening} 天内导入的花名册是存量，不算逾期。', house: '文件没有规定天数，以上为平台口径，可按地区另设。',
  people: '待补正的人员', finding: '问题', found: '缺什么、错什么', name: '姓名', idNumber: '证件号码', place: '机构', since: '起始日期', late: '逾期', days: '{n} 天', mend: '去补正', look: '查看', nobody: '没有待补正的人员', nobodyHint: '登记的信息都完整、及时、准确。',
  institutions: '各机构', institutionsHint: '{n} 家，低分在前', institution: '机构', toMend: '待补正', onPost: '在岗', noInstitutions: '本范围内还没有养老机构',
  remind: '提醒', remindTitle: '提醒 {name}', remindHint: '提醒显示在该机构的“今天要办”里，直到补正，或由机构说明后阅知。会记入操作日志。', remindOf: '提醒哪些问题', note: '附言', noteHint: '如：请在月底前补正', send: '发出提醒', reminded: '已提醒 {name}',
  reminders: '提醒记录', remindersHint: '发出的提醒和补正情况', noReminders: '没有发过提醒', state: { open: '待处理', read: '已阅知', mended: '已补正' }, leftOf: '还剩 {left} / {of}', sentBy: '{by} 于 {at} 发出', readBy: '{by} 于 {at} 阅知：{word}',
  answer: '阅知', answerTitle: '阅知提醒', answerHint: '写一句处理情况，发出提醒的部门会看到。问题补正后提醒自动了结，不必阅知。', answered: '已阅知',
  freeze: '固定为快照', frozen: '已固定为快照，可在“统计与快照”里重算核对',
}
