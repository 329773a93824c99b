export default {
  title: '在岗培训学时', heading: '{year} 年在岗培训学时', one: '学时明细', hint: '差得最多的排在最前。学时跟人走，换单位不清零。', name: '姓名', idNumber: '证件号码', employer: '机构', credited: '已计课时', creditedMinutes: '已计分钟', missing: '还差', missingMinutes: '还差分钟', classHours: '课时', state: '状态', note: '说明', none: '没有符合条件的人', noneHint: '取消上面的筛选，或换一个范围。', unit: '课时', minutes: '{n} 分钟', of: '{a} / {b} 课时', partYear: '在岗 {from} 至 {to}',
  status: { met: '已达标', inProgress: '进行中', short: '未达标', notSubject: '不适用' }, yearOf: '{year} 年', nHours: '{n} 课时', stillMissing: '还差 {hours} 课时（{n} 分钟）', why: '结论与依据', forecastEnough: '按已报名的班次，年底前可累计 {hours} 课时，够了。', forecastShort: '按已报名的班次，年底前只有 {hours} 课时，还需再报班。',
  entries: '每一笔', entriesHint: '{n} 分钟为 1 课时', noEntries: '今年还没有学时', noEntriesHint: '参加班次并签到、签退后，关闭的课会自动入账。', date: '日期', course: '课程', attended: '到课分钟', creditedMin: '计入分钟', reason: '少计的原因', byTeacher: '教师登记', sum: '合计', ledger: '台账流水', ledgerHint: '入账与冲回，只增不改', kind: { credit: '入账', reversal: '冲回', note: '备注' },
}
