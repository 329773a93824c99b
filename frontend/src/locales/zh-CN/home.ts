export default {
  title: '今日', hello: '{name}，您好', rate: '持证率', gap: '差 {n} 人', met: '已达标', target: '目标 ≥ {target}%（{due}）', rateLabel: '持证率 {percent}%，目标 {target}%', seeUncertified: '看未持证的 {n} 人',
  hours: '{n} 课时达标', stillMissing: '还差 {n} 人', shortPeople: '未达标 {n} 人', hoursLabel: '课时达标 {percent}%', year: '{year} 年度', seeShort: '看差得最多的人',
  midHigh: '中高级（四级及以上）', unit: '人', midHighLabel: '占在岗 {percent}%', midHighShares: '占在岗 {onPost}%　占持证 {certified}%', seeCertified: '看持证名单', midHighSentence: '中高级（四级及以上）{n} 人：占在岗 {onPost}%，占持证 {certified}%',
  unverified: '证书待核验', toVerify: '待处理', cleared: '已清', unverifiedShare: '未持证 {of} 人中，{n} 人的证书已登记', seeUnverified: '去核验',
  levels: '技能等级构成', levelsHint: '按最高有效证书计，一人一次', bound: '{n} 课时', histogram: '在岗培训学时分布（{year} 年）', bucket: '{hours} 课时：{n} 人', key: { none: '还没有学时', some: '不满 {n} 课时', met: '满 {n} 课时' },
  todo: { title: '今天要办', count: '{n} 件', none: '今天没有要办的事', noneHint: '有待核验的证书、没关闭的课、差课时的人时，会出现在这里。', session: '上课：{title}　{venue}', unclosed: '{date}《{title}》已下课，还没有关闭，学时未入账', unclosedTag: '待关闭', complete: '《{title}》课程已结束，可以办理结业', completeTag: '待结业', verify: '证书待核验 {n} 张', verifyTag: '待核验', hours: '{n} 人今年还不满 {hours} 课时', hoursTag: '缺课时', import: '导入“{file}”有 {n} 行没有通过', importTag: '待更正' },
  school: { today: '今天的课', count: '{n} 节', none: '今天没有课', noneHint: '排了课的日子，这里会显示签到入口。', classes: '看班次', teacher: '授课：{name}', checkIn: '打开签到', open: '正在报名和上课', noOpen: '没有进行中的班次', noOpenHint: '开班后，报名和进度会显示在这里。', seats: '{n} / {of} 人' },
  table: { title: '机构', hint: '{n} 家，按差额排序', name: '机构', street: '街镇', onPost: '在岗护理员', certified: '持证', gap: '差额', hours: '课时达标', none: '本范围内还没有养老机构', source: '口径：{source} · 规则 {version}　·　本页数字可固定为快照，多年后重算仍得同一整数' },
}
